// The DRAM port: a TLM-2.0 target in front of a Memory. AT base protocol, END_REQ when the memory has taken
// the request (until then its initiator must wait: back-pressure), BEGIN_RESP when its last data have moved;
// b_transport for a requester that waits. Any other module with a target socket can take its place.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>

#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "sushi/dram/id_window.hpp"
#include "sushi/dram/memory.hpp"
#include "sushi/functional/dram_image.hpp"

namespace sushi {

// Side band of the built-in memory, which an outside memory need not have.
class MemoryControl : public virtual sc_core::sc_interface {
 public:
  // Rows closed, refresh phase reset, time counted from now. No request may be in flight.
  virtual void Quiesce() = 0;
  // What it has done since, until now and until all that was posted is written. No request may be in flight.
  virtual MemoryActivity Settle() = 0;
};

class MemoryPort : public sc_core::sc_module, public MemoryControl {
 public:
  SC_HAS_PROCESS(MemoryPort);
  // Initiators are the memory's requesters, in the order in which they are bound.
  tlm_utils::multi_passthrough_target_socket<MemoryPort> socket;

  MemoryPort(const sc_core::sc_module_name& name, std::unique_ptr<Memory> memory);
  void Quiesce() override;
  MemoryActivity Settle() override;
  const DramImage& image() const { return image_; }

 private:
  struct Request {
    tlm::tlm_generic_payload* payload = nullptr;
    int initiator = 0;
    sc_core::sc_event* blocked = nullptr;  // of a caller of b_transport
    bool done = false;
  };

  Picoseconds Now() const;
  RequestId Submit(tlm::tlm_generic_payload& payload, int initiator, sc_core::sc_event* blocked);
  tlm::tlm_sync_enum NbTransport(int initiator, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                 sc_core::sc_time& delay);
  void BTransport(int initiator, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void Deliver();
  void Announce(const MemoryEvent& event);
  void Forget(RequestId done);
  void Arm();

  unsigned Debug(int initiator, tlm::tlm_generic_payload& payload);

  std::unique_ptr<Memory> memory_;
  DramImage image_;  // empty unless data move
  sc_core::sc_event due_;
  IdWindow<Request> requests_;
  RequestId oldest_ = 0;                          // that is not done
  std::vector<MemoryEvent> overdue_;              // came up within a forward call
  std::vector<MemoryEvent> arrived_, announced_;  // kept for their capacity
  bool delivering_ = false;
  sc_core::sc_time origin_;
  int in_flight_ = 0;
};

}  // namespace sushi
