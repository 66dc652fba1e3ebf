#include "sushi/hw/host.hpp"

#include <utility>

namespace sushi {

Host::Host(const sc_core::sc_module_name& name, const InferencePlanner& planner,
           std::function<void(ServiceModel&)> body)
    : sc_module(name), accelerator("accelerator"), planner_(planner), body_(std::move(body)) {
  SC_THREAD(Run);
  set_stack_size(1 << 20);  // the caller's code runs here
}

void Host::Run() {
  try {
    accelerator->LoadModel();
    body_(*this);
  } catch (const sc_core::sc_unwind_exception&) {
    throw;  // the kernel's own, to end the process
  } catch (...) {
    failure_ = std::current_exception();
  }
  finished_ = true;
  sc_core::sc_stop();
}

InferenceResult Host::Infer(int subnet, const SubGraph& cached, int batch) {
  planner_.CheckFits(cached);
  if (accelerator->cached() != cached) accelerator->Swap(cached);
  accelerator->BeginInference(subnet);
  const ClockDomain clock(planner_.hw().accel.clock_mhz);
  const Cycles host = planner_.HostCycles(planner_.hw().host.layer_call_us);
  InferenceResult result;
  const int ops = static_cast<int>(planner_.subnet(subnet).ops.size());
  for (int op = 0; op < ops; ++op) {
    const LayerPlan plan = planner_.PlanOp(subnet, op, accelerator->cached(), batch);
    AddLayer(accelerator->RunLayer(plan, host, op), clock, result);
  }
  accelerator->EndInference(subnet);
  return result;
}

SwapResult Host::Swap(const SubGraph& from, const SubGraph& to) {
  planner_.CheckFits(to);
  if (accelerator->cached() != from) accelerator->Swap(from);
  return accelerator->Swap(to);
}

LayerResult Host::RunAlone(int subnet, int op, Cycles host) {
  accelerator->BeginInference(subnet);
  return accelerator->RunLayer(planner_.PlanAlone(subnet, op), host, op);
}

}  // namespace sushi
