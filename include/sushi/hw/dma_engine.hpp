// A DMA engine: turns descriptors into TLM transactions (AT base protocol, several outstanding) and says
// when their data have crossed its AXI ports.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <deque>
#include <memory>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "sushi/accel/activity.hpp"
#include "sushi/accel/dma_link.hpp"
#include "sushi/accel/dram_throttle.hpp"
#include "sushi/accel/results.hpp"
#include "sushi/functional/data_path.hpp"
#include "sushi/tlm/payload_pool.hpp"

namespace sushi {

// A descriptor under way. `link` is known once it has been answered; the data may still be crossing then.
struct Transfer {
  bool answered = false;
  LinkTransfer link;
};

struct Descriptor {
  Traffic role = Traffic::kWeights;
  std::uint64_t address = 0;
  Bytes bytes;
  bool write = false;
  Cycles link_cycles;
  Cycles not_before;  // write-back: when the array has produced the last of the data
  int layer = 0, unit = 0;
  const DataTransfer* data = nullptr;  // null: timing only; stays where it is until answered
};

class DmaEngine : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(DmaEngine);
  tlm_utils::simple_initiator_socket<DmaEngine> socket;

  // `busy` is the counter that receives this engine's busy cycles; `observer` may be null.
  DmaEngine(const sc_core::sc_module_name& name, const ClockDomain& clock, std::int64_t Counters::*busy,
            DmaId id = DmaId::kWeight, ActivityObserver* observer = nullptr);

  // How an engine behaves whose memory others share, too. `throttle` is common to those of an accelerator.
  struct Sharing {
    DramThrottle* throttle = nullptr;
    std::int64_t burst_bytes = 64;
    Bytes window;  // of outstanding data: more is sent only while fewer than two transactions are out
  };
  void Share(const Sharing& sharing) { sharing_ = sharing; }
  // Between layers: the accelerator runs at another clock.
  void SetClock(const ClockDomain& clock) { link_ = DmaLink(clock); }

  // Begins a layer: cycles count from now, `counters` receives traffic and busy cycles. No transfer may be
  // under way.
  void BeginLayer(Counters& counters);
  // Queues a descriptor. The result stays valid until the next BeginLayer().
  const Transfer& Issue(const Descriptor& descriptor);
  // Waits (in the caller's process) until the transfer has been answered.
  void Await(const Transfer& transfer);

  // Reads or writes the memory behind the socket in no time (transport_dbg). UserError when the memory does
  // not let all bytes be accessed so.
  void AccessUntimed(std::uint64_t address, std::uint8_t* bytes, std::int64_t count, bool write);

  int outstanding() const { return outstanding_; }
  const PayloadPool& pool() const { return pool_; }

 private:
  struct Job {
    Descriptor descriptor;
    Transfer transfer;
    tlm::tlm_generic_payload* payload = nullptr;
    std::optional<MemoryTiming> timing;  // when the memory has answered
  };

  void SendNext();
  bool MaySend(const Descriptor& descriptor);
  tlm::tlm_sync_enum Backward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                              sc_core::sc_time& delay);
  void Complete(tlm::tlm_generic_payload& payload);
  void Deliver(Job& job);
  void Report(const Job& job) const;
  Picoseconds Now() const;
  void GatherUntimed(const Descriptor& descriptor);

  DmaLink link_;
  std::int64_t Counters::*busy_;
  DmaId id_;
  ActivityObserver* observer_;
  PayloadPool pool_;
  std::vector<Picoseconds> issued_, sent_;  // of the jobs; only with an observer
  std::deque<Job> jobs_;                    // of this layer, in order; addresses of elements are stable
  std::size_t next_send_ = 0;               // first job not yet sent
  std::size_t next_answer_ = 0;
  bool request_pending_ = false;  // BEGIN_REQ sent, END_REQ not yet seen
  int outstanding_ = 0;
  std::optional<Sharing> sharing_;
  int in_memory_ = 0;  // sent and not answered
  Bytes in_memory_bytes_;
  sc_core::sc_event throttled_;
  Counters* counters_ = nullptr;
  sc_core::sc_time origin_;
  sc_core::sc_event answered_;
};

}  // namespace sushi
