#include "sushi/serving/serving_core.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "arrival_book.hpp"
#include "pb_book.hpp"
#include "sushi/core/error.hpp"
#include "waiting_queue.hpp"

namespace sushi {

const char* Name(Fate fate) {
  switch (fate) {
    case Fate::kServed:
      return "served";
    case Fate::kQueueFull:
      return "queue_full";
    case Fate::kDropped:
      return "dropped";
    case Fate::kCancelled:
      return "cancelled";
  }
  return "";
}

namespace {

// A job with what the scheduler does not see.
struct JobBook {
  Job job;
  JobRecord record;
  int preemptions = 0;
  int first_layer = 0;  // of the present stay
};

void Require(bool holds, const char* what) {
  if (!holds) throw InternalError(std::string("a scheduler's decision is refused: ") + what);
}

}  // namespace

class ServingCore::State {
 public:
  State(const ServingSetup& setup, std::vector<TenantSource> sources, ServingSinks sinks)
      : setup_(setup),
        sinks_(std::move(sinks)),
        arrivals_(setup_.tenants, std::move(sources)),
        pb_(setup_),
        accelerators_(setup_.types.size()),
        jobs_(setup_.types.size(), nullptr) {
    for (std::size_t i = 0; i < accelerators_.size(); ++i) accelerators_[i].type = setup_.types[i];
    view_.waiting = &waiting_.view();
    view_.paused = &paused_view_;
    view_.accelerators = &accelerators_;
    view_.tenants = &setup_.tenants;
    view_.profile = setup_.profile;
    view_.dram_bytes_per_s = setup_.dram_bytes_per_s;
    view_.burst_bytes = setup_.burst_bytes;
  }

  std::optional<Picoseconds> NextTime() const {
    std::optional<Picoseconds> next = arrivals_.Next();
    if (wake_ && (!next || *wake_ < *next)) next = wake_;
    return next;
  }

  void Step(Picoseconds now, const std::vector<RunEvent>& events, Executor& executor) {
    view_.now = now;
    for (const Throttle& throttle : setup_.throttles)
      executor.SetThrottle(now, throttle.accelerator, throttle.bursts, throttle.window_cycles);
    setup_.throttles.clear();
    if (wake_ && *wake_ <= now) wake_.reset();
    for (const RunEvent& event : events) Note(event);
    bool layers = !events.empty() && setup_.scheduler->wants_layers();
    do {
      std::vector<Request> cascades;
      cascades.swap(cascades_);
      for (const Request& child : cascades) Arrive(child, executor);
      Request request;
      while (arrivals_.Take(now, request)) Arrive(request, executor);
      if (layers || MayDecide()) Decide(executor);
      layers = false;
      if (HasRoom()) arrivals_.HasRoom(now);
    } while (arrivals_.Next().value_or(now + Picoseconds(1)) <= now);
  }

  bool Finished() const { return arrivals_.exhausted() && waiting_.empty() && jobs_by_id_.empty(); }
  int running() const { return running_; }

 private:
  bool MayDecide() const {
    if (waiting_.empty() && paused_view_.empty()) return false;
    return running_ < static_cast<int>(accelerators_.size()) || setup_.scheduler->preemptive();
  }

  void Decide(Executor& executor) {
    for (;;) {
      Decision decision;
      setup_.scheduler->Decide(view_, decision);
      for (const Throttle& throttle : decision.throttle) {
        Require(throttle.accelerator >= 0 && throttle.accelerator < static_cast<int>(accelerators_.size()),
                "a throttle of no accelerator");
        executor.SetThrottle(view_.now, throttle.accelerator, throttle.bursts, throttle.window_cycles);
      }
      if (decision.wake) {
        Require(*decision.wake > view_.now, "a wake-up that is not in the future");
        wake_ = decision.wake;
      }
      if (!decision.Acts()) return;
      for (const Request* dropped : decision.drop) Drop(dropped);
      for (const int accelerator : decision.preempt) Preempt(accelerator, executor);
      for (const Resume& resume : decision.resume) Go(resume, executor);
      for (const Dispatch& dispatch : decision.start) Start(dispatch, executor);
      if (!MayDecide()) return;
    }
  }

  // -- requests

  bool HasRoom() const { return waiting_.size() < setup_.queue_limit; }

  // What waits may leave for an idle accelerator before another request of the same instant is turned away.
  void Arrive(Request request, Executor& executor) {
    request.id = next_request_++;
    if (!HasRoom() && MayDecide()) Decide(executor);
    if (!HasRoom()) {
      End(request, Fate::kQueueFull);
      return;
    }
    waiting_.Add(request);
  }

  void TakeWaiting(const Request* request) {
    Require(waiting_.Take(request), "a request that does not wait");
  }

  void Drop(const Request* request) {
    TakeWaiting(request);
    End(*request, Fate::kDropped);
    waiting_.Free(request);
  }

  // A request that is not served, and the cascade behind it.
  void End(const Request& request, Fate fate) {
    RequestRecord record;
    record.request = request;
    record.fate = fate;
    record.dispatched = record.finished = view_.now;
    if (sinks_.request) sinks_.request(record);
    if (fate == Fate::kQueueFull) {
      arrivals_.Rejected(request);
    } else if (fate == Fate::kDropped) {
      arrivals_.Ended(request, view_.now);
    }
    for (Request& child : arrivals_.Children(request, view_.now)) {
      child.id = next_request_++;
      End(child, Fate::kCancelled);
    }
  }

  // -- jobs

  void Start(const Dispatch& dispatch, Executor& executor) {
    const Profile& profile = *setup_.profile;
    AcceleratorState& at = IdleAt(dispatch.accelerator);
    Require(!dispatch.requests.empty() && static_cast<int>(dispatch.requests.size()) <= profile.max_batch(),
            "a batch of that size");
    const int model = setup_.tenants[static_cast<std::size_t>(dispatch.requests[0]->tenant)].model;
    const LatencyTable& table = profile.table(model, at.type);
    Require(dispatch.subnet >= 0 && dispatch.subnet < table.subnets(), "a SubNet that there is not");
    Require(dispatch.level >= 0 && dispatch.level < static_cast<int>(profile.levels(at.type).size()),
            "a level that there is not");
    Require(!dispatch.cache || (*dispatch.cache >= 0 && *dispatch.cache < table.columns()),
            "a SubGraph that there is not");
    const std::int64_t id = next_job_++;
    JobBook& book = jobs_by_id_[id];
    for (const Request* request : dispatch.requests) {
      TakeWaiting(request);
      Require(setup_.tenants[static_cast<std::size_t>(request->tenant)].model == model,
              "a batch of several models");
      book.job.requests.push_back(request);
    }
    const PbBook::Loaded loaded = pb_.Dispatch(dispatch.accelerator, model, dispatch.cache);
    book.job.id = book.record.id = id;
    book.job.shape = {model,           at.type,   dispatch.level,
                      dispatch.subnet, loaded.to, static_cast<int>(dispatch.requests.size())};
    book.job.started = view_.now;
    book.record.started = view_.now;
    Occupy(book, dispatch.accelerator, loaded, Bytes(0), executor);
  }

  void Go(const Resume& resume, Executor& executor) {
    IdleAt(resume.accelerator);
    const auto found = resume.job == nullptr ? jobs_by_id_.end() : jobs_by_id_.find(resume.job->id);
    const auto paused = std::find(paused_view_.begin(), paused_view_.end(), resume.job);
    Require(found != jobs_by_id_.end() && paused != paused_view_.end(), "a job that is not paused");
    JobBook& book = found->second;
    Require(accelerators_[static_cast<std::size_t>(resume.accelerator)].type == book.job.shape.type,
            "a job resumed on an accelerator of another type");
    paused_view_.erase(paused);
    const PbBook::Loaded loaded = pb_.Dispatch(resume.accelerator, book.job.shape.model, std::nullopt);
    const JobCost& cost = setup_.profile->Cost(book.job.shape);
    const Bytes kept = cost.layers[static_cast<std::size_t>(book.job.layers_done - 1)].kept;
    book.job.shape.cached = loaded.to;
    book.job.stopping = false;
    Occupy(book, resume.accelerator, loaded, kept, executor);
  }

  void Occupy(JobBook& book, int accelerator, const PbBook::Loaded& loaded, Bytes restore,
              Executor& executor) {
    AcceleratorState& at = accelerators_[static_cast<std::size_t>(accelerator)];
    book.job.accelerator = accelerator;
    book.job.resumed = view_.now;
    book.first_layer = book.job.layers_done;
    at.job = &book.job;
    at.level = book.job.shape.level;
    jobs_[static_cast<std::size_t>(accelerator)] = &book;
    pb_.Show(accelerator, at);
    ++running_;
    Run run;
    run.job = book.job.id;
    run.shape = book.job.shape;
    run.swap = loaded.from != loaded.to;
    run.swap_from = loaded.from;
    run.first_layer = book.job.layers_done;
    run.restore = restore;
    executor.Begin(view_.now, accelerator, run);
  }

  void Preempt(int accelerator, Executor& executor) {
    Require(accelerator >= 0 && accelerator < static_cast<int>(accelerators_.size()) &&
                jobs_[static_cast<std::size_t>(accelerator)] != nullptr,
            "a preemption where nothing runs");
    Job& job = jobs_[static_cast<std::size_t>(accelerator)]->job;
    Require(!job.stopping, "a preemption of a job that is stopping");
    job.stopping = true;
    executor.StopAtLayer(view_.now, accelerator);
  }

  void Note(const RunEvent& event) {
    JobBook* book = jobs_[static_cast<std::size_t>(event.accelerator)];
    if (book == nullptr) throw InternalError("an event of an idle accelerator");
    book->job.layers_done = event.layers_done;
    if (event.kind == RunEvent::Kind::kLayer) {
      setup_.scheduler->LayerDone(view_, book->job);
      return;
    }
    AddStay(event, *book);
    book->job.ran += event.swap + event.service + event.moving;
    if (event.kind == RunEvent::Kind::kStopped) {
      ++book->preemptions;
      Vacate(event.accelerator);
      paused_view_.insert(std::upper_bound(paused_view_.begin(), paused_view_.end(), &book->job,
                                           [](const Job* a, const Job* b) { return a->id < b->id; }),
                          &book->job);
    } else {
      Finish(*book, event.accelerator);
    }
  }

  void AddStay(const RunEvent& event, JobBook& book) {
    JobRecord& record = book.record;
    JobStay& stay = record.stays.emplace_back();
    stay.accelerator = event.accelerator;
    stay.swap = event.swap;
    stay.service = event.service;
    stay.moving = event.moving;
    stay.profiled = ProfiledStay(event, book);
    stay.moved_bytes = event.saved_bytes + event.restored_bytes;
    stay.counters = event.counters;
    stay.counters += event.swap_counters;
    record.swap += stay.swap;
    record.service += stay.service;
    record.moving += stay.moving;
    record.profiled += stay.profiled;
    record.moved_bytes += stay.moved_bytes;
    record.counters += event.counters;
    record.swap_counters += event.swap_counters;
  }

  Picoseconds ProfiledStay(const RunEvent& event, const JobBook& book) const {
    const JobShape& shape = book.job.shape;
    if (book.first_layer == 0 && event.kind == RunEvent::Kind::kFinished) return setup_.profile->Time(shape);
    const std::vector<LayerCost>& layers = setup_.profile->Cost(shape).layers;
    Picoseconds time;
    for (int i = book.first_layer; i < event.layers_done; ++i)
      time += layers[static_cast<std::size_t>(i)].time;
    return time;
  }

  void Finish(JobBook& book, int accelerator) {
    JobRecord& record = book.record;
    record.accelerator = accelerator;
    record.shape = book.job.shape;
    record.finished = view_.now;
    record.preemptions = book.preemptions;
    setup_.scheduler->Finished(view_, {&book.job, view_.now, record.service, record.profiled});
    if (sinks_.job) sinks_.job(record);
    for (const Request* request : book.job.requests) Serve(*request, book);
    Vacate(accelerator);
    pb_.Served(accelerator, record.shape.model, record.shape.subnet, record.shape.batch, waiting_.view(),
               setup_.tenants, view_.now);
    pb_.Show(accelerator, accelerators_[static_cast<std::size_t>(accelerator)]);
    for (const Request* request : book.job.requests) waiting_.Free(request);
    jobs_by_id_.erase(record.id);
  }

  void Serve(const Request& request, const JobBook& book) {
    const JobShape& shape = book.record.shape;
    RequestRecord record;
    record.request = request;
    record.fate = Fate::kServed;
    record.dispatched = book.record.started;
    record.finished = view_.now;
    record.job = book.record.id;
    record.accelerator = book.record.accelerator;
    record.shape = shape;
    record.top1_percent = setup_.profile->table(shape.model, shape.type).Top1Percent(shape.subnet);
    record.service = book.record.service;
    record.isolated = setup_.profile->Time({shape.model, shape.type, 0, shape.subnet, kEmptySubGraphId, 1});
    record.preemptions = book.preemptions;
    if (sinks_.request) sinks_.request(record);
    arrivals_.Ended(request, view_.now);
    for (const Request& child : arrivals_.Children(request, view_.now)) cascades_.push_back(child);
  }

  void Vacate(int accelerator) {
    accelerators_[static_cast<std::size_t>(accelerator)].job = nullptr;
    jobs_[static_cast<std::size_t>(accelerator)] = nullptr;
    --running_;
  }

  AcceleratorState& IdleAt(int accelerator) {
    Require(accelerator >= 0 && accelerator < static_cast<int>(accelerators_.size()),
            "an accelerator that there is not");
    AcceleratorState& at = accelerators_[static_cast<std::size_t>(accelerator)];
    Require(at.job == nullptr, "an accelerator that is not idle");
    return at;
  }

  ServingSetup setup_;
  ServingSinks sinks_;
  ArrivalBook arrivals_;
  PbBook pb_;
  std::vector<AcceleratorState> accelerators_;
  std::vector<JobBook*> jobs_;  // running, by accelerator
  std::map<std::int64_t, JobBook> jobs_by_id_;
  std::vector<const Job*> paused_view_;
  std::vector<Request> cascades_;  // that arrive in this instant
  WaitingQueue waiting_;
  SystemView view_;
  std::optional<Picoseconds> wake_;
  std::int64_t next_request_ = 0, next_job_ = 0;
  int running_ = 0;
};

ServingCore::ServingCore(const ServingSetup& setup, std::vector<TenantSource> sources, ServingSinks sinks)
    : state_(std::make_unique<State>(setup, std::move(sources), std::move(sinks))) {}
ServingCore::~ServingCore() = default;

std::optional<Picoseconds> ServingCore::NextTime() const { return state_->NextTime(); }
void ServingCore::Step(Picoseconds now, const std::vector<RunEvent>& events, Executor& executor) {
  state_->Step(now, events, executor);
}
bool ServingCore::Finished() const { return state_->Finished(); }
int ServingCore::running() const { return state_->running(); }

Picoseconds RunServing(ServingCore& core, SteppedExecutor& executor) {
  std::vector<RunEvent> events;
  Picoseconds now;
  while (!core.Finished()) {
    std::optional<Picoseconds> next = core.NextTime();
    const std::optional<Picoseconds> event = executor.NextEvent();
    if (event && (!next || *event < *next)) next = event;
    if (!next) throw InternalError("the scheduler leaves requests waiting with nothing running");
    events.clear();
    executor.AdvanceTo(*next, events);
    core.Step(*next, events, executor);
    now = *next;
  }
  return now;
}

}  // namespace sushi
