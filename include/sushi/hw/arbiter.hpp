// Joins the DMA engines to the DRAM port. First come, first served: requests of the same instant keep the
// order in which they were made. One request at a time waits for END_REQ (base protocol); the rest queue.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

namespace sushi {

class Arbiter : public sc_core::sc_module {
 public:
  tlm_utils::multi_passthrough_target_socket<Arbiter> initiators;
  tlm_utils::simple_initiator_socket<Arbiter> memory;

  explicit Arbiter(const sc_core::sc_module_name& name);

 private:
  struct Request {
    tlm::tlm_generic_payload* payload = nullptr;
    int initiator = 0;
  };

  tlm::tlm_sync_enum Forward(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                             sc_core::sc_time& delay);
  tlm::tlm_sync_enum Backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);
  void ForwardBlocking(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned ForwardDebug(int initiator, tlm::tlm_generic_payload& payload);
  void Dispatch(const tlm::tlm_generic_payload* entering);
  void SendEndRequest(const Request& request);
  int TakeInFlight(const tlm::tlm_generic_payload& payload);

  std::deque<Request> queue_;       // not yet handed to the memory
  std::vector<Request> in_flight_;  // handed over, response to come
  bool waiting_for_end_req_ = false;
};

}  // namespace sushi
