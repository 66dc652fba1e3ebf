// The DRAM port: a TLM-2.0 target in front of a Memory. AT base protocol with a payload event queue, and
// b_transport for a requester that waits. Any other module with a target socket can take its place.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <systemc>
#include <tlm>

#include "sushi/dram/memory.hpp"
#include "sushi/functional/dram_image.hpp"

namespace sushi {

// Side band of the built-in memory, which an outside memory need not have.
class MemoryControl : public virtual sc_core::sc_interface {
 public:
  // Rows closed, refresh phase reset, time counted from now. No request may be in flight.
  virtual void Quiesce() = 0;
};

class MemoryPort : public sc_core::sc_module, public MemoryControl {
 public:
  tlm_utils::simple_target_socket<MemoryPort> socket;

  MemoryPort(const sc_core::sc_module_name& name, std::unique_ptr<Memory> memory);
  void Quiesce() override;
  const DramImage& image() const { return image_; }

 private:
  MemoryTiming Serve(tlm::tlm_generic_payload& payload);
  tlm::tlm_sync_enum NbTransport(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                 sc_core::sc_time& delay);
  void BTransport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void Respond(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);

  unsigned Debug(tlm::tlm_generic_payload& payload);

  std::unique_ptr<Memory> memory_;
  DramImage image_;  // empty unless data move
  tlm_utils::peq_with_cb_and_phase<MemoryPort> responses_;
  sc_core::sc_time origin_;
  int in_flight_ = 0;
};

}  // namespace sushi
