// Each module by itself, its neighbours mocked.
#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <systemc>

#include "forked.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/hw/arbiter.hpp"
#include "sushi/hw/buffers.hpp"
#include "sushi/hw/dma_engine.hpp"
#include "sushi/hw/memory_port.hpp"
#include "sushi/tlm/time.hpp"

namespace sushi {
namespace {

using sc_core::sc_time;

constexpr std::int64_t kNs = 1000;

SimpleDramConfig OneGigabyteASecond() {
  SimpleDramConfig config;
  config.peak_gbps = 1;
  config.latency_ns = 100;
  config.row_jump_ns = 30;
  return config;
}

// Runs `body` in an SC_THREAD and fails the test with what it throws.
class Script : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Script);
  Script(const sc_core::sc_module_name& name, std::function<void()> body)
      : sc_module(name), body_(std::move(body)) {
    SC_THREAD(Run);
  }

 private:
  void Run() { body_(); }
  std::function<void()> body_;
};

// A memory that knows no TileExtension: holds END_REQ back for `accept`, answers `service` later.
class StrangeMemory : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(StrangeMemory);
  tlm_utils::simple_target_socket<StrangeMemory> socket;
  std::vector<std::uint64_t> order;
  int most_pending_requests = 0;

  StrangeMemory(const sc_core::sc_module_name& name, sc_time accept, sc_time service)
      : sc_module(name), socket("socket"), accept_(accept), service_(service), queue_("queue") {
    socket.register_nb_transport_fw(this, &StrangeMemory::Forward);
    SC_THREAD(Serve);
  }

 private:
  tlm::tlm_sync_enum Forward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_time&) {
    EXPECT_EQ(phase, tlm::BEGIN_REQ);
    most_pending_requests = std::max(most_pending_requests, ++pending_);
    payload.acquire();
    order.push_back(payload.get_address());
    requests_.push_back(&payload);
    queue_.notify(sc_core::SC_ZERO_TIME);
    return tlm::TLM_ACCEPTED;
  }

  void Serve() {
    while (true) {
      while (requests_.empty()) wait(queue_);
      tlm::tlm_generic_payload* payload = requests_.front();
      requests_.erase(requests_.begin());
      wait(accept_);
      Send(*payload, tlm::END_REQ);
      wait(service_);
      payload->set_response_status(tlm::TLM_OK_RESPONSE);
      Send(*payload, tlm::BEGIN_RESP);
      payload->release();
    }
  }

  void Send(tlm::tlm_generic_payload& payload, tlm::tlm_phase phase) {
    if (phase == tlm::END_REQ) --pending_;
    sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(payload, phase, delay);
  }

  sc_time accept_, service_;
  sc_core::sc_event queue_;
  std::vector<tlm::tlm_generic_payload*> requests_;
  int pending_ = 0;
};

Descriptor Read(std::uint64_t address, std::int64_t bytes, std::int64_t link) {
  return {Traffic::kWeights, address, Bytes(bytes), false, Cycles(link), Cycles(0), 0, 0};
}

const ClockDomain k100MHz(100);

TEST(MemoryPort, AnswersWhenTheMemorySaysAndCountsFromQuiescing) {
  testing::InChild([] {
    MemoryPort port("port", std::make_unique<SimpleMemory>(OneGigabyteASecond()));
    DmaEngine dma("dma", k100MHz, &Counters::weight_dma_busy_cycles);
    dma.socket.bind(port.socket);
    Counters counters;
    Script script("script", [&] {
      sc_core::wait(ToScTime(Picoseconds(5 * kNs)));
      port.Quiesce();
      dma.BeginLayer(counters);
      const Transfer& transfer = dma.Issue(Read(0, 64, 1));
      dma.Await(transfer);
      EXPECT_EQ(FromScTime(sc_core::sc_time_stamp()).value(), (5 + 30 + 100 + 64) * kNs);
      EXPECT_EQ(transfer.link.start, Cycles(13));  // first data at 130 ns
      EXPECT_EQ(transfer.link.done, Cycles(20));   // last at 194 ns
    });
    sc_core::sc_start();
    EXPECT_EQ(dma.outstanding(), 0);
    EXPECT_EQ(dma.pool().outstanding(), 0);
    EXPECT_EQ(counters.traffic_bytes[Traffic::kWeights], 64);
    EXPECT_EQ(counters.events[Event::kDramRead], 64);
    EXPECT_EQ(counters.dram_transactions, 1);
  });
}

TEST(MemoryPort, MayNotBeQuiescedWithARequestInFlight) {
  testing::InChild([] {
    MemoryPort port("port", std::make_unique<SimpleMemory>(OneGigabyteASecond()));
    DmaEngine dma("dma", k100MHz, &Counters::weight_dma_busy_cycles);
    dma.socket.bind(port.socket);
    Counters counters;
    Script script("script", [&] {
      dma.BeginLayer(counters);
      const Transfer& transfer = dma.Issue(Read(0, 64, 1));
      EXPECT_THROW(port.Quiesce(), InternalError);
      EXPECT_THROW(dma.BeginLayer(counters), InternalError);
      dma.Await(transfer);
      EXPECT_NO_THROW(port.Quiesce());
    });
    sc_core::sc_start();
  });
}

TEST(MemoryPort, BlockingTransportTakesAsLong) {
  struct Initiator : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Initiator> socket;
    explicit Initiator(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {}
  };
  testing::InChild([] {
    MemoryPort port("port", std::make_unique<SimpleMemory>(OneGigabyteASecond()));
    Initiator initiator("initiator");
    initiator.socket.bind(port.socket);
    Script script("script", [&] {
      tlm::tlm_generic_payload payload;
      payload.set_command(tlm::TLM_READ_COMMAND);
      payload.set_address(0);
      payload.set_data_length(64);
      sc_time delay(5, sc_core::SC_NS);
      initiator.socket->b_transport(payload, delay);
      EXPECT_EQ(FromScTime(sc_core::sc_time_stamp()).value(), (5 + 30 + 100 + 64) * kNs);
      EXPECT_EQ(delay, sc_core::SC_ZERO_TIME);
      EXPECT_TRUE(payload.is_response_ok());
    });
    sc_core::sc_start();
  });
}

TEST(DmaEngine, KeepsSeveralTransactionsUnderWay) {
  testing::InChild([] {
    MemoryPort port("port", std::make_unique<SimpleMemory>(OneGigabyteASecond()));
    DmaEngine dma("dma", k100MHz, &Counters::weight_dma_busy_cycles);
    dma.socket.bind(port.socket);
    Counters counters;
    Script script("script", [&] {
      dma.BeginLayer(counters);
      for (std::uint64_t i = 0; i < 8; ++i) dma.Issue(Read(i * 64, 64, 2));
      EXPECT_EQ(dma.outstanding(), 8);
      dma.Await(dma.Issue(Read(512, 64, 2)));
      // Latencies overlap: one jump, one latency, nine transfers.
      EXPECT_EQ(FromScTime(sc_core::sc_time_stamp()).value(), (30 + 100 + 9 * 64) * kNs);
    });
    sc_core::sc_start();
    EXPECT_EQ(counters.weight_dma_busy_cycles, 18);
  });
}

TEST(DmaEngine, WorksWithAMemoryThatKnowsNothingOfTiles) {
  testing::InChild([] {
    StrangeMemory memory("memory", sc_time(10, sc_core::SC_NS), sc_time(95, sc_core::SC_NS));
    DmaEngine dma("dma", k100MHz, &Counters::weight_dma_busy_cycles);
    dma.socket.bind(memory.socket);
    Counters counters;
    Script script("script", [&] {
      dma.BeginLayer(counters);
      const Transfer& first = dma.Issue(Read(0, 64, 4));
      const Transfer& second = dma.Issue(Read(64, 64, 4));
      dma.Await(second);
      EXPECT_EQ(first.link.start, Cycles(11)) << "answered at 105 ns";
      EXPECT_EQ(first.link.done, Cycles(15));
      EXPECT_EQ(second.link.start, Cycles(21)) << "answered at 210 ns";
      sc_core::sc_stop();
    });
    sc_core::sc_start();
    EXPECT_EQ(memory.most_pending_requests, 1) << "BEGIN_REQ waits for END_REQ";
    EXPECT_EQ(counters.events[Event::kDramRead], 128);
  });
}

TEST(Arbiter, ServesRequestsInTheOrderTheyWereMadeUnderBackPressure) {
  testing::InChild([] {
    StrangeMemory memory("memory", sc_time(10, sc_core::SC_NS), sc_time(20, sc_core::SC_NS));
    Arbiter arbiter("arbiter");
    DmaEngine a("a", k100MHz, &Counters::weight_dma_busy_cycles);
    DmaEngine b("b", k100MHz, &Counters::iact_dma_busy_cycles);
    a.socket.bind(arbiter.initiators);
    b.socket.bind(arbiter.initiators);
    arbiter.memory.bind(memory.socket);
    Counters counters;
    Script script("script", [&] {
      a.BeginLayer(counters);
      b.BeginLayer(counters);
      const Transfer* last = nullptr;
      for (std::uint64_t i = 0; i < 3; ++i) {
        a.Issue(Read(i, 1, 1));
        last = &b.Issue(Read(100 + i, 1, 1));
      }
      b.Await(*last);
      sc_core::sc_stop();
    });
    sc_core::sc_start();
    // Each engine has one request waiting for END_REQ; the arbiter takes turns as they come.
    EXPECT_EQ(memory.order, (std::vector<std::uint64_t>{0, 100, 1, 101, 2, 102}));
    EXPECT_EQ(memory.most_pending_requests, 1);
    EXPECT_EQ(a.outstanding() + b.outstanding(), 0);
    EXPECT_EQ(a.pool().outstanding() + b.pool().outstanding(), 0);
    EXPECT_EQ(counters.weight_dma_busy_cycles, 3);
    EXPECT_EQ(counters.iact_dma_busy_cycles, 3);
  });
}

TEST(PayloadPool, HandsOutNoStaleExtension) {
  PayloadPool pool;
  tlm::tlm_generic_payload& first = pool.Acquire();
  TileOf(first).layer = 7;
  TileOf(first).timing = MemoryTiming();
  first.release();
  tlm::tlm_generic_payload& second = pool.Acquire();
  EXPECT_EQ(&first, &second);
  EXPECT_EQ(TileOf(second).layer, 0);
  EXPECT_FALSE(TileOf(second).timing.has_value());
  EXPECT_EQ(pool.outstanding(), 1);
  second.release();
  EXPECT_EQ(pool.outstanding(), 0);
}

TEST(OnChipBuffer, HoldsItsCapacityAndNotAByteMore) {
  testing::InChild([] {
    OnChipBuffer buffer("buffer", Bytes(100));
    EXPECT_NO_THROW(buffer.Hold(Bytes(100)));
    EXPECT_THROW(buffer.Hold(Bytes(101)), InternalError);
    buffer.Hold(Bytes(3));
    EXPECT_EQ(buffer.level(), Bytes(3));
    EXPECT_EQ(buffer.peak(), Bytes(100));
  });
}

TEST(DynamicBuffer, FillsAsManyBanksAsItHas) {
  testing::InChild([] {
    DynamicBuffer buffer("buffer", Bytes(100), 2);
    EXPECT_THROW(buffer.FreeBank(), InternalError);
    EXPECT_THROW(buffer.FillBank(Bytes(51)), InternalError);
    buffer.FillBank(Bytes(50));
    buffer.FillBank(Bytes(0));
    EXPECT_THROW(buffer.FillBank(Bytes(1)), InternalError);
    buffer.FreeBank();
    EXPECT_NO_THROW(buffer.FillBank(Bytes(1)));
  });
}

TEST(PersistentBuffer, HoldsASubGraphThatFitsItsBytes) {
  testing::InChild([] {
    SuperNet net;
    net.layers.push_back({"l", 16, 9, 3, 3, true});
    PersistentBuffer buffer("buffer", Bytes(16 * 81), net);
    EXPECT_EQ(buffer.content(), EmptySubGraph(net));
    SubGraph graph = EmptySubGraph(net);
    graph.rects[0] = {16, 9};
    buffer.Load(graph);
    EXPECT_EQ(buffer.content(), graph);
    graph.rects[0] = {17, 9};
    EXPECT_THROW(buffer.Load(graph), InternalError);
  });
}

}  // namespace
}  // namespace sushi
