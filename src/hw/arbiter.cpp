#include "sushi/hw/arbiter.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {

Arbiter::Arbiter(const sc_core::sc_module_name& name)
    : sc_module(name), initiators("initiators"), memory("memory") {
  initiators.register_nb_transport_fw(this, &Arbiter::Forward);
  initiators.register_b_transport(this, &Arbiter::ForwardBlocking);
  initiators.register_transport_dbg(this, &Arbiter::ForwardDebug);
  memory.register_nb_transport_bw(this, &Arbiter::Backward);
}

tlm::tlm_sync_enum Arbiter::Forward(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                    sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) return memory->nb_transport_fw(payload, phase, delay);
  if (phase != tlm::BEGIN_REQ) throw InternalError("arbiter: unexpected TLM phase");
  queue_.push_back({&payload, initiator});
  Dispatch(&payload);
  const bool handed_over = !waiting_for_end_req_ && queue_.empty();
  if (!handed_over) return tlm::TLM_ACCEPTED;
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void Arbiter::ForwardBlocking(int, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  memory->b_transport(payload, delay);
}

unsigned Arbiter::ForwardDebug(int, tlm::tlm_generic_payload& payload) {
  return memory->transport_dbg(payload);
}

// Hands requests to the memory while it takes them. `entering` is told END_REQ by its return path.
void Arbiter::Dispatch(const tlm::tlm_generic_payload* entering) {
  while (!waiting_for_end_req_ && !queue_.empty()) {
    const Request request = queue_.front();
    queue_.pop_front();
    in_flight_.push_back(request);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    waiting_for_end_req_ = true;
    if (memory->nb_transport_fw(*request.payload, phase, delay) == tlm::TLM_ACCEPTED) return;
    waiting_for_end_req_ = false;
    if (request.payload != entering) SendEndRequest(request);
  }
}

void Arbiter::SendEndRequest(const Request& request) {
  tlm::tlm_phase phase = tlm::END_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  initiators[request.initiator]->nb_transport_bw(*request.payload, phase, delay);
}

tlm::tlm_sync_enum Arbiter::Backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) {
    waiting_for_end_req_ = false;
    SendEndRequest(in_flight_.back());
    Dispatch(nullptr);
    return tlm::TLM_ACCEPTED;
  }
  const bool ends_request = waiting_for_end_req_ && in_flight_.back().payload == &payload;
  const int initiator = TakeInFlight(payload);
  const tlm::tlm_sync_enum answer = initiators[initiator]->nb_transport_bw(payload, phase, delay);
  if (ends_request) {  // BEGIN_RESP without END_REQ implies it
    waiting_for_end_req_ = false;
    Dispatch(nullptr);
  }
  return answer;
}

int Arbiter::TakeInFlight(const tlm::tlm_generic_payload& payload) {
  const auto found = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const Request& request) { return request.payload == &payload; });
  if (found == in_flight_.end()) throw InternalError("arbiter: response to no request");
  const int initiator = found->initiator;
  in_flight_.erase(found);
  return initiator;
}

}  // namespace sushi
