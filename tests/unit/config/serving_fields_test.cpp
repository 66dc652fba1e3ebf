// The scalar keys of the serving system and of its schedulers.
#include <gmock/gmock.h>

#include "serving_fixture.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/sweep.hpp"
#include "sushi/sched/serving_policy.hpp"
#include "sushi/serving/scheduler.hpp"

namespace sushi::config {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string SetError(const std::vector<std::string>& sets) {
  return ErrorOf([&] { LoadExperiment({}, sets); });
}

TEST(ServingKeys, AreOffUnlessTheyAreSet) {
  const ServingConfig serving = LoadExperiment({}, {}).serving;
  EXPECT_EQ(serving.engine, ServingEngine::kNone);
  EXPECT_EQ(serving.accelerators, 0);
  EXPECT_EQ(serving.queue_limit, 1000);
  EXPECT_EQ(serving.max_batch, 16);
  EXPECT_TRUE(serving.types.empty());
  EXPECT_TRUE(serving.tenants.empty());
}

TEST(ServingKeys, HaveTheRangesThatTheyState) {
  const std::string tlm = "serving.engine=tlm";
  const ServingConfig most =
      LoadExperiment({}, {tlm, "serving.accelerators=64", "serving.max_batch=256"}).serving;
  EXPECT_EQ(most.accelerators, 64);
  EXPECT_EQ(most.max_batch, 256);
  EXPECT_EQ(
      SetError({tlm, "serving.accelerators=65"}),
      "--set serving.accelerators=65: serving.accelerators: expected an integer from 0 to 64, got '65'");
  EXPECT_THAT(SetError({tlm, "serving.max_batch=257"}), HasSubstr("expected an integer from 1 to 256"));
  EXPECT_THAT(SetError({tlm, "serving.max_batch=0"}), HasSubstr("expected an integer from 1 to 256"));
  EXPECT_THAT(SetError({tlm, "serving.queue_limit=0"}), HasSubstr("expected an integer from 1 to 1000000"));
  EXPECT_THAT(SetError({"serving.engine=fast"}), HasSubstr("expected one of none, tlm, approximate"));
  EXPECT_THAT(SetError({"serving.engin=tlm"}), HasSubstr("did you mean 'engine'?"));
}

TEST(ServingKeys, LeaveHashesAsTheyWereWhileTheyAreAtTheirDefaults) {
  const std::string text = CanonicalText(LoadExperiment({}, {}));
  for (const char* key : {"serving.", "scheduler.slackfit", "accelerators", "tenants"}) {
    EXPECT_EQ(text.find(key), std::string::npos) << key;
  }
  EXPECT_EQ(CanonicalText(LoadExperiment({}, {"serving.max_batch=16", "scheduler.prema.high=9"})), text);
  EXPECT_EQ(CanonicalText(LoadExperiment({}, {"serving.max_batch=8"})).size(),
            text.size() + std::string("serving.max_batch: 8\n").size());
}

TEST(ServingKeys, AllOfThemCameLater) {
  for (const Field& field : Fields()) {
    const bool setting =
        field.path.compare(0, 10, "scheduler.") == 0 && field.path.find('.', 10) != std::string::npos;
    const bool ours = setting || field.path.compare(0, 8, "serving.") == 0;
    EXPECT_TRUE(field.later || !ours) << field.path;
  }
}

TEST(SchedulerPolicy, TakesThePoliciesOfStreamsAndTheSchedulersOfSystems) {
  const std::vector<std::string> choices = FindField("scheduler.policy")->choices;
  for (const std::string& name : ServingPolicyNames()) EXPECT_THAT(choices, Contains(name));
  for (const std::string& name : SchedulerNames()) {
    EXPECT_THAT(choices, Contains(name));
    EXPECT_EQ(LoadExperiment({}, {"serving.engine=tlm", "scheduler.policy=" + name}).scheduler.policy, name);
  }
}

TEST(SchedulerPolicy, OfASystemNeedsAnEngine) {
  EXPECT_EQ(
      SetError({"scheduler.policy=edf"}),
      "--set scheduler.policy=edf: scheduler.policy: 'edf' schedules a serving system: set serving.engine to "
      "tlm or approximate (with none there are strict_accuracy, strict_latency)");
  EXPECT_NO_THROW(LoadExperiment({}, {"scheduler.policy=edf", "serving.engine=approximate"}));
  EXPECT_NO_THROW(LoadExperiment({}, {"scheduler.policy=strict_accuracy", "serving.engine=tlm"}));
}

TEST(SchedulerSettings, AreReadIntoTheirMembers) {
  const SchedulerSettings settings =
      LoadExperiment({}, {"scheduler.slackfit.buckets=4", "scheduler.clipper.subnet=B",
                          "scheduler.alert.objective=error", "scheduler.alert.energy_budget_uj=5.5",
                          "scheduler.dream.drop_frames=false", "scheduler.moca.least_percent=30",
                          "scheduler.prema.medium=2", "scheduler.joint.swap_share=0.25"})
          .scheduler.settings;
  EXPECT_EQ(settings.slackfit.buckets, 4);
  EXPECT_EQ(settings.clipper.subnet, "B");
  EXPECT_EQ(settings.alert.objective, "error");
  EXPECT_EQ(settings.alert.energy_budget_uj, 5.5);
  EXPECT_FALSE(settings.dream.drop_frames);
  EXPECT_EQ(settings.moca.least_percent, 30);
  EXPECT_EQ(settings.prema.medium, 2);
  EXPECT_EQ(settings.joint.swap_share, 0.25);
  EXPECT_THAT(SetError({"scheduler.dream.alpha=2.1"}), HasSubstr("expected a number from 0 to 2, got '2.1'"));
  EXPECT_THAT(SetError({"scheduler.slackfit.bucket=4"}), HasSubstr("did you mean 'buckets'?"));
}

TEST(SchedulerSettings, ThresholdsOfTokensAreInOrder) {
  EXPECT_NO_THROW(LoadExperiment({}, {"scheduler.prema.medium=9"}));
  EXPECT_EQ(
      SetError({"scheduler.prema.medium=9.5"}),
      "--set scheduler.prema.medium=9.5: scheduler.prema.medium: must not be above scheduler.prema.high");
  EXPECT_THAT(SetError({"scheduler.prema.low=4"}), HasSubstr("must not be above scheduler.prema.medium"));
}

TEST(StreamCommands, RefuseASystem) {
  Experiment e = LoadExperiment({}, {"trace.generator.seed=3"});
  EXPECT_NO_THROW(RequireStream(e));
  e = LoadExperiment({}, {"trace.generator.seed=3", "serving.engine=tlm"});
  EXPECT_EQ(ErrorOf([&] { RequireStream(e); }),
            "--set serving.engine=tlm: serving.engine: expected none: this command serves one stream on one "
            "accelerator");
}

class ServingSweep : public ServingFile {
 protected:
  static std::string Write(const std::string& text) {
    return WriteConfig("w.yaml", "base: [" + Shipped("configs/experiment/quickstart.yaml") + "]\n" + text);
  }
};

TEST_F(ServingSweep, VariesKeysOfTheSystemAndOfItsScheduler) {
  const Sweep sweep = Sweep::Load(
      Write("serving: {engine: tlm}\nscheduler: {policy: edf}\n"
            "axes:\n  - product: {serving.accelerators: [1, 8], scheduler.slackfit.buckets: [4, 16]}\n"),
      {});
  EXPECT_EQ(sweep.size(), 4);
  EXPECT_EQ(sweep.PointAt(2).experiment.serving.accelerators, 8);
  for (std::int64_t i = 0; i < sweep.size(); ++i)
    EXPECT_EQ(sweep.IdAt(i), PointId(sweep.PointAt(i).experiment));
}

TEST_F(ServingSweep, RefusesPointsWithoutAnEngine) {
  const std::string axes = "axes:\n  - product: {serving.engine: [tlm, none], scheduler.policy: [edf]}\n";
  EXPECT_THAT(ErrorOf([&] { Sweep::Load(Write(axes), {}); }), HasSubstr("set serving.engine to tlm"));
  EXPECT_EQ(Sweep::Load(Write("invalid: skip\n" + axes), {}).size(), 1);
}

TEST_F(ServingSweep, SectionsBelongToAPointsIdentity) {
  const auto id = [](const std::string& text) {
    const Sweep sweep = Sweep::Load(Write("axes:\n  - product: {serving.engine: [tlm]}\n" + text), {});
    EXPECT_EQ(sweep.IdAt(0), PointId(sweep.PointAt(0).experiment));
    return sweep.IdAt(0) + " " + sweep.Fingerprint();
  };
  const std::string none = id("");
  const std::string two = id("accelerators: [{count: 2}]\n");
  EXPECT_NE(two.substr(0, 32), none.substr(0, 32));
  EXPECT_NE(two.substr(33), none.substr(33));
  EXPECT_EQ(id("accelerators:\n  - count: 2 # comments and layout do not count\n    name: type0\n"), two);
}

TEST_F(ServingSweep, NeedsNoSuperNetWhenAllTenantsHaveModels) {
  const auto load = [](const std::string& tenants) {
    const std::string file = WriteConfig(
        "w.yaml", "base: [" + Shipped("configs/hardware/zcu104.yaml") + ", " +
                      Shipped("configs/energy/table_45nm.yaml") + "]\nserving: {engine: tlm}\ntenants: [" +
                      tenants + "]\naxes:\n  - product: {serving.max_batch: [1, 2]}\n");
    return Sweep::Load(file, {});
  };
  const std::string own = "{name: a, model: tiny, period_us: 5, frames: 2}";
  const Sweep sweep = load(own);
  EXPECT_EQ(sweep.size(), 2);
  EXPECT_EQ(sweep.IdAt(1), PointId(sweep.PointAt(1).experiment));
  EXPECT_THAT(ErrorOf([&] { load(own + ", {name: b, period_us: 5, frames: 2}"); }),
              HasSubstr("supernet: no file gives one"));
  EXPECT_THAT(ErrorOf([&] { load("{name: a, model: tiny}"); }),
              HasSubstr("'a' has no trace, period_us or after"));
}

TEST_F(ServingSweep, ChecksATypeAtEveryPoint) {
  const std::string text =
      "serving: {engine: tlm}\naccelerators: [{accel: {pb: {capacity_kib: 2968}}}]\n"
      "axes:\n  - product: {accel.sb.capacity_kib: [512, 513]}\n";
  EXPECT_THAT(ErrorOf([&] { Sweep::Load(Write(text), {}); }), HasSubstr("the buffers need 4865 KiB"));
  EXPECT_EQ(Sweep::Load(Write("invalid: skip\n" + text), {}).size(), 1);
}

}  // namespace
}  // namespace sushi::config
