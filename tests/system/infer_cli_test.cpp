// `sushisim infer` and the data options of `run` as their users meet them.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <nlohmann/json.hpp>

#include "refused.hpp"
#include "sushi/formats/npy.hpp"

namespace sushi {
namespace {

using testing::ExpectRefused;
using testing::Outcome;
using testing::ReadFile;
using testing::Scratch;
namespace fs = std::filesystem;

const std::string kRoot = SUSHI_SOURCE_DIR;
const std::string kTiny = kRoot + "/configs/experiment/tiny.yaml";
const std::string kLarge = "infer " + kTiny + " --subnet large";
const std::string kOfa =
    "infer " + kRoot + "/configs/hardware/zcu104.yaml " + kRoot + "/models/ofa_resnet50.yaml";

nlohmann::json JsonOf(const Scratch& scratch, const std::string& args) {
  const Outcome outcome = scratch.Run(args + " --json");
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  return nlohmann::json::parse(outcome.out);
}

NpyArray Uint8(const std::vector<std::int64_t>& shape, int value) {
  std::int64_t n = 1;
  for (const std::int64_t d : shape) n *= d;
  return {NpyType::kUint8, shape, std::string(static_cast<std::size_t>(n), static_cast<char>(value))};
}

TEST(Infer, CyclesAndCountersAreTheSameWithData) {
  const Scratch scratch;
  for (const std::string& args : {kLarge + " --cached medium", kOfa + " --subnet A --cached A",
                                  kOfa + " --subnet C", kOfa + " --subnet F --cached F.scaled"}) {
    nlohmann::json with_data = JsonOf(scratch, args + " --functional");
    EXPECT_EQ(with_data.erase("functional"), 1u) << args;
    EXPECT_EQ(with_data, JsonOf(scratch, args)) << args;
  }
}

TEST(Infer, WhatIsCachedDoesNotChangeTheResult) {
  const Scratch scratch;
  const nlohmann::json cold = JsonOf(scratch, kOfa + " --subnet A --functional");
  const nlohmann::json cached = JsonOf(scratch, kOfa + " --subnet A --functional --cached A");
  EXPECT_EQ(cold["functional"], cached["functional"]);
  EXPECT_NE(cold["cycles"], cached["cycles"]);
  EXPECT_NE(cold["functional"],
            JsonOf(scratch, kOfa + " --subnet A --functional --data-seed 2")["functional"]);
}

TEST(Infer, ReadsAnImageInEitherShapeAndWritesTheResult) {
  const Scratch scratch;
  scratch.Write("chw.npy", NpyText(Uint8({3, 16, 16}, 200)));
  scratch.Write("nchw.npy", NpyText(Uint8({1, 3, 16, 16}, 200)));
  const nlohmann::json one = JsonOf(scratch, kLarge + " --input chw.npy --output a.npy");
  const nlohmann::json two = JsonOf(scratch, kLarge + " --input nchw.npy --output b.npy");
  EXPECT_EQ(one, two);
  EXPECT_EQ(ReadFile(scratch.dir() / "a.npy"), ReadFile(scratch.dir() / "b.npy"));
  EXPECT_NO_THROW(ReadNpy((scratch.dir() / "a.npy").string(), NpyType::kUint8, {{20, 8, 8}}));
  EXPECT_NE(one["functional"], JsonOf(scratch, kLarge + " --functional")["functional"]);
}

// Writes weights of 0 for every layer of tiny: results are the kernels' zero points.
void WriteZeroWeights(const Scratch& scratch) {
  fs::create_directory(scratch.dir() / "w");
  const std::vector<std::pair<std::string, std::vector<std::int64_t>>> layers = {{"stem", {16, 3, 3, 3}},
                                                                                 {"expand", {24, 16, 1, 1}},
                                                                                 {"mix", {24, 24, 3, 3}},
                                                                                 {"reduce", {16, 24, 1, 1}},
                                                                                 {"head", {20, 16, 1, 1}}};
  for (const auto& [name, shape] : layers) {
    NpyArray array = Uint8(shape, 0);
    array.type = NpyType::kInt8;
    scratch.Write("w/" + name + ".npy", NpyText(array));
  }
}

TEST(Infer, TakesWeightsFromFiles) {
  const Scratch scratch;
  WriteZeroWeights(scratch);
  const Outcome outcome = scratch.Run(kLarge + " --weights-dir w --dump-layer head d");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string dir = (scratch.dir() / "d").string();
  const std::string zero_points = ReadNpy(dir + "/zero_point.npy", NpyType::kInt8, {{20}}).bytes;
  const std::string output = ReadNpy(dir + "/output.npy", NpyType::kUint8, {{20, 8, 8}}).bytes;
  for (std::size_t i = 0; i < output.size(); ++i) EXPECT_EQ(output[i], zero_points[i / 64]);
  EXPECT_EQ(ReadNpy(dir + "/weights.npy", NpyType::kInt8, {{20, 16, 1, 1}}).bytes, std::string(320, '\0'));
}

// Parameters and zero points for SubNet large beside the weights.
void WriteQuantisation(const Scratch& scratch) {
  fs::create_directory(scratch.dir() / "w/large");
  for (const auto& [layer, kernels] :
       std::map<std::string, int>{{"stem", 16}, {"expand", 24}, {"mix", 24}, {"reduce", 16}, {"head", 20}}) {
    scratch.Write("w/large/" + layer + ".scale.npy",
                  NpyText(MakeNpy(NpyType::kInt32, {kernels}, std::vector<std::int32_t>(kernels, 1 << 20))));
    scratch.Write("w/large/" + layer + ".zero_point.npy",
                  NpyText(MakeNpy(NpyType::kInt8, {kernels}, std::vector<std::int8_t>(kernels, 77))));
  }
  scratch.Write("w/large/zero_points.npy",
                NpyText(MakeNpy(NpyType::kUint8, {6}, std::vector<std::uint8_t>{1, 2, 3, 4, 5, 6})));
}

TEST(Infer, TakesQuantisationFromFiles) {
  const Scratch scratch;
  WriteZeroWeights(scratch);
  WriteQuantisation(scratch);
  const Outcome outcome = scratch.Run(kLarge + " --weights-dir w --dump-layer reduce d");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  // 0·scale + 77, and the residual, stem's 77 less the zero point of tensor 1.
  const std::string dir = (scratch.dir() / "d").string();
  EXPECT_EQ(ReadNpy(dir + "/output.npy", NpyType::kUint8, {{16, 8, 8}}).bytes,
            std::string(1024, static_cast<char>(77 + 77 - 2)));
  EXPECT_EQ(nlohmann::json::parse(ReadFile(dir + "/layer.json"))["output_zero_point"], 5);

  fs::rename(scratch.dir() / "w/large/mix.scale.npy", scratch.dir() / "w/large/mix.scales.npy");
  ExpectRefused(scratch, kLarge + " --weights-dir w",
                "w/large/mix.scales.npy: SubNet large has no such layer (did you mean 'mix.scale.npy'?)");
  fs::remove(scratch.dir() / "w/large/mix.scales.npy");
  ExpectRefused(scratch, kLarge + " --weights-dir w", "w/large/mix.scale.npy: cannot be read");
  fs::rename(scratch.dir() / "w/large", scratch.dir() / "w/larg");
  ExpectRefused(scratch, kLarge + " --weights-dir w",
                "w/larg: tiny has no such SubNet (did you mean 'large'?)");
}

TEST(Infer, RefusesBadFilesAndWritesNothing) {
  const Scratch scratch;
  scratch.Write("wrong_shape.npy", NpyText(Uint8({3, 16, 15}, 0)));
  NpyArray signed_bytes = Uint8({3, 16, 16}, 0);
  signed_bytes.type = NpyType::kInt8;
  scratch.Write("wrong_type.npy", NpyText(signed_bytes));
  const std::string out = " --output out.npy --dump-layer 0 dump";
  ExpectRefused(scratch, kLarge + out + " --input wrong_shape.npy",
                "wrong_shape.npy: expected shape (3, 16, 16) or (1, 3, 16, 16), found (3, 16, 15)");
  ExpectRefused(scratch, kLarge + out + " --input wrong_type.npy",
                "wrong_type.npy: expected uint8 ('|u1'), found '|i1'");
  ExpectRefused(scratch, kLarge + out + " --input none.npy", "none.npy: cannot be read");
  ExpectRefused(scratch, kLarge + out + " --weights-dir none", "none: cannot be read");
  WriteZeroWeights(scratch);
  fs::rename(scratch.dir() / "w/mix.npy", scratch.dir() / "w/mixx.npy");
  ExpectRefused(scratch, kLarge + out + " --weights-dir w",
                "w/mixx.npy: tiny has no such layer (did you mean 'mix.npy'?)");
  fs::remove(scratch.dir() / "w/mixx.npy");
  ExpectRefused(scratch, kLarge + out + " --weights-dir w", "w/mix.npy: cannot be read");
}

TEST(Infer, RefusesNamesThatAreNotThere) {
  const Scratch scratch;
  ExpectRefused(scratch, "infer " + kTiny + " --subnet larg", "did you mean 'large'?");
  ExpectRefused(scratch, kLarge + " --cached medum", "did you mean 'medium'?");
  ExpectRefused(scratch, kLarge + " --dump-layer 5 dump", "has no layer '5', expected 0 to 4 or a name");
  ExpectRefused(scratch, kLarge + " --dump-layer heat dump", "did you mean 'head'?");
  ExpectRefused(scratch, kLarge + " --dump-layer 0", "--dump-layer");
}

TEST(Infer, ReplacesFilesAndDumpsOnlyWithForce) {
  const Scratch scratch;
  const std::string args = kLarge + " --output out.npy --dump-layer 0 dump";
  ASSERT_EQ(scratch.Run(args).exit_code, 0);
  ExpectRefused(scratch, args, "already exists; --force replaces it");
  EXPECT_EQ(scratch.Run(args + " --force").exit_code, 0);
}

TEST(Infer, ReplacesOnlyRegularFilesAndFollowsLinks) {
  const Scratch scratch;
  ASSERT_EQ(mkfifo((scratch.dir() / "fifo.npy").c_str(), 0600), 0);
  ExpectRefused(scratch, kLarge + " --output fifo.npy --force", "fifo.npy: is no regular file");
  fs::create_symlink("target.npy", scratch.dir() / "link.npy");
  EXPECT_EQ(scratch.Run(kLarge + " --output link.npy --force").exit_code, 0);
  EXPECT_TRUE(fs::is_symlink(scratch.dir() / "link.npy"));
  EXPECT_TRUE(fs::is_regular_file(scratch.dir() / "target.npy"));
}

TEST(Infer, ADirectoryTakesOneDump) {
  const Scratch scratch;
  ExpectRefused(scratch, kLarge + " --dump-layer 0 d --dump-layer 1 ./d", "the directory ./d is used twice");
  ExpectRefused(scratch, "run " + kTiny + " --dump-layer 0 d --out d", "the directory d is used twice");
}

TEST(Infer, ASeedMovesDataAndHasARange) {
  const Scratch scratch;
  EXPECT_EQ(JsonOf(scratch, kLarge + " --data-seed 7"),
            JsonOf(scratch, kLarge + " --functional --data-seed 7"));
  for (const char* seed : {"-1", "9223372036854775808", "x"})
    ExpectRefused(scratch, kLarge + " --data-seed " + seed, "--data-seed");
}

TEST(RunWithData, PrintsWhatItPrintsWithoutAndDumpsTheFirstQuery) {
  const Scratch scratch;
  const Outcome plain = scratch.Run("run " + kTiny + " --json");
  const Outcome data = scratch.Run("run " + kTiny + " --json --functional --dump-layer 2 dump");
  EXPECT_EQ(data.exit_code, 0) << data.err;
  EXPECT_EQ(data.out, plain.out);
  const nlohmann::json layer = nlohmann::json::parse(ReadFile(scratch.dir() / "dump/layer.json"));
  EXPECT_EQ(layer["op"], 2);
}

// Layers of a SubNet, dumped by `infer args`, by NumPy from the written rule.
void ExpectNumPyMeets(std::string args, const std::vector<std::string>& layers) {
  std::string python;
  for (const char* candidate : {"/usr/bin/python3", "python3"}) {
    if (std::system((std::string(candidate) + " -c 'import numpy' 2> /dev/null").c_str()) == 0)
      python = candidate;
  }
  if (python.empty()) GTEST_SKIP() << "NumPy is not here";
  const Scratch scratch;
  std::string dirs;
  for (const std::string& layer : layers) {
    args += " --dump-layer " + layer + " " + layer;
    dirs += " " + layer;
  }
  ASSERT_EQ(scratch.Run(args).exit_code, 0);
  const std::string check = "cd " + scratch.dir().string() + " && " + python + " " + kRoot +
                            "/tests/system/check_layer_dump.py" + dirs + " > .check";
  EXPECT_EQ(std::system(check.c_str()), 0) << ReadFile(scratch.dir() / ".check");
}

TEST(LayerDump, IsMetByNumPy) {
  ExpectNumPyMeets(kOfa + " --subnet A --cached A",
                   {"0", "stem.max_pool", "stage1.block1.conv3", "stage2.block0.conv2",
                    "stage2.block0.shortcut_pool", "global_pool", "classifier"});
}

TEST(LayerDump, OfMobileNetWithSharedTapsIsMetByNumPy) {
  ExpectNumPyMeets("infer " + kRoot +
                       "/configs/experiment/mobilenet.yaml --subnet pixel1_28ms"
                       " --cached pixel1_20ms --set supernet.kernel_sharing=centre_crop",
                   {"stem.conv", "first.depthwise3", "stage2.block0.depthwise", "stage2.block0.se.pool",
                    "stage2.block0.se.expand", "stage2.block0.se.scale", "stage2.block1.project",
                    "stage4.block0.depthwise", "feature_mix", "classifier"});
}

}  // namespace
}  // namespace sushi
