#include <gtest/gtest.h>

#include "serving_run.hpp"

namespace sushi {
namespace {

using test::FakeProfile;
using test::QueryAt;
using test::ScriptedScheduler;
using test::Serve;
using test::ServingOutcome;
using test::Stream;
using test::Us;

// 100 us alone, 4 layers of 25 us.
FakeProfile OneSubNet() { return FakeProfile({{{"only", 70, 100}}}); }

ServingSetup SetupOf(const FakeProfile& profile, Scheduler& scheduler, int accelerators, int tenants = 1) {
  ServingSetup setup;
  setup.profile = &profile;
  setup.scheduler = &scheduler;
  setup.types.assign(static_cast<std::size_t>(accelerators), 0);
  setup.tenants.resize(static_cast<std::size_t>(tenants));
  return setup;
}

std::vector<TenantSource> One(std::vector<Query> queries) {
  std::vector<TenantSource> sources;
  sources.push_back(Stream(std::move(queries)));
  return sources;
}

// The oldest request, alone, on the first idle accelerator.
void Oldest(const SystemView& view, Decision& decision) {
  for (std::size_t i = 0; i < view.accelerators->size(); ++i) {
    if ((*view.accelerators)[i].job != nullptr) continue;
    const Request* oldest = nullptr;
    for (const Request* request : *view.waiting) {
      if (oldest == nullptr || request->id < oldest->id) oldest = request;
    }
    if (oldest != nullptr) decision.start.push_back({static_cast<int>(i), {oldest}, 0, 0, std::nullopt});
    return;
  }
}

TEST(ServingCore, RequestsWaitForAnIdleAcceleratorAndLeaveInTime) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  const ServingOutcome out = Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 100), QueryAt(30, 169)}));
  ASSERT_EQ(out.requests.size(), 2u);
  EXPECT_EQ(out.requests[0].finished, Us(100));
  EXPECT_TRUE(out.requests[0].InTime());  // at the deadline is in time
  EXPECT_EQ(out.requests[1].dispatched, Us(100));
  EXPECT_EQ(out.requests[1].finished, Us(200));
  EXPECT_FALSE(out.requests[1].InTime());  // 199 us was the deadline
}

TEST(ServingCore, TwoAcceleratorsServeTwoAtATime) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  const ServingOutcome out =
      Serve(SetupOf(profile, scheduler, 2), One({QueryAt(0, 500), QueryAt(0, 500), QueryAt(0, 500)}));
  EXPECT_EQ(out.Of(0, 1).finished, Us(100));
  EXPECT_EQ(out.Of(0, 1).accelerator, 1);
  EXPECT_EQ(out.Of(0, 2).finished, Us(200));
}

TEST(ServingCore, AFullQueueDropsOnArrivalAndEverythingIsAccountedFor) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  ServingSetup setup = SetupOf(profile, scheduler, 1);
  setup.queue_limit = 2;
  std::vector<Query> queries;
  for (int i = 0; i < 5; ++i) queries.push_back(QueryAt(i, 10000));
  // At 0 the first runs; 1 and 2 wait; 3 and 4 find the queue full.
  const ServingOutcome out = Serve(setup, One(queries));
  ASSERT_EQ(out.requests.size(), 5u);
  EXPECT_EQ(out.Of(0, 2).fate, Fate::kServed);
  EXPECT_EQ(out.Of(0, 3).fate, Fate::kQueueFull);
  EXPECT_EQ(out.Of(0, 4).fate, Fate::kQueueFull);
}

// Two accelerators and room for one: of four at one instant the first two never wait.
TEST(ServingCore, WhoFindsAnIdleAcceleratorDoesNotFindTheQueueFull) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  ServingSetup setup = SetupOf(profile, scheduler, 2);
  setup.queue_limit = 1;
  const ServingOutcome out =
      Serve(setup, One({QueryAt(0, 900), QueryAt(0, 900), QueryAt(0, 900), QueryAt(0, 900)}));
  EXPECT_EQ(out.Of(0, 0).finished, Us(100));
  EXPECT_EQ(out.Of(0, 1).finished, Us(100));
  EXPECT_EQ(out.Of(0, 2).finished, Us(200));
  EXPECT_EQ(out.Of(0, 3).fate, Fate::kQueueFull);
}

// The open stream's second request waits when the closed one asks; its next ask comes when that one has gone.
TEST(ServingCore, AClosedLoopThatWasTurnedAwayAsksAgainWhenThereIsRoom) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  ServingSetup setup = SetupOf(profile, scheduler, 1, 2);
  setup.queue_limit = 1;
  std::vector<TenantSource> sources = One({QueryAt(0, 900), QueryAt(0, 900)});
  Query query = QueryAt(0, 900);
  query.arrival.reset();
  sources.push_back(Stream({query, query, query}));
  const ServingOutcome out = Serve(setup, std::move(sources));
  EXPECT_EQ(out.Of(1, 0).fate, Fate::kQueueFull);
  EXPECT_EQ(out.Of(1, 1).request.arrival, Us(100));  // the open stream's second is dispatched
  EXPECT_EQ(out.Of(1, 1).finished, Us(300));
  EXPECT_EQ(out.Of(1, 2).request.arrival, Us(300));
}

TEST(ServingCore, ABatchTakesTheTimeOfItsSize) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    if ((*view.accelerators)[0].job != nullptr || view.waiting->size() < 2) return;
    decision.start.push_back({0, *view.waiting, 0, 0, std::nullopt});
  };
  const ServingOutcome out = Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 500), QueryAt(10, 500)}));
  ASSERT_EQ(out.jobs.size(), 1u);
  EXPECT_EQ(out.jobs[0].shape.batch, 2);
  EXPECT_EQ(out.requests[1].finished, Us(160));  // 10 + 100·(0.5 + 0.5·2)
}

TEST(ServingCore, ACascadeBeginsWhenItsParentIsServedAndItsDeadlineCountsFromTheFrame) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  ServingSetup setup = SetupOf(profile, scheduler, 1, 2);
  setup.tenants[1].parent = 0;
  std::vector<TenantSource> sources = One({QueryAt(10, 500)});
  sources.emplace_back().slo = Us(210);
  const ServingOutcome out = Serve(setup, std::move(sources));
  const RequestRecord& child = out.Of(1, 0);
  EXPECT_EQ(child.request.arrival, Us(110));
  EXPECT_EQ(child.request.deadline, Us(220));
  EXPECT_EQ(child.finished, Us(210));
}

TEST(ServingCore, ADroppedParentCancelsItsWholeCascade) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = [](const SystemView& view, Decision& decision) { decision.drop = *view.waiting; };
  ServingSetup setup = SetupOf(profile, scheduler, 1, 3);
  setup.tenants[1].parent = 0;
  setup.tenants[2].parent = 1;
  std::vector<TenantSource> sources = One({QueryAt(10, 500)});
  sources.emplace_back();
  sources.emplace_back();
  const ServingOutcome out = Serve(setup, std::move(sources));
  ASSERT_EQ(out.requests.size(), 3u);
  EXPECT_EQ(out.Of(0, 0).fate, Fate::kDropped);
  EXPECT_EQ(out.Of(1, 0).fate, Fate::kCancelled);
  EXPECT_EQ(out.Of(2, 0).fate, Fate::kCancelled);
}

TEST(ServingCore, AClosedLoopArrivesWhenTheOneBeforeHasEnded) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = Oldest;
  Query query = QueryAt(0, 500);
  query.arrival.reset();
  const ServingOutcome out = Serve(SetupOf(profile, scheduler, 2), One({query, query, query}));
  EXPECT_EQ(out.Of(0, 1).request.arrival, Us(100));
  EXPECT_EQ(out.Of(0, 2).request.arrival, Us(200));
}

// At 30 us, in the second layer (25 to 50 us), a second request comes and is to go first. The 8 bytes that
// are kept move in 0.8 ns each way.
TEST(ServingCore, PreemptionWaitsForTheLayerAndPaysForSavingAndRestoring) {
  std::vector<FakeProfile::FakeSubNet> subnets{{"only", 70, 100}};
  subnets[0].kept = Bytes(8);
  const FakeProfile profile({subnets});
  ScriptedScheduler scheduler;
  scheduler.preempts = true;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    const Job* job = (*view.accelerators)[0].job;
    if (job != nullptr && !view.waiting->empty() && !job->stopping) {
      decision.preempt.push_back(0);
    } else if (job == nullptr && !view.waiting->empty()) {
      decision.start.push_back({0, {view.waiting->front()}, 0, 0, std::nullopt});
    } else if (job == nullptr && !view.paused->empty()) {
      decision.resume.push_back({0, view.paused->front()});
    }
  };
  const ServingOutcome out = Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 900), QueryAt(30, 900)}));
  const Picoseconds move(800);
  EXPECT_EQ(out.Of(0, 1).dispatched, Us(50) + move);
  EXPECT_EQ(out.Of(0, 1).finished, Us(150) + move);
  EXPECT_EQ(out.Of(0, 0).finished, Us(200) + 2 * move);
  EXPECT_EQ(out.Of(0, 0).preemptions, 1);
  EXPECT_EQ(out.jobs[1].moving, 2 * move);
  EXPECT_EQ(out.jobs[1].moved_bytes, 16);
  EXPECT_EQ(out.jobs[1].counters.TrafficBytes(), 16);  // the fake profile's jobs count none
  EXPECT_EQ(out.jobs[1].counters.events[Event::kDramWrite], 64);
  EXPECT_EQ(out.jobs[1].service, Us(100));
}

TEST(ServingCore, ASchedulersSubGraphIsFetchedOnceAndStays) {
  std::vector<FakeProfile::FakeSubNet> subnets{{"only", 70, 100}};
  subnets[0].cached_saves = 0.2;
  const FakeProfile profile({subnets});
  ScriptedScheduler scheduler;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    if ((*view.accelerators)[0].job == nullptr && !view.waiting->empty())
      decision.start.push_back({0, {view.waiting->front()}, 0, 0, 1});
  };
  const ServingOutcome out = Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 900), QueryAt(0, 900)}));
  EXPECT_EQ(out.jobs[0].swap, Us(100));
  EXPECT_EQ(out.jobs[0].service, Us(80));
  EXPECT_EQ(out.jobs[1].swap, Us(0));
  EXPECT_EQ(out.requests[1].finished, Us(260));
}

TEST(ServingCore, AnIllegalDecisionIsAnInternalError) {
  const FakeProfile profile = OneSubNet();
  ScriptedScheduler scheduler;
  scheduler.decide = [](const SystemView& view, Decision& decision) {
    decision.start.push_back({1, {view.waiting->front()}, 0, 0, std::nullopt});
  };
  EXPECT_THROW(Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 900)})), InternalError);
  scheduler.decide = [](const SystemView&, Decision&) {};
  EXPECT_THROW(Serve(SetupOf(profile, scheduler, 1), One({QueryAt(0, 900)})), InternalError);
}

}  // namespace
}  // namespace sushi
