#include "sushi/hw/memory_port.hpp"

#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/hw/memory_data.hpp"
#include "sushi/tlm/tile_extension.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {

MemoryPort::MemoryPort(const sc_core::sc_module_name& name, std::unique_ptr<Memory> memory)
    : sc_module(name), socket("socket"), memory_(std::move(memory)) {
  socket.register_nb_transport_fw(this, &MemoryPort::NbTransport);
  socket.register_b_transport(this, &MemoryPort::BTransport);
  socket.register_transport_dbg(this, &MemoryPort::Debug);
  SC_METHOD(Deliver);
  sensitive << due_;
  dont_initialize();
}

Picoseconds MemoryPort::Now() const { return FromScTime(sc_core::sc_time_stamp() - origin_); }

void MemoryPort::Quiesce() {
  if (in_flight_ != 0) throw InternalError("memory quiesced with requests in flight");
  memory_->Quiesce();
  requests_.Clear();
  oldest_ = 0;
  overdue_.clear();
  due_.cancel();
  origin_ = sc_core::sc_time_stamp();
}

MemoryActivity MemoryPort::Settle() {
  if (in_flight_ != 0) throw InternalError("memory settled with requests in flight");
  return memory_->Settle(Now());
}

RequestId MemoryPort::Submit(tlm::tlm_generic_payload& payload, int initiator, sc_core::sc_event* blocked) {
  const RequestId id = memory_->Submit(
      Now(), {payload.get_address(), Bytes(payload.get_data_length()), payload.is_write(), initiator});
  requests_.Grow(id);
  requests_[id] = {&payload, initiator, blocked, false};
  ++in_flight_;
  if (payload.is_write()) MoveData(payload, image_);
  return id;
}

tlm::tlm_sync_enum MemoryPort::NbTransport(int initiator, tlm::tlm_generic_payload& payload,
                                           tlm::tlm_phase& phase, sc_core::sc_time&) {
  if (phase == tlm::END_RESP) {
    payload.release();
    --in_flight_;
    return tlm::TLM_COMPLETED;
  }
  if (phase != tlm::BEGIN_REQ) throw InternalError("memory port: unexpected TLM phase");
  payload.acquire();
  const RequestId id = Submit(payload, initiator, nullptr);
  bool taken = false;
  arrived_.clear();
  memory_->AdvanceTo(Now(), arrived_);
  for (const MemoryEvent& event : arrived_) {
    if (event.request == id && event.kind == MemoryEvent::Kind::kTaken) {
      taken = true;
    } else {
      overdue_.push_back(event);
    }
  }
  if (!delivering_) Arm();
  if (!taken) return tlm::TLM_ACCEPTED;
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

void MemoryPort::BTransport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  wait(delay);
  delay = sc_core::SC_ZERO_TIME;
  sc_core::sc_event done;
  Submit(payload, initiator, &done);
  Arm();
  wait(done);
}

unsigned MemoryPort::Debug(int /*initiator*/, tlm::tlm_generic_payload& payload) {
  MoveData(payload, image_);
  return payload.get_data_length();
}

// Asks the memory what comes next and wakes up then.
void MemoryPort::Arm() {
  due_.cancel();
  if (!overdue_.empty()) return due_.notify(sc_core::SC_ZERO_TIME);
  if (const std::optional<Picoseconds> next = memory_->NextEvent())
    due_.notify(origin_ + ToScTime(*next) - sc_core::sc_time_stamp());
}

void MemoryPort::Deliver() {
  delivering_ = true;
  announced_.clear();
  announced_.swap(overdue_);  // what is announced may bring requests
  memory_->AdvanceTo(Now(), announced_);
  for (const MemoryEvent& event : announced_) Announce(event);
  delivering_ = false;
  Arm();
}

void MemoryPort::Forget(RequestId done) {
  requests_[done].done = true;
  while (oldest_ < requests_.end() && requests_[oldest_].done) ++oldest_;
  requests_.Forget(oldest_);
  memory_->Forget(oldest_);
}

void MemoryPort::Announce(const MemoryEvent& event) {
  const Request request = requests_[event.request];
  const bool done = event.kind == MemoryEvent::Kind::kDone;
  tlm::tlm_phase phase = done ? tlm::BEGIN_RESP : tlm::END_REQ;
  if (done) {
    if (auto* tile = request.payload->get_extension<TileExtension>())
      tile->timing = event.timing.Later(FromScTime(origin_));
    Forget(event.request);
    if (!request.payload->is_write()) MoveData(*request.payload, image_);
    request.payload->set_response_status(tlm::TLM_OK_RESPONSE);
  }
  if (request.blocked != nullptr) {
    if (done) {
      --in_flight_;
      request.blocked->notify();
    }
    return;
  }
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  if (socket[request.initiator]->nb_transport_bw(*request.payload, phase, delay) == tlm::TLM_COMPLETED &&
      done) {
    request.payload->release();
    --in_flight_;
  }
}

}  // namespace sushi
