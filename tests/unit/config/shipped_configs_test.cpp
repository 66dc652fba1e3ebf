// Every configuration file that is shipped, and the names they are found by.
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "config_fixture.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/serving.hpp"
#include "sushi/config/shipped.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;
using ::testing::StartsWith;

std::vector<std::string> Shipped(const std::string& kind) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(fs::path(SUSHI_SOURCE_DIR) / "configs" / kind)) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string Preset(const std::string& kind, const std::string& name) {
  return SUSHI_SOURCE_DIR "/configs/" + kind + "/" + name + ".yaml";
}

HardwareConfig Hardware(const std::string& name) {
  return LoadExperiment({Preset("hardware", name)}, {}).hardware;
}

TEST(ShippedConfigs, AllLoadAndPassTheChecks) {
  for (const char* kind : {"hardware", "energy", "scheduler", "experiment"}) {
    const auto files = Shipped(kind);
    EXPECT_FALSE(files.empty()) << kind;
    for (const std::string& file : files) EXPECT_NO_THROW(LoadExperiment({file}, {})) << file;
  }
}

TEST(ShippedConfigs, ExperimentsAreCompleteAndTheirTraceIsThere) {
  for (const std::string& file : Shipped("experiment")) {
    const Experiment e = LoadExperiment({file}, {});
    EXPECT_NO_THROW(RequireSupernet(e)) << file;
    EXPECT_NO_THROW(RequireTrace(e)) << file;
    EXPECT_NO_THROW(RequireEnergy(e)) << file;
    EXPECT_TRUE(e.trace.file.empty() || fs::exists(e.trace.file)) << e.trace.file;
  }
}

TEST(ShippedConfigs, EveryServingExperimentIsASystemWithItsModelsAndTenants) {
  int systems = 0;
  for (const std::string& file : Shipped("experiment")) {
    const Experiment e = LoadExperiment({file}, {});
    if (e.serving.engine == ServingEngine::kNone) {
      EXPECT_EQ(file.find("/serving_"), std::string::npos) << file;
      continue;
    }
    ++systems;
    const ServingPlan plan = LoadServingPlan(e);
    EXPECT_FALSE(plan.tenants.empty()) << file;
    EXPECT_FALSE(plan.models.empty()) << file;
  }
  EXPECT_GE(systems, 5);
}

TEST(ShippedConfigs, TheEnergyTablesAreCompleteForEveryHardware) {
  for (const std::string& table : Shipped("energy")) {
    for (const std::string& hardware : Shipped("hardware")) {
      EXPECT_NO_THROW(RequireEnergy(LoadExperiment({hardware, table}, {}))) << hardware << " " << table;
    }
  }
}

// The defaults of the structs are the ZCU104's, so a file with nothing but a version is one, too.
TEST(ShippedConfigs, Zcu104IsTheDefaultButForItsNameAndTheBoardsHost) {
  Experiment zcu104 = LoadExperiment({Preset("hardware", "zcu104")}, {});
  zcu104.hardware.device.name = HardwareConfig().device.name;
  zcu104.hardware.host.board_layer_call_us = HardwareConfig().host.board_layer_call_us;
  EXPECT_EQ(CanonicalText(zcu104), CanonicalText(Experiment()));
}

TEST(ShippedConfigs, ADynamicBufferBankHoldsTheLargestKernelTile) {
  constexpr std::int64_t kMostChannels = 2048, kTaps = 9;
  for (const char* name : {"zcu104", "alveo_u50"}) {
    const AccelConfig accel = Hardware(name).accel;
    EXPECT_GE(accel.db.capacity().value(), 2 * accel.dpe_array.kernels * kMostChannels * kTaps) << name;
    EXPECT_GE(accel.ob.capacity().value(), 112 * 112 * accel.dpe_array.kernels * 4) << name;
  }
}

TEST(ShippedConfigs, TheRivalsOfThePersistentBufferHaveNone) {
  const AccelConfig with = Hardware("zcu104").accel;
  EXPECT_EQ(Hardware("zcu104_no_pb").accel.pb.capacity_kib, 0);
  EXPECT_EQ(Hardware("zcu104_no_pb").accel.db.capacity_kib, with.db.capacity_kib);
  EXPECT_EQ(Hardware("equal_storage").accel.pb.capacity_kib, 0);
  EXPECT_EQ(Hardware("equal_storage").accel.db.capacity_kib, with.db.capacity_kib + with.pb.capacity_kib);
}

// FACTS.md §2: 1296 bytes a tile over 96 bytes a cycle, exposed, plus what is left of 23 cycles.
TEST(ShippedConfigs, TheExposedFetchReadingAlsoTakes23CyclesATile) {
  const AccelConfig accel = Hardware("zcu104_exposed_fetch").accel;
  EXPECT_FALSE(accel.db_ping_pong);
  const std::int64_t tile = std::int64_t{accel.dpe_array.kernels} * accel.dpe_array.channels * 9;
  const std::int64_t beats = CeilDiv(tile, std::int64_t{accel.axi.weight_ports} * accel.axi.beat_bytes);
  EXPECT_EQ(beats + accel.axi.burst_gap_cycles + accel.dpe_array.fill_cycles, 23);
}

class Presets : public InDirectory {};

TEST_F(Presets, AreFoundByNameInTheSourceTree) {
  unsetenv("SUSHISIM_HOME");
  EXPECT_EQ(FindPreset("configs/hardware", "zcu104"),
            fs::path(Preset("hardware", "zcu104")).lexically_normal());
}

TEST_F(Presets, HomeComesBeforeTheCurrentDirectoryAndThatBeforeTheSourceTree) {
  Write("configs/hardware/zcu104.yaml", "");
  Write("home/configs/hardware/zcu104.yaml", "");
  unsetenv("SUSHISIM_HOME");
  EXPECT_EQ(FindPreset("configs/hardware", "zcu104"), "configs/hardware/zcu104.yaml");
  setenv("SUSHISIM_HOME", "home", 1);
  EXPECT_EQ(FindPreset("configs/hardware", "zcu104"), "home/configs/hardware/zcu104.yaml");
  unsetenv("SUSHISIM_HOME");
}

TEST_F(Presets, AFileThatIsThereIsNotLookedForElsewhere) {
  Write("configs/hardware/zcu104.yaml", "");
  Write("quickstart", "");
  EXPECT_EQ(FindFile("configs/experiment", "configs/hardware/zcu104.yaml"), "configs/hardware/zcu104.yaml");
  EXPECT_EQ(FindFile("configs/experiment", "quickstart"), "quickstart");
}

TEST_F(Presets, AFileThatIsNotThereIsLookedForByNameOrBelowTheRoots) {
  unsetenv("SUSHISIM_HOME");
  const std::string root = fs::path(SUSHI_SOURCE_DIR).lexically_normal().string();
  EXPECT_EQ(FindFile("configs/experiment", "quickstart"), root + "/configs/experiment/quickstart.yaml");
  EXPECT_EQ(FindFile("configs/sweep", "quick"), root + "/configs/sweep/quick.yaml");
  EXPECT_EQ(FindFile("configs/experiment", "hardware/zcu104.yaml"), root + "/configs/hardware/zcu104.yaml");
  EXPECT_EQ(FindFile("configs/experiment", "models/tiny.yaml"), root + "/models/tiny.yaml");
  EXPECT_EQ(FindFile("configs/experiment", "hardware/none.yaml"), "hardware/none.yaml");
  EXPECT_EQ(FindFile("configs/experiment", "/none.yaml"), "/none.yaml");
  EXPECT_EQ(ErrorOf([] { FindFile("configs/experiment", "quikstart"); }),
            "no 'quikstart.yaml' in configs/experiment (did you mean 'quickstart'?)");
}

TEST_F(Presets, ABaseThatIsNotBesideItsFileIsLookedForBelowTheRoots) {
  unsetenv("SUSHISIM_HOME");
  Write("mine.yaml", "schema_version: 1\nbase: [hardware/tiny.yaml]\n");
  EXPECT_EQ(LoadExperiment({"mine.yaml"}, {}).hardware.device.name, "tiny");
  Write("copy/of.yaml",
        "schema_version: 1\nbase: [../hardware/tiny.yaml]\ntrace: {file: ../../traces/tiny_50.csv}\n");
  const Experiment copy = LoadExperiment({"copy/of.yaml"}, {});
  EXPECT_EQ(copy.hardware.device.name, "tiny");
  EXPECT_EQ(copy.trace.file, fs::path(SUSHI_SOURCE_DIR "/traces/tiny_50.csv").lexically_normal());
  EXPECT_EQ(LoadExperiment({"mine.yaml"}, {"trace.file=none/tiny_50.csv"}).trace.file, "none/tiny_50.csv");
  EXPECT_THAT(ErrorOf([&] {
                Write("bad.yaml", "schema_version: 1\nbase: [/hardware/tiny.yaml]\n");
                LoadExperiment({"bad.yaml"}, {});
              }),
              ::testing::HasSubstr("no such file: /hardware/tiny.yaml"));
  Write("hardware/tiny.yaml", "schema_version: 1\ndevice: {name: beside it}\n");
  EXPECT_EQ(LoadExperiment({"mine.yaml"}, {}).hardware.device.name, "beside it");
}

TEST_F(Presets, APathIsTakenAsItIs) {
  EXPECT_EQ(FindPreset("configs/hardware", "./mine"), "./mine");
  EXPECT_EQ(FindPreset("configs/hardware", "mine.yaml"), "mine.yaml");
}

TEST_F(Presets, AnUnknownNameIsAnsweredWithTheNearestOrAll) {
  EXPECT_EQ(ErrorOf([] { FindPreset("configs/hardware", "zcu105"); }),
            "no 'zcu105.yaml' in configs/hardware (did you mean 'zcu104'?)");
  EXPECT_THAT(ErrorOf([] { FindPreset("configs/hardware", "qqqqqqqq"); }),
              StartsWith("no 'qqqqqqqq.yaml' in configs/hardware; there are: alveo_u50, "));
  EXPECT_THAT(ErrorOf([] { FindPreset("configs/hardware", std::string(5000, 'x')); }), StartsWith("no 'xxx"));
}

}  // namespace
}  // namespace sushi::config
