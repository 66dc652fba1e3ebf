#include "sushi/hw/dma_engine.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "sushi/core/error.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {

DmaEngine::DmaEngine(const sc_core::sc_module_name& name, const ClockDomain& clock,
                     std::int64_t Counters::*busy, DmaId id, ActivityObserver* observer)
    : sc_module(name), socket("socket"), link_(clock), busy_(busy), id_(id), observer_(observer) {
  socket.register_nb_transport_bw(this, &DmaEngine::Backward);
  SC_METHOD(SendNext);
  sensitive << throttled_;
  dont_initialize();
}

void DmaEngine::BeginLayer(Counters& counters) {
  if (outstanding_ != 0)
    throw InternalError(std::string(name()) + ": a layer began with transfers under way");
  jobs_.clear();
  issued_.clear();
  sent_.clear();
  next_send_ = next_answer_ = 0;
  link_.Reset();
  counters_ = &counters;
  origin_ = sc_core::sc_time_stamp();
}

const Transfer& DmaEngine::Issue(const Descriptor& descriptor) {
  jobs_.push_back({descriptor, {}, nullptr, {}});
  if (observer_ != nullptr) issued_.push_back(Now());
  ++outstanding_;
  const Transfer& transfer = jobs_.back().transfer;
  SendNext();
  return transfer;
}

void DmaEngine::Await(const Transfer& transfer) {
  while (!transfer.answered) sc_core::wait(answered_);
}

bool DmaEngine::MaySend(const Descriptor& descriptor) {
  if (in_memory_ >= 2 && in_memory_bytes_ + descriptor.bytes > sharing_->window) return false;
  if (sharing_->throttle == nullptr) return true;
  const Picoseconds now = FromScTime(sc_core::sc_time_stamp());
  const Picoseconds begin = sharing_->throttle->MayBegin(now);
  if (begin > now) {
    throttled_.notify(ToScTime(begin - now));
    return false;
  }
  sharing_->throttle->Begin(now, CeilDiv(descriptor.bytes.value(), sharing_->burst_bytes));
  return true;
}

void DmaEngine::SendNext() {
  while (!request_pending_ && next_send_ < jobs_.size()) {
    if (sharing_) {
      if (!MaySend(jobs_[next_send_].descriptor)) return;
      ++in_memory_;
      in_memory_bytes_ += jobs_[next_send_].descriptor.bytes;
    }
    Job& job = jobs_[next_send_++];
    if (job.descriptor.bytes.value() > std::numeric_limits<unsigned>::max()) {
      throw UserError(std::string(name()) + ": a transfer of " +
                      std::to_string(job.descriptor.bytes.value()) +
                      " bytes, TLM allows 4 GiB; use smaller buffers");
    }
    tlm::tlm_generic_payload& payload = pool_.Acquire();
    job.payload = &payload;
    payload.set_command(job.descriptor.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(job.descriptor.address);
    payload.set_data_length(static_cast<unsigned>(job.descriptor.bytes.value()));
    payload.set_streaming_width(static_cast<unsigned>(job.descriptor.bytes.value()));
    const DataTransfer* data = job.descriptor.data;
    payload.set_data_ptr(data == nullptr ? nullptr : data->bytes);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    TileExtension& tile = TileOf(payload);
    tile.role = job.descriptor.role;
    tile.layer = job.descriptor.layer;
    tile.unit = job.descriptor.unit;
    if (data != nullptr) tile.places = &data->places;

    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    request_pending_ = true;
    if (observer_ != nullptr) sent_.push_back(Now());
    const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
    if (answer == tlm::TLM_ACCEPTED) return;
    request_pending_ = false;
    if (answer == tlm::TLM_COMPLETED || phase == tlm::BEGIN_RESP) {
      throw InternalError(std::string(name()) + ": the memory answered within the request");
    }
  }
}

tlm::tlm_sync_enum DmaEngine::Backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) {
  if (phase == tlm::END_REQ) {
    request_pending_ = false;
    SendNext();
    return tlm::TLM_ACCEPTED;
  }
  if (phase != tlm::BEGIN_RESP) throw InternalError(std::string(name()) + ": unexpected TLM phase");
  Complete(payload);
  if (request_pending_ && jobs_[next_send_ - 1].payload == nullptr) {  // BEGIN_RESP implied END_REQ
    request_pending_ = false;
  }
  SendNext();
  return tlm::TLM_COMPLETED;
}

void DmaEngine::Complete(tlm::tlm_generic_payload& payload) {
  if (payload.is_response_error())
    throw InternalError(std::string(name()) + ": " + payload.get_response_string());
  const auto found = std::find_if(jobs_.begin() + static_cast<std::ptrdiff_t>(next_answer_), jobs_.end(),
                                  [&](const Job& job) { return job.payload == &payload; });
  if (found == jobs_.end()) throw InternalError(std::string(name()) + ": response to no request");
  const Descriptor& descriptor = found->descriptor;
  if (!descriptor.write && descriptor.data != nullptr && !TileOf(payload).gathered) GatherUntimed(descriptor);
  if (const std::optional<MemoryTiming>& timing = TileOf(payload).timing) {
    found->timing = timing->Later(Picoseconds(0) - FromScTime(origin_));
  } else {  // an outside memory: all we know is that it has answered now
    const Picoseconds now = Now();
    found->timing = {now, now, now, found->descriptor.bytes};
  }
  found->payload = nullptr;
  payload.release();
  --outstanding_;
  if (sharing_) {
    --in_memory_;
    in_memory_bytes_ -= descriptor.bytes;
  }
  // The memory may answer in another order; data cross the ports in ours.
  while (next_answer_ < jobs_.size() && jobs_[next_answer_].timing.has_value())
    Deliver(jobs_[next_answer_++]);
  answered_.notify();
}

void DmaEngine::Deliver(Job& job) {
  const Descriptor& descriptor = job.descriptor;
  job.transfer.link = link_.Deliver(*job.timing, descriptor.link_cycles, descriptor.not_before);
  job.transfer.answered = true;
  CountMemoryAccess(descriptor.role, descriptor.bytes, descriptor.write, *job.timing, *counters_);
  counters_->*busy_ += descriptor.link_cycles.value();
  if (observer_ != nullptr) Report(job);
}

// Of the job that next_answer_ has just left behind.
void DmaEngine::Report(const Job& job) const {
  const std::size_t index = next_answer_ - 1;
  const Descriptor& descriptor = job.descriptor;
  observer_->TransferDone({id_, descriptor.role, descriptor.bytes, descriptor.unit, issued_[index],
                           sent_[index], *job.timing, job.transfer.link, descriptor.link_cycles});
}

Picoseconds DmaEngine::Now() const { return FromScTime(sc_core::sc_time_stamp() - origin_); }

// A memory of somebody else's has filled in what lies at the descriptor's address: right when that is all.
void DmaEngine::GatherUntimed(const Descriptor& descriptor) {
  const GatherList& places = descriptor.data->places;
  if (places.size() == 1 && places[0].count == 1 && places[0].address == descriptor.address) return;
  std::uint8_t* to = descriptor.data->bytes;
  for (const StridedBlock& block : places) {
    std::uint64_t address = block.address;
    for (std::int64_t i = 0; i < block.count; ++i, address += static_cast<std::uint64_t>(block.stride)) {
      AccessUntimed(address, to, block.run, false);
      to += block.run;
    }
  }
}

void DmaEngine::AccessUntimed(std::uint64_t address, std::uint8_t* bytes, std::int64_t count, bool write) {
  tlm::tlm_generic_payload payload;
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  constexpr std::int64_t kMost = 1 << 30;  // TLM counts bytes in 32 bits
  for (std::int64_t done = 0; done < count; done += kMost) {
    const auto length = static_cast<unsigned>(std::min(kMost, count - done));
    payload.set_address(address + static_cast<std::uint64_t>(done));
    payload.set_data_ptr(bytes + done);
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    if (socket->transport_dbg(payload) == length) continue;
    throw UserError(std::string(name()) +
                    ": --functional needs a memory that holds data and answers transport_dbg");
  }
}

}  // namespace sushi
