// The model against latencies measured on a real ZCU104. Bounds are the project's own promise.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace sushi {
namespace {

const std::string kMeasured = std::string(SUSHI_SHARED_DATA) + "/zcu104_measured_layers.csv";

nlohmann::json ValidateJson(const std::string& hardware) {
  const std::string command = "cd " SUSHI_SOURCE_DIR " && " SUSHISIM_BINARY " validate --hardware " +
                              hardware + " --model ofa_resnet50 --measured " + kMeasured + " --json";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> block{};
  for (std::size_t got = 0; (got = fread(block.data(), 1, block.size(), pipe)) > 0;)
    text.append(block.data(), got);
  EXPECT_EQ(pclose(pipe), 0);
  return nlohmann::json::parse(text);
}

class Validate : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kMeasured)) GTEST_SKIP() << kMeasured << " is not here";
  }
};

TEST_F(Validate, TheMeasuredLayersAreMetWithinOneAndAHalfPercentInTheMeanAndSevenAtWorst) {
  const nlohmann::json json = ValidateJson("zcu104");
  EXPECT_EQ(json["layers"].size(), 52u);
  EXPECT_LE(json["mean_abs_percent_error"].get<double>(), 1.5);
  EXPECT_LE(json["max_abs_percent_error"].get<double>(), 7.0);
  double sum = 0;
  for (const auto& layer : json["layers"]) {
    const double error = 100 * (layer["simulated_us"].get<double>() / layer["measured_us"].get<double>() - 1);
    EXPECT_NEAR(layer["percent_error"].get<double>(), error, 1e-9);
    sum += std::abs(error);
  }
  EXPECT_NEAR(json["mean_abs_percent_error"].get<double>(), sum / 52, 1e-9);
}

TEST_F(Validate, ParametersFittedToTwoSubNetsPredictTheThird) {
  const nlohmann::json json = ValidateJson("zcu104");
  ASSERT_EQ(json["leave_one_subnet_out"].size(), 3u);
  for (const auto& [name, fold] : json["leave_one_subnet_out"].items()) {
    EXPECT_LE(fold["mean_abs_percent_error"].get<double>(), 2.0) << name;
    EXPECT_LE(fold["max_abs_percent_error"].get<double>(), 7.0) << name;
  }
}

TEST_F(Validate, TheOtherReadingOfTheTileOverheadFitsNearlyAsWell) {
  const nlohmann::json json = ValidateJson("zcu104_exposed_fetch");
  EXPECT_LE(json["mean_abs_percent_error"].get<double>(), 1.5);
  EXPECT_LE(json["max_abs_percent_error"].get<double>(), 7.0);
}

}  // namespace
}  // namespace sushi
