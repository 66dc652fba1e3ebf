// A DRAM simulator of your own behind SushiAccel: any SystemC module with a TLM-2.0 target socket (AT base
// protocol). This one serves a request at a time in 100 ns and 64 bytes a nanosecond, and holds no data.
//
//   own_memory      prints the cycles of one inference
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdio>
#include <systemc>
#include <tlm>

#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/sim/elaboration.hpp"

namespace {

class OwnMemory : public sc_core::sc_module, public sushi::ExternalMemory {
 public:
  tlm_utils::simple_target_socket<OwnMemory> socket;

  explicit OwnMemory(const sc_core::sc_module_name& name)
      : sc_module(name), socket("socket"), queue_("queue", this, &OwnMemory::Answer) {
    socket.register_nb_transport_fw(this, &OwnMemory::Request);
  }
  tlm::tlm_base_target_socket_b<>& target_socket() override { return socket; }

 private:
  tlm::tlm_sync_enum Request(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    payload.acquire();
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    free_ = std::max(now, free_) + sc_core::sc_time(100 + payload.get_data_length() / 64, sc_core::SC_NS);
    queue_.notify(payload, tlm::BEGIN_RESP, free_ - now);
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }

  void Answer(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(payload, phase, delay);
    payload.release();
  }

  tlm_utils::peq_with_cb_and_phase<OwnMemory> queue_;
  sc_core::sc_time free_;
};

}  // namespace

int main() {
  using namespace sushi;
  const std::string root = SUSHISIM_DATA_DIR;  // from CMakeLists.txt
  const config::Experiment experiment = config::LoadExperiment(
      {root + "/configs/hardware/zcu104.yaml", root + "/models/ofa_resnet50.yaml"}, {});
  const SuperNet net = config::LoadSuperNet(experiment.supernet);
  const InferencePlanner planner(experiment.hardware, net);
  const auto body = [&](ServiceModel& model) {
    const InferenceResult result = model.Infer(net.FindSubNet("A"), EmptySubGraph(net));
    std::printf("SubNet A with a memory of our own: %lld cycles, %lld bytes moved in %lld transactions\n",
                static_cast<long long>(result.cycles.value()),
                static_cast<long long>(result.total.TrafficBytes()),
                static_cast<long long>(result.total.dram_transactions));
  };
  RunInElaboration(
      planner, [] { return std::make_unique<OwnMemory>("own_memory"); }, body);
}
