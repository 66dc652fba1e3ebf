// What every scheduler owes the core (include/sushi/serving/scheduler.hpp), on small systems drawn at random.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>

#include "fake_profile.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::FakeSystem;
using test::Us;

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  int Below(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  int From(int least, int greatest) { return least + Below(greatest - least + 1); }

 private:
  std::mt19937 engine_;
};

FakeProfile DrawProfile(Draw& draw) {
  std::vector<std::vector<FakeProfile::FakeSubNet>> models(static_cast<std::size_t>(draw.From(1, 3)));
  for (auto& subnets : models) {
    subnets.resize(static_cast<std::size_t>(draw.From(1, 4)));
    for (auto& subnet : subnets) {
      subnet.name = "s" + std::to_string(&subnet - subnets.data());
      subnet.top1_percent = 70 + draw.Below(5) * 2;  // ties are wanted
      subnet.us = draw.From(1, 8) * 50;
      subnet.fixed_share = draw.Below(3) * 0.5;
      subnet.cached_saves = draw.Below(3) * 0.25;
      subnet.energy_uj = draw.From(1, 4) * 10;
      subnet.dram_bytes = draw.From(0, 3) * 500'000;
      subnet.layers = draw.From(1, 4);
      subnet.kept = Bytes(draw.Below(2) * 1000);
    }
  }
  std::vector<std::vector<PowerLevel>> levels(static_cast<std::size_t>(draw.From(1, 2)));
  for (auto& of_type : levels) {
    of_type = {{100, 1, 200, 20}};
    if (draw.Below(2) == 1) of_type.push_back({50, 0.5, 100, 20});
  }
  FakeProfile profile(models, draw.From(1, 8), levels);
  profile.type_speed.assign(levels.size(), 1);
  profile.type_speed.back() = draw.From(1, 2);
  return profile;
}

// A system that goes through what a core would tell a scheduler, one instant after another.
class World {
 public:
  World(const std::string& scheduler, unsigned seed)
      : draw_(seed), profile_(DrawProfile(draw_)), system_(profile_, draw_.From(1, 4), draw_.From(1, 4)) {
    for (Tenant& tenant : system_.owners) {
      tenant.model = draw_.Below(profile_.models());
      tenant.priority = draw_.From(1, 11);
      if (draw_.Below(3) == 0) {
        tenant.conditions = {
            {{Condition::Metric::kEnergy, Condition::Relation::kAtMost, draw_.From(1, 4) * 10.0}}};
      }
    }
    for (AcceleratorState& state : system_.states) {
      state.type = draw_.Below(profile_.types());
      state.cached_model = draw_.Below(profile_.models());
      state.cached = draw_.Below(2);
    }
    scheduler_ = MakeScheduler(scheduler, system_.Context());
  }

  // Time passes: jobs get on, stop and finish, requests arrive.
  void Advance() {
    now_us_ += draw_.Below(300);
    for (AcceleratorState& state : system_.states) {
      if (state.job == nullptr) continue;
      Job& job = system_.jobs[static_cast<std::size_t>(state.job->id)];
      const int layers = static_cast<int>(profile_.Cost(job.shape).layers.size());
      if (job.stopping && job.layers_done + 1 < layers) {
        Pause(state, job);
      } else if (job.stopping || draw_.Below(2) == 0 || job.layers_done + 1 >= layers) {
        Finish(state, job);
      } else {
        ++job.layers_done;
        if (scheduler_->wants_layers()) scheduler_->LayerDone(View(), job);
      }
    }
    for (int arrivals = draw_.Below(7); arrivals > 0; --arrivals) {
      system_.Add(now_us_, draw_.From(0, 20) * 100, draw_.Below(static_cast<int>(system_.owners.size())),
                  70 + draw_.Below(12));
    }
  }

  bool Asks() const {
    const bool idle = std::any_of(system_.states.begin(), system_.states.end(),
                                  [](const AcceleratorState& state) { return state.job == nullptr; });
    return (!system_.waiting.empty() || !system_.paused.empty()) && (idle || scheduler_->preemptive());
  }

  Decision Ask() { return system_.Ask(*scheduler_, now_us_); }

  void ExpectLegal(const Decision& decision) {
    std::set<const Request*> waiting(system_.waiting.begin(), system_.waiting.end());
    std::set<int> idle;
    std::set<int> running;
    for (std::size_t i = 0; i < system_.states.size(); ++i) {
      const Job* job = system_.states[i].job;
      if (job == nullptr) idle.insert(static_cast<int>(i));
      if (job != nullptr && !job->stopping) running.insert(static_cast<int>(i));
    }
    for (const Request* request : decision.drop) EXPECT_EQ(waiting.erase(request), 1U) << "dropped";
    for (const int accelerator : decision.preempt) {
      EXPECT_TRUE(scheduler_->preemptive());
      EXPECT_EQ(running.erase(accelerator), 1U) << "preempted";
    }
    for (const Dispatch& start : decision.start) {
      ASSERT_EQ(idle.erase(start.accelerator), 1U) << "not an idle accelerator";
      ASSERT_FALSE(start.requests.empty());
      EXPECT_LE(static_cast<int>(start.requests.size()), profile_.max_batch());
      for (const Request* request : start.requests) EXPECT_EQ(waiting.erase(request), 1U) << "served";
      ExpectShapeInRange(start);
    }
    for (const Resume& resume : decision.resume) {
      EXPECT_EQ(idle.erase(resume.accelerator), 1U) << "not an idle accelerator";
      EXPECT_EQ(std::count(system_.paused.begin(), system_.paused.end(), resume.job), 1) << "resumed";
      EXPECT_EQ(TypeOf(resume.accelerator), TypeOf(resume.job->accelerator));
    }
    for (const Throttle& throttle : decision.throttle) {
      EXPECT_TRUE(throttle.accelerator >= 0 &&
                  throttle.accelerator < static_cast<int>(system_.states.size()));
      EXPECT_TRUE(throttle.bursts >= 0 && throttle.window_cycles >= 0);
    }
    EXPECT_GT(decision.wake.value_or(Us(now_us_ + 1)), Us(now_us_));
  }

  // A decision that does not act leaves no work lying when everything is idle, unless it asks to be woken.
  void ExpectNotStuck(const Decision& decision) const {
    const bool busy = std::any_of(system_.states.begin(), system_.states.end(),
                                  [](const AcceleratorState& state) { return state.job != nullptr; });
    const bool work = !system_.waiting.empty() || !system_.paused.empty();
    EXPECT_TRUE(decision.Acts() || busy || !work || decision.wake.has_value());
  }

  void Apply(const Decision& decision) {
    for (const Request* request : decision.drop) Remove(request);
    for (const int accelerator : decision.preempt) {
      Job& job = system_.jobs[static_cast<std::size_t>(At(accelerator).job->id)];
      job.stopping = true;
    }
    for (const Dispatch& start : decision.start) {
      AcceleratorState& state = At(start.accelerator);
      const int model = ModelOf(*start.requests.front());
      if (start.cache) {
        state.cached_model = model;
        state.cached = *start.cache;
      }
      state.level = start.level;
      for (const Request* request : start.requests) Remove(request);
      system_.AddRunning(start.accelerator, start.requests,
                         {model, state.type, start.level, start.subnet, state.CachedFor(model),
                          static_cast<int>(start.requests.size())},
                         now_us_);
    }
    for (const Resume& resume : decision.resume) {
      Job& job = system_.jobs[static_cast<std::size_t>(resume.job->id)];
      system_.paused.erase(std::find(system_.paused.begin(), system_.paused.end(), &job));
      job.accelerator = resume.accelerator;
      job.resumed = Us(now_us_);
      At(resume.accelerator).job = &job;
    }
  }

 private:
  SystemView View() { return system_.At(now_us_); }
  AcceleratorState& At(int accelerator) { return system_.states[static_cast<std::size_t>(accelerator)]; }
  int TypeOf(int accelerator) { return At(accelerator).type; }
  int ModelOf(const Request& request) const {
    return system_.owners[static_cast<std::size_t>(request.tenant)].model;
  }

  void ExpectShapeInRange(const Dispatch& start) {
    const int model = ModelOf(*start.requests.front()), type = TypeOf(start.accelerator);
    for (const Request* request : start.requests) EXPECT_EQ(ModelOf(*request), model) << "a mixed batch";
    const LatencyTable& table = profile_.table(model, type);
    EXPECT_TRUE(start.subnet >= 0 && start.subnet < table.subnets());
    EXPECT_TRUE(start.level >= 0 && start.level < static_cast<int>(profile_.levels(type).size()));
    const SubGraphId cache = start.cache.value_or(kEmptySubGraphId);
    EXPECT_TRUE(cache >= 0 && cache < table.columns());
  }

  void Pause(AcceleratorState& state, Job& job) {
    ++job.layers_done;
    job.stopping = false;
    job.ran += Us(now_us_) - job.resumed;
    state.job = nullptr;
    const auto later = [&](const Job* other) { return other->id > job.id; };
    system_.paused.insert(std::find_if(system_.paused.begin(), system_.paused.end(), later), &job);
  }

  void Finish(AcceleratorState& state, Job& job) {
    state.job = nullptr;
    const Picoseconds profiled = profile_.Time(job.shape);
    scheduler_->Finished(View(), {&job, Us(now_us_), profiled * draw_.From(1, 3), profiled});
  }

  void Remove(const Request* request) {
    system_.waiting.erase(std::find(system_.waiting.begin(), system_.waiting.end(), request));
  }

  Draw draw_;
  FakeProfile profile_;
  FakeSystem system_;
  std::unique_ptr<Scheduler> scheduler_;
  double now_us_ = 0;
};

std::string Text(const Decision& decision) {
  std::ostringstream text;
  for (const Request* request : decision.drop) text << "drop " << request->id << '\n';
  for (const int accelerator : decision.preempt) text << "preempt " << accelerator << '\n';
  for (const Dispatch& start : decision.start) {
    text << "start " << start.accelerator << " subnet " << start.subnet << " level " << start.level
         << " cache " << start.cache.value_or(-1) << ':';
    for (const Request* request : start.requests) text << ' ' << request->id;
    text << '\n';
  }
  for (const Resume& resume : decision.resume) {
    text << "resume " << resume.accelerator << ' ' << resume.job->id << '\n';
  }
  for (const Throttle& throttle : decision.throttle) {
    text << "throttle " << throttle.accelerator << ' ' << throttle.bursts << ' ' << throttle.window_cycles
         << '\n';
  }
  if (decision.wake) text << "wake " << decision.wake->value() << '\n';
  return text.str();
}

class SchedulerContract : public testing::TestWithParam<std::string> {};

TEST_P(SchedulerContract, DecisionsAreLegalTheSameTwiceAndComeToAnEnd) {
  constexpr unsigned kSystems = 60;
  constexpr int kInstants = 15;
  constexpr int kMostDecisions = 200;  // of an instant; at most 90 requests ever arrive
  for (unsigned seed = 1; seed <= kSystems; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World one(GetParam(), seed), other(GetParam(), seed);
    for (int instant = 0; instant < kInstants; ++instant) {
      one.Advance();
      other.Advance();
      for (int asked = 0; one.Asks(); ++asked) {
        ASSERT_LT(asked, kMostDecisions) << "no end";
        const Decision decision = one.Ask();
        const Decision again = other.Ask();
        ASSERT_EQ(Text(decision), Text(again));
        one.ExpectLegal(decision);
        one.ExpectNotStuck(decision);
        if (HasFailure()) FAIL() << Text(decision);
        one.Apply(decision);
        other.Apply(again);
        if (!decision.Acts()) break;
      }
    }
  }
}

TEST_P(SchedulerContract, NothingWaitsNothingIsDone) {
  const FakeProfile profile({{{"only"}}});
  FakeSystem system(profile, 2);
  EXPECT_FALSE(system.Ask(*MakeScheduler(GetParam(), system.Context()), 0).Acts());
}

TEST_P(SchedulerContract, OneRequestTakesOneOfSeveralIdleAccelerators) {
  const FakeProfile profile({{{"only"}}});
  FakeSystem system(profile, 3);
  system.AddRunning(0, {&system.Add(0, 1e6)}, {}, 0);
  system.waiting.clear();
  system.Add(0, 1e6);
  const Decision decision = system.Ask(*MakeScheduler(GetParam(), system.Context()), 0);
  ASSERT_EQ(decision.start.size(), 1U);
  EXPECT_EQ(decision.start[0].accelerator, 1);
}

INSTANTIATE_TEST_SUITE_P(All, SchedulerContract, testing::ValuesIn(SchedulerNames()),
                         [](const auto& param) { return param.param; });

}  // namespace
}  // namespace sushi
