#include "sushi/report/model_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "sushi/config/model_file.hpp"

namespace sushi::report {
namespace {

using ::testing::HasSubstr;

SuperNet LoadModel(const char* name) {
  const auto file = config::ReadYamlFile(std::string(SUSHI_SOURCE_DIR "/models/") + name);
  return config::LoadSuperNet(*file.Find("supernet"));
}

std::string EverythingOf(const SuperNet& net) {
  std::ostringstream out;
  PrintSubNets(net, out);
  PrintSharedWeights(net, out);
  for (std::size_t i = 0; i < net.subnets.size(); ++i) PrintLayers(net, static_cast<int>(i), out);
  return out.str();
}

TEST(ModelReport, LinesFitATerminal) {
  for (const char* model : {"ofa_resnet50.yaml", "tiny.yaml"}) {
    std::istringstream text(EverythingOf(LoadModel(model)));
    for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 80u) << line;
  }
}

TEST(ModelReport, ShowsTheFiguresOfTheSubNets) {  // FACTS.md §3
  const std::string text = EverythingOf(LoadModel("ofa_resnet50.yaml"));
  EXPECT_THAT(text, HasSubstr("F            224     61    27.469    30.852  4.063    79.80\n"));
  EXPECT_THAT(text, HasSubstr("E           7.582  12.214  15.315  20.503  23.657  20.758\n"));
  EXPECT_THAT(text, HasSubstr("shared by all  7.550 MiB\n"));
  EXPECT_THAT(text, HasSubstr("bounding box   32.649 MiB\n"));
}

TEST(ModelReport, ASmallModelIsShownInSmallUnits) {
  EXPECT_THAT(EverythingOf(LoadModel("tiny.yaml")), HasSubstr("bounding box   6.547 KiB\n"));
}

TEST(ModelReport, ManySubNetsBreakTheMatrixIntoPieces) {
  SuperNet net = LoadModel("tiny.yaml");
  const SubNet large = net.subnets[2];
  for (int i = 0; i < 40; ++i) {
    net.subnets.push_back(large);
    net.subnets.back().name = "large" + std::to_string(i);
  }
  std::ostringstream out;
  PrintSharedWeights(net, out);
  std::istringstream text(out.str());
  for (std::string line; std::getline(text, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(ModelReport, JsonHoldsEveryOpAndTheSharedBytes) {
  const SuperNet net = LoadModel("tiny.yaml");
  const nlohmann::ordered_json json = ModelJson(net);
  EXPECT_EQ(json["name"], "tiny");
  EXPECT_EQ(json["layers"].size(), 5u);
  EXPECT_EQ(json["subnets"][0]["ops"].size(), 4u);
  EXPECT_EQ(json["subnets"][0]["ops"][2]["residual_tensor"], 1);
  EXPECT_TRUE(json["subnets"][0]["ops"][0]["residual_tensor"].is_null());
  EXPECT_EQ(json["shared_bytes"][0][2], net.subnets[0].ConvWeightBytes().value());
  EXPECT_EQ(json["bounding_box_bytes"], net.subnets[2].ConvWeightBytes().value());
}

}  // namespace
}  // namespace sushi::report
