#include "sushi/sim/elaboration.hpp"

#include <cstdlib>
#include <systemc>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/hw/arbiter.hpp"
#include "sushi/hw/host.hpp"
#include "sushi/hw/memory_port.hpp"
#include "sushi/hw/sushi_accel.hpp"

namespace sushi {
namespace {

class Soc : public sc_core::sc_module {
 public:
  Soc(const sc_core::sc_module_name& name, const InferencePlanner& planner, std::unique_ptr<Memory> memory,
      const std::function<void(ServiceModel&)>& body, const FunctionalRun* functional)
      : sc_module(name),
        host("host", planner, body),
        accel("accel", planner, functional),
        arbiter("arbiter"),
        dram("dram", std::move(memory)) {
    host.accelerator.bind(accel.controller);
    for (DmaEngine* dma : {&accel.weight_dma, &accel.iact_dma, &accel.oact_dma}) {
      dma->socket.bind(arbiter.initiators);
    }
    arbiter.memory.bind(dram.socket);
    accel.memory_control.bind(dram);
  }

  Host host;
  SushiAccel accel;
  Arbiter arbiter;
  MemoryPort dram;
};

}  // namespace

void RunInElaboration(const InferencePlanner& planner, std::unique_ptr<Memory> memory,
                      const std::function<void(ServiceModel&)>& body, const FunctionalRun* functional) {
  setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 0);
  sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
  sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_THROW);
  try {
    if (sc_core::sc_get_time_resolution() != sc_core::sc_time(1, sc_core::SC_PS)) {
      throw InternalError("the SystemC time resolution is not 1 ps");
    }
    Soc soc("soc", planner, std::move(memory), body, functional);
    sc_core::sc_start();
    if (soc.host.failure()) std::rethrow_exception(soc.host.failure());
    if (!soc.host.finished()) throw InternalError("simulation ended before the host was done: deadlock");
    soc.accel.CheckIdle();
  } catch (const sc_core::sc_report& report) {
    throw InternalError(report.what());
  }
}

std::string SystemCVersion() { return sc_core::sc_release(); }

}  // namespace sushi

// libsystemc carries a main() that wants this; ours never calls it.
int sc_main(int, char*[]) { return 1; }
