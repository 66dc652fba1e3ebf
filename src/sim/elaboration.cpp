#include "sushi/sim/elaboration.hpp"

#include <cstdlib>
#include <systemc>
#include <utility>
#include <vector>

#include "sushi/core/error.hpp"
#include "sushi/hw/arbiter.hpp"
#include "sushi/hw/host.hpp"
#include "sushi/hw/memory_port.hpp"
#include "sushi/hw/serving_host.hpp"
#include "sushi/hw/sushi_accel.hpp"
#include "sushi/sim/serving_elaboration.hpp"

namespace sushi {
namespace {

// Everything but the memory.
class Soc : public sc_core::sc_module {
 public:
  Soc(const sc_core::sc_module_name& name, const InferencePlanner& planner,
      const std::function<void(ServiceModel&)>& body, const FunctionalRun* functional,
      ActivityObserver* observer)
      : sc_module(name), host("host", planner, body), accel("accel", planner, functional, observer) {
    host.accelerator.bind(accel.controller);
  }

  std::vector<DmaEngine*> Engines() { return {&accel.weight_dma, &accel.iact_dma, &accel.oact_dma}; }

  Host host;
  SushiAccel accel;
};

class BuiltInMemory : public sc_core::sc_module {
 public:
  BuiltInMemory(const sc_core::sc_module_name& name, Soc& soc, std::unique_ptr<Memory> memory)
      : sc_module(name), dram("dram", std::move(memory)) {
    for (DmaEngine* dma : soc.Engines()) dma->socket.bind(dram.socket);
    soc.accel.memory_control.bind(dram);
  }

  MemoryPort dram;
};

// An outside memory has one socket: the arbiter joins the engines before it.
class OutsideMemory : public sc_core::sc_module {
 public:
  OutsideMemory(const sc_core::sc_module_name& name, Soc& soc, std::unique_ptr<ExternalMemory> memory)
      : sc_module(name), arbiter("arbiter"), memory_(std::move(memory)) {
    for (DmaEngine* dma : soc.Engines()) dma->socket.bind(arbiter.initiators);
    arbiter.memory.bind(memory_->target_socket());
  }

  Arbiter arbiter;

 private:
  std::unique_ptr<ExternalMemory> memory_;
};

void StartKernel() { sc_core::sc_start(); }

template <typename AnyHost>
void CheckHost(const AnyHost& host) {
  if (host.failure()) std::rethrow_exception(host.failure());
  if (!host.finished()) throw InternalError("simulation ended before the host was done: deadlock");
}

// `body` elaborates and starts the kernel.
void InKernel(const std::function<void()>& body) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  try {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
      throw InternalError("the SystemC time resolution is not 1 ps");
    }
    body();
  } catch (const sc_core::sc_report& report) {
    throw InternalError(report.what());
  }
}

void Simulate(const InferencePlanner& planner, const std::function<void(ServiceModel&)>& body,
              const FunctionalRun* functional, ActivityObserver* observer,
              const std::function<std::unique_ptr<sc_core::sc_module>(Soc&)>& attach_memory) {
  InKernel([&] {
    Soc soc("soc", planner, body, functional, observer);
    const std::unique_ptr<sc_core::sc_module> memory = attach_memory(soc);
    StartKernel();
    CheckHost(soc.host);
    soc.accel.CheckIdle();
  });
}

// Several accelerators, one host, one DRAM.
class ServingSoc : public sc_core::sc_module {
 public:
  ServingSoc(const sc_core::sc_module_name& name, const ServingMachine& machine,
             std::unique_ptr<Memory> memory, ServingCore& core, bool layer_events)
      : sc_module(name), host("host", core, accelerators_), dram("dram", std::move(memory)) {
    for (int i = 0; i < machine.accelerators(); ++i) {
      servers_.push_back(std::make_unique<AcceleratorServer>(
          ("server" + std::to_string(i)).c_str(), machine, i, layer_events,
          [this](const RunEvent& event) { host.Report(event); }));
      SushiAccel& accel = servers_.back()->accel;
      for (DmaEngine* dma : {&accel.weight_dma, &accel.iact_dma, &accel.oact_dma})
        dma->socket.bind(dram.socket);
      accelerators_.push_back(servers_.back().get());
    }
  }

  void CheckServers() const {
    for (const AcceleratorServer* server : accelerators_) {
      if (server->failure()) std::rethrow_exception(server->failure());
    }
  }
  void CheckIdle() const {
    for (const AcceleratorServer* server : accelerators_) server->accel.CheckIdle();
  }

  ServingHost host;
  MemoryPort dram;

 private:
  std::vector<AcceleratorServer*> accelerators_;
  std::vector<std::unique_ptr<AcceleratorServer>> servers_;
};

}  // namespace

void RunInElaboration(const InferencePlanner& planner, std::unique_ptr<Memory> memory,
                      const std::function<void(ServiceModel&)>& body, const FunctionalRun* functional,
                      ActivityObserver* observer) {
  Simulate(planner, body, functional, observer, [&memory](Soc& soc) {
    return std::make_unique<BuiltInMemory>("off_chip", soc, std::move(memory));
  });
}

void RunInElaboration(const InferencePlanner& planner,
                      const std::function<std::unique_ptr<ExternalMemory>()>& make,
                      const std::function<void(ServiceModel&)>& body, const FunctionalRun* functional,
                      ActivityObserver* observer) {
  Simulate(planner, body, functional, observer,
           [&make](Soc& soc) { return std::make_unique<OutsideMemory>("off_chip", soc, make()); });
}

MemoryActivity RunServingInElaboration(const ServingMachine& machine, std::unique_ptr<Memory> memory,
                                       ServingCore& core, bool layer_events) {
  MemoryActivity activity;
  InKernel([&] {
    ServingSoc soc("soc", machine, std::move(memory), core, layer_events);
    StartKernel();
    soc.CheckServers();
    CheckHost(soc.host);
    soc.CheckIdle();
    activity = soc.dram.Settle();
  });
  return activity;
}

std::string SystemCVersion() { return sc_core::sc_release(); }

}  // namespace sushi

// libsystemc carries a main() that wants this; ours never calls it.
int sc_main(int, char*[]) { return 1; }
