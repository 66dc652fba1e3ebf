#include "sushi/hw/memory_port.hpp"

#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/hw/memory_data.hpp"
#include "sushi/tlm/tile_extension.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {

MemoryPort::MemoryPort(const sc_core::sc_module_name& name, std::unique_ptr<Memory> memory)
    : sc_module(name),
      socket("socket"),
      memory_(std::move(memory)),
      responses_("responses", this, &MemoryPort::Respond) {
  socket.register_nb_transport_fw(this, &MemoryPort::NbTransport);
  socket.register_b_transport(this, &MemoryPort::BTransport);
  socket.register_transport_dbg(this, &MemoryPort::Debug);
}

void MemoryPort::Quiesce() {
  if (in_flight_ != 0) throw InternalError("memory quiesced with requests in flight");
  memory_->Quiesce();
  origin_ = sc_core::sc_time_stamp();
}

MemoryTiming MemoryPort::Serve(tlm::tlm_generic_payload& payload) {
  const MemoryTiming timing =
      memory_->Accept(FromScTime(sc_core::sc_time_stamp() - origin_),
                      {payload.get_address(), Bytes(payload.get_data_length()), payload.is_write()});
  if (auto* tile = payload.get_extension<TileExtension>()) tile->timing = timing;
  MoveData(payload, image_);
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
  return timing;
}

tlm::tlm_sync_enum MemoryPort::NbTransport(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                           sc_core::sc_time&) {
  if (phase == tlm::END_RESP) {
    payload.release();
    --in_flight_;
    return tlm::TLM_COMPLETED;
  }
  if (phase != tlm::BEGIN_REQ) throw InternalError("memory port: unexpected TLM phase");
  payload.acquire();
  ++in_flight_;
  const MemoryTiming timing = Serve(payload);
  responses_.notify(payload, tlm::BEGIN_RESP, origin_ + ToScTime(timing.done) - sc_core::sc_time_stamp());
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void MemoryPort::BTransport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  ++in_flight_;
  wait(origin_ + ToScTime(Serve(payload).done) - sc_core::sc_time_stamp());
  --in_flight_;
}

unsigned MemoryPort::Debug(tlm::tlm_generic_payload& payload) {
  MoveData(payload, image_);
  return payload.get_data_length();
}

void MemoryPort::Respond(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  if (socket->nb_transport_bw(payload, phase, delay) == tlm::TLM_COMPLETED) {
    payload.release();
    --in_flight_;
  }
}

}  // namespace sushi
