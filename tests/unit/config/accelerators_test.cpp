// The section `accelerators`.
#include <gmock/gmock.h>

#include "serving_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Accelerators : public ServingFile {};

TEST_F(Accelerators, AreOneLikeTheExperimentsWithoutASection) {
  const ServingPlan plan =
      Plan("trace: {generator: {seed: 1}}\n", {"accel.clock_mhz=150", "energy.static_power_mw=700"});
  EXPECT_THAT(plan.accelerators, ElementsAre(0));
  ASSERT_EQ(plan.types.size(), 1u);
  EXPECT_EQ(plan.types[0].hardware.accel.clock_mhz, 150);
  ASSERT_EQ(plan.types[0].levels.size(), 1u);
  const PowerLevel& level = plan.types[0].levels[0];
  EXPECT_EQ(level.clock_mhz, 150);
  EXPECT_EQ(level.energy_scale, 1);
  EXPECT_EQ(level.active_mw, 700);
  EXPECT_EQ(level.idle_mw, 700);
  EXPECT_EQ(plan.types[0].throttle.bursts, 0);
}

TEST_F(Accelerators, AreAsManyAsTheShorthandSays) {
  const std::string trace = "trace: {generator: {seed: 1}}\n";
  EXPECT_THAT(Plan(trace, {"serving.accelerators=3"}).accelerators, ElementsAre(0, 0, 0));
  EXPECT_EQ(
      LoadError("accelerators: [{count: 2}]\n", {"serving.accelerators=1"}),
      "--set serving.accelerators=1: serving.accelerators: the section accelerators says which there are; "
      "leave out one of the two");
}

TEST_F(Accelerators, DifferFromTheExperimentInTheKeysOfTheirType) {
  const ServingPlan plan = Plan(
      "accel: {clock_mhz: 200, sb: {capacity_kib: 600}}\ntrace: {generator: {seed: 1}}\n"
      "accelerators:\n"
      "  - {name: big, accel: {pb: {capacity_kib: 2000}}}\n"
      "  - {name: small, count: 2, accel: {pb: {capacity_kib: 100}, clock_mhz: 300},\n"
      "     levels: [{clock_mhz: 300, energy_scale: 1, active_mw: 900, idle_mw: 100},\n"
      "              {clock_mhz: 100, energy_scale: 0.5, active_mw: 300, idle_mw: 300}],\n"
      "     throttle: {bursts: 8, window_cycles: 100}}\n");
  EXPECT_THAT(plan.accelerators, ElementsAre(0, 1, 1));
  const AcceleratorPlan& big = plan.types[0];
  EXPECT_EQ(big.name, "big");
  EXPECT_EQ(big.hardware.accel.pb.capacity_kib, 2000);
  EXPECT_EQ(big.hardware.accel.clock_mhz, 200);
  const AcceleratorPlan& small = plan.types[1];
  EXPECT_EQ(small.hardware.accel.pb.capacity_kib, 100);
  EXPECT_EQ(small.hardware.accel.sb.capacity_kib, 600);
  EXPECT_EQ(small.levels[0].clock_mhz, 300);
  EXPECT_EQ(small.levels[1].energy_scale, 0.5);
  EXPECT_EQ(small.throttle.bursts, 8);
  EXPECT_EQ(small.throttle.window_cycles, 100);
}

TEST_F(Accelerators, NeedAnEngine) {
  const std::string file = WriteConfig("n.yaml", "accelerators: [{count: 2}]\n");
  EXPECT_EQ(ErrorOf([&] { LoadExperiment({file}, {}); }),
            "n.yaml:2: accelerators: needs serving.engine: tlm or approximate; none serves one stream on one "
            "accelerator");
  EXPECT_NO_THROW(LoadExperiment({file}, {"serving.engine=approximate"}));
  EXPECT_THAT(ErrorOf([] { LoadExperiment({}, {"serving.accelerators=2"}); }),
              StartsWith("--set serving.accelerators=2: serving.accelerators: needs serving.engine"));
}

TEST_F(Accelerators, AreAtMost64InAll) {
  EXPECT_NO_THROW(Load("accelerators:\n  - {count: 60}\n  - {count: 4}\n"));
  EXPECT_EQ(LoadError("accelerators:\n  - {count: 60}\n  - {count: 5}\n"),
            "s.yaml:6: accelerators[1]: more than 64 accelerators in all");
  EXPECT_EQ(LoadError("accelerators: []\n"), "s.yaml:4: accelerators: expected at least one accelerator");
  EXPECT_EQ(LoadError("accelerators:\n  - {count: 0}\n"),
            "s.yaml:5: accelerators[0].count: expected an integer from 1 to 64, got '0'");
  EXPECT_EQ(LoadError("accelerators: {count: 2}\n"), "s.yaml:4: accelerators: expected a list, got a map");
}

TEST_F(Accelerators, HaveNamesOfTheirOwn) {
  EXPECT_EQ(LoadError("accelerators:\n  - {name: a}\n  - {name: a}\n"),
            "s.yaml:6: accelerators[1].name: 'a' is listed twice");
  EXPECT_EQ(LoadError("accelerators:\n  - {name: type1}\n  - {}\n"),
            "s.yaml:6: accelerators[1].name: 'type1' is listed twice");
  EXPECT_THAT(LoadError("accelerators:\n  - {name: a b}\n"), HasSubstr("letters, digits or _ - . + @"));
}

TEST_F(Accelerators, RefuseUnknownKeysWithTheNearest) {
  EXPECT_EQ(LoadError("accelerators:\n  - {cont: 2}\n"),
            "s.yaml:5: accelerators[0].cont: unknown key (did you mean 'count'?)");
  EXPECT_EQ(LoadError("accelerators:\n  - accel:\n      pb: {capacity_kb: 2}\n"),
            "s.yaml:6: accel.pb.capacity_kb: unknown key (did you mean 'capacity_kib'?)");
  EXPECT_EQ(LoadError("accelerators:\n  - accel: 7\n"), "s.yaml:5: accel: expected a map, got '7'");
  EXPECT_THAT(LoadError("accelerator:\n  - {count: 2}\n"), HasSubstr("did you mean 'accelerators'?"));
}

TEST_F(Accelerators, HaveTheRangesAndContradictionsOfTheField) {
  EXPECT_EQ(LoadError("accelerators:\n  - accel: {clock_mhz: 0}\n"),
            "s.yaml:5: accel.clock_mhz: expected an integer from 1 to 10000, got '0'");
  EXPECT_EQ(
      LoadError("accelerators:\n  - {}\n  - accel: {axi: {ports: 5}}\n"),
      "s.yaml:6: accel.axi.ports: the DMA engines use 6 ports (weight_ports + iact_ports + oact_ports), but "
      "there are 5");
  EXPECT_NO_THROW(Load("accelerators:\n  - accel: {pb: {capacity_kib: 2968}}\n"));
  EXPECT_EQ(LoadError("accelerators:\n  - accel: {pb: {capacity_kib: 2969}}\n"),
            "s.yaml:5: accel.*.capacity_kib: the buffers need 4865 KiB, the device has 4864 KiB "
            "(device.enforce_capacity: false simulates it as hypothetical)");
}

class Levels : public Accelerators {
 protected:
  static std::string ErrorWith(const std::string& levels) {
    return LoadError("accelerators:\n  - levels: " + levels + "\n");
  }
  static constexpr const char* kNominal = "{clock_mhz: 100, energy_scale: 1, active_mw: 5, idle_mw: 5}";
};

TEST_F(Levels, BeginWithTheNominalOne) {
  EXPECT_NO_THROW(Load(std::string("accelerators:\n  - levels: [") + kNominal + "]\n"));
  EXPECT_EQ(ErrorWith("[{clock_mhz: 150, energy_scale: 1, active_mw: 5, idle_mw: 1}]"),
            "s.yaml:5: accelerators[0].levels[0].clock_mhz: the first level is the nominal one: expected "
            "clock_mhz 100 "
            "(accel.clock_mhz), got 150");
}

TEST_F(Levels, AreOneToSixteenWithClocksOfTheirOwn) {
  EXPECT_EQ(ErrorWith("[]"), "s.yaml:5: accelerators[0].levels: expected 1 to 16 levels, found 0");
  EXPECT_EQ(ErrorWith("[" + std::string(kNominal) + ", " + kNominal + "]"),
            "s.yaml:5: accelerators[0].levels[1].clock_mhz: an earlier level has 100 MHz, too");
  const auto levels = [](int count) {
    std::string text = "accelerators:\n  - levels:\n";
    for (int i = 0; i < count; ++i) {
      text +=
          "    - {clock_mhz: " + std::to_string(100 + i) + ", energy_scale: 1, active_mw: 5, idle_mw: 5}\n";
    }
    return text;
  };
  EXPECT_NO_THROW(Load(levels(16)));
  EXPECT_THAT(LoadError(levels(17)), HasSubstr("expected 1 to 16 levels, found 17"));
}

TEST_F(Levels, HavePowersThatMakeSense) {
  EXPECT_EQ(
      ErrorWith("[{clock_mhz: 100, energy_scale: 0, active_mw: 5, idle_mw: 1}]"),
      "s.yaml:5: accelerators[0].levels[0].energy_scale: expected a number from 0.001 to 1000, got '0'");
  EXPECT_EQ(ErrorWith("[{clock_mhz: 100, energy_scale: 1, active_mw: 5, idle_mw: 5.1}]"),
            "s.yaml:5: accelerators[0].levels[0].idle_mw: must not be above active_mw");
  EXPECT_THAT(ErrorWith("[{clock_mhz: 100, energy_scale: 1, active_mw: -1, idle_mw: 0}]"),
              HasSubstr("active_mw: expected a number from 0 to 1e+09, got '-1'"));
  EXPECT_EQ(ErrorWith("[{clock_mhz: 100, energy_scale: 1, active_mw: 5}]"),
            "s.yaml:5: accelerators[0].levels[0].idle_mw: is missing");
  EXPECT_THAT(ErrorWith("[{clock: 100}]"), HasSubstr("did you mean 'clock_mhz'?"));
}

TEST_F(Accelerators, AThrottleHasAtLeastOneBurstAndOneCycle) {
  EXPECT_NO_THROW(Load("accelerators:\n  - throttle: {bursts: 1, window_cycles: 1}\n"));
  EXPECT_EQ(LoadError("accelerators:\n  - throttle: {bursts: 0, window_cycles: 1}\n"),
            "s.yaml:5: accelerators[0].throttle.bursts: expected an integer from 1 to 1000000000, got '0'");
  EXPECT_EQ(LoadError("accelerators:\n  - throttle: {bursts: 1}\n"),
            "s.yaml:5: accelerators[0].throttle.window_cycles: is missing");
}

}  // namespace
}  // namespace sushi::config
