// Which points constraints leave.
#include <gmock/gmock.h>

#include "sweep_fixture.hpp"

namespace sushi::config {
namespace {

using ::testing::HasSubstr;

class SweepConstraints : public SweepFile {
 protected:
  static constexpr const char* kAxes =
      "axes:\n  - product: {accel.pb.capacity_kib: [0, 864, 1728], accel.db.capacity_kib: [576, 1152]}\n";

  // The points that `constraint` leaves of three by two, as "PB DB, …".
  static std::string Left(const std::string& constraint, const std::string& axes = kAxes) {
    std::string text;
    for (const auto& labels : Labels(Load(axes + "constraints:\n  - '" + constraint + "'\n"))) {
      text += (text.empty() ? "" : ", ") + labels[0] + " " + labels[1];
    }
    return text;
  }
  static std::string Wrong(const std::string& constraint) {
    return LoadError(kAxes + std::string("constraints:\n  - '") + constraint + "'\n");
  }
};

TEST_F(SweepConstraints, AtMostIncludesEquality) {
  EXPECT_EQ(Left("accel.pb.capacity_kib + accel.db.capacity_kib <= 2304"),
            "0 576, 0 1152, 864 576, 864 1152, 1728 576");
  EXPECT_EQ(Left("accel.pb.capacity_kib + accel.db.capacity_kib < 2304"), "0 576, 0 1152, 864 576, 864 1152");
}

TEST_F(SweepConstraints, KnowOperatorsAndFunctions) {
  EXPECT_EQ(Left("accel.pb.capacity_kib % 1728 == 0 && accel.db.capacity_kib != 576"), "0 1152, 1728 1152");
  EXPECT_EQ(Left("accel.pb.capacity_kib == 0 ? accel.db.capacity_kib == 576 : false"), "0 576");
  EXPECT_EQ(Left("max(accel.pb.capacity_kib, accel.db.capacity_kib) <= 576"), "0 576");
}

TEST_F(SweepConstraints, SeeKeysThatNoAxisSets) {
  EXPECT_EQ(Left("accel.pb.capacity_kib + 3136 >= device.onchip_memory_kib"), "1728 576, 1728 1152");
}

TEST_F(SweepConstraints, CompareTexts) {
  const std::string axes =
      "axes:\n  - product: {scheduler.policy: [strict_latency, strict_accuracy], accel.db.ping_pong: [true, "
      "false]}\n";
  EXPECT_EQ(Left("scheduler.policy == \"strict_latency\"", axes),
            "strict_latency true, strict_latency false");
  EXPECT_EQ(Left("scheduler.policy != \"strict_latency\" || accel.db.ping_pong", axes),
            "strict_latency true, strict_accuracy true, strict_accuracy false");
  EXPECT_EQ(Left("accel.db.ping_pong == false && scheduler.caching == \"avgnet\"", axes),
            "strict_latency false, strict_accuracy false");
}

TEST_F(SweepConstraints, SeeBaseSeedAndTheModel) {
  WriteConfig("slow.yaml", "accel: {clock_mhz: 50}\n");
  WriteConfig("fast.yaml", "accel: {clock_mhz: 200}\n");
  const std::string axes =
      "trace: {generator: {kind: uniform}}\n"
      "axes:\n  - range: {seed: {from: 1, to: 2}}\n  - product: {base: [slow.yaml, fast.yaml]}\n";
  EXPECT_EQ(Left("seed == 2 || base == \"slow\"", axes), "1 slow, 2 slow, 2 fast");
  EXPECT_EQ(Left("accel.clock_mhz > 50", axes), "1 fast, 2 fast");
  EXPECT_EQ(Left("supernet.space.classes == 1000 && trace.generator.seed < 2", axes), "1 slow, 1 fast");
}

// A value that a rival has dropped is not what a constraint sees.
TEST_F(SweepConstraints, SeeWhatAKeyResolvesTo) {
  Write("a.csv", "accuracy_min_percent,latency_max_us\n70,1000\n");
  const std::string axes =
      "trace: {generator: {kind: uniform, queries: 7}}\n"
      "axes:\n  - list: [{trace.file: a.csv}, {trace.generator.kind: uniform}]\n"
      "  - product: {accel.pb.capacity_kib: [0]}\n";
  const std::string rows =
      "axes:\n  - list: [{}, {trace.generator.kind: uniform}]\n"
      "  - product: {accel.pb.capacity_kib: [0]}\n";
  EXPECT_EQ(Labels(Load(axes + "constraints: [trace.generator.queries == 7]\n")),
            (Rows{{"", "uniform", "0"}}));
  EXPECT_EQ(Labels(Load(rows + "constraints: ['trace.file == \"phases_4000\"']\n")), (Rows{{"", "0"}}));
}

TEST_F(SweepConstraints, CountWhatEachIsTheFirstToExclude) {
  const Sweep sweep = Load(kAxes + std::string("constraints:\n"
                                               "  - accel.db.capacity_kib < 1000\n"
                                               "  - accel.pb.capacity_kib < 1000\n"));
  EXPECT_EQ(sweep.size(), 2);
  EXPECT_EQ(sweep.combinations(), 6);
  ASSERT_EQ(sweep.constraints().size(), 2u);
  EXPECT_EQ(sweep.constraints()[0].excluded, 2);  // of the two PBs that the other leaves
  EXPECT_EQ(sweep.constraints()[1].excluded, 2);  // known before the DB is
}

TEST_F(SweepConstraints, ExcludedPointsNeedNotBeValid) {
  const std::string axes = "axes:\n  - product: {accel.pb.capacity_kib: [0, 4000]}\n";
  EXPECT_EQ(Load(axes + "constraints: [accel.pb.capacity_kib < 4000]\n").size(), 1);
  EXPECT_THAT(LoadError(axes), HasSubstr("the buffers need"));
}

TEST_F(SweepConstraints, RefuseToLeaveNothing) {
  EXPECT_EQ(Wrong("accel.pb.capacity_kib > 1728"),
            "s.yaml:6: constraints: no point is left; \"accel.pb.capacity_kib > 1728\" excludes 6 of 6");
  EXPECT_EQ(Wrong("1 > 2"), "s.yaml:6: constraints: no point is left; \"1 > 2\" excludes 6 of 6");
}

TEST_F(SweepConstraints, NameWhatIsWrongAndWhere) {
  EXPECT_EQ(
      Wrong("accel.pb.capacity_kb < 3"),
      "s.yaml:6: constraints: unknown key 'accel.pb.capacity_kb' (did you mean 'accel.pb.capacity_kib'?) "
      "(in \"accel.pb.capacity_kb < 3\")");
  EXPECT_THAT(Wrong("accel.pb.capacity_kib <"), HasSubstr("s.yaml:6: constraints: not an expression"));
  EXPECT_THAT(Wrong("accel.pb.capacity_kib = 3"), HasSubstr("'=' would set a value; compare with =="));
  EXPECT_THAT(Wrong("scheduler.policy == 3"), HasSubstr("'scheduler.policy' is a text: only == and !="));
  EXPECT_THAT(Wrong("accel.pb.capacity_kib == \"3\""), HasSubstr("is a number: write 3 without quotes"));
  EXPECT_THAT(Wrong("scheduler.policy == \"strict_latancy\""), HasSubstr("(did you mean 'strict_latency'?)"));
  EXPECT_THAT(Wrong("scheduler.policy < \"strict_latency\""), HasSubstr("a text can only stand as KEY =="));
  EXPECT_THAT(Wrong("supernet.name > 3"), HasSubstr("s.yaml:6: constraints: 'supernet.name' is the text"));
  EXPECT_THAT(Wrong("1, 2"), HasSubstr("expected one expression, found a comma"));
  EXPECT_THAT(Wrong("0 / accel.pb.capacity_kib == 0"), HasSubstr("no UserError"));
  EXPECT_THAT(Wrong("accel.pb.capacity_kib / accel.pb.capacity_kib"),
              HasSubstr("the result is not a number"));
  EXPECT_THAT(LoadError(kAxes + std::string("constraints: 1 < 2\n")),
              HasSubstr("s.yaml:5: constraints: expected a list"));
}

}  // namespace
}  // namespace sushi::config
