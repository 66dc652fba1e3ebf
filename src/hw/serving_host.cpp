#include "sushi/hw/serving_host.hpp"

#include "sushi/core/error.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {

ServingHost::ServingHost(const sc_core::sc_module_name& name, ServingCore& core,
                         std::vector<AcceleratorServer*>& accelerators)
    : sc_module(name), core_(core), accelerators_(accelerators) {
  SC_THREAD(Run);
  set_stack_size(1 << 20);  // schedulers run here
}

void ServingHost::Report(const RunEvent& event) {
  reports_.push_back(event);
  reported_.notify(sc_core::SC_ZERO_TIME);
}

void ServingHost::Run() {
  try {
    Serve();
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the kernel's own, to end the process
  } catch (...) {
    failure_ = std::current_exception();
  }
  finished_ = true;
  sc_core::sc_stop();
}

void ServingHost::Serve() {
  while (!core_.Finished()) {
    WaitForNext();
    events_.clear();
    events_.swap(reports_);
    core_.Step(FromScTime(sc_core::sc_time_stamp()), events_, *this);
  }
}

void ServingHost::WaitForNext() {
  if (!reports_.empty()) return;
  const Picoseconds now = FromScTime(sc_core::sc_time_stamp());
  if (const std::optional<Picoseconds> next = core_.NextTime()) {
    if (*next > now) wait(ToScTime(*next - now), reported_);
  } else if (core_.running() > 0) {
    wait(reported_);
  } else {
    throw InternalError("the scheduler leaves requests waiting with nothing running");
  }
}

void ServingHost::Begin(Picoseconds /*now*/, int accelerator, const sushi::Run& run) {
  accelerators_[static_cast<std::size_t>(accelerator)]->Begin(run);
}

void ServingHost::StopAtLayer(Picoseconds /*now*/, int accelerator) {
  accelerators_[static_cast<std::size_t>(accelerator)]->StopAtLayer();
}

void ServingHost::SetThrottle(Picoseconds /*now*/, int accelerator, std::int64_t bursts,
                              std::int64_t window_cycles) {
  accelerators_[static_cast<std::size_t>(accelerator)]->SetThrottle(bursts, window_cycles);
}

}  // namespace sushi
