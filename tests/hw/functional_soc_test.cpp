// The data path with blocks put together by hand: a Persistent Buffer that does not hold what the plan
// believes, and memories of somebody else's.
#include <gtest/gtest.h>
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <systemc>

#include "builders.hpp"
#include "eigen_reference.hpp"
#include "forked.hpp"
#include "sushi/core/error.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/functional/layout.hpp"
#include "sushi/hw/arbiter.hpp"
#include "sushi/hw/memory_port.hpp"
#include "sushi/hw/sushi_accel.hpp"

namespace sushi {
namespace {

using testing::Values;

HardwareConfig SmallHardware() {
  HardwareConfig hw;
  hw.accel.pb.capacity_kib = 16;
  hw.accel.keep_activations_on_chip = false;
  return hw;
}

// Two convolutions and the sum of the first's and the second's results.
SuperNet TwoConvNet() {
  SuperNet net =
      testing::SuperNetBuilder().AddSubNet("only", {{0, 40, 20, 3, 8, 1}, {1, 40, 40, 1, 8, 1}}).Build();
  net.subnets[0].ops[1].residual = net.subnets[0].ops[1].input;
  return net;
}

SubGraph Cached(const SuperNet& net, Rect first, Rect second) {
  SubGraph graph = EmptySubGraph(net);
  graph.rects = {first, second};
  return graph;
}

// SushiAccel with a memory at its arbiter; `body` runs in a process.
template <typename MemoryModule>
class Bench : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(Bench);
  Bench(const sc_core::sc_module_name& name, const InferencePlanner& planner, const FunctionalRun* run,
        std::unique_ptr<MemoryModule> memory_module, std::function<void(Bench&)> body)
      : sc_module(name),
        accel("accel", planner, run),
        arbiter("arbiter"),
        memory(std::move(memory_module)),
        body_(std::move(body)) {
    for (DmaEngine* dma : {&accel.weight_dma, &accel.iact_dma, &accel.oact_dma})
      dma->socket.bind(arbiter.initiators);
    arbiter.memory.bind(memory->socket);
    if constexpr (std::is_base_of_v<MemoryControl, MemoryModule>) accel.memory_control.bind(*memory);
    SC_THREAD(Run);
    set_stack_size(1 << 20);
  }

  SushiAccel accel;
  Arbiter arbiter;
  std::unique_ptr<MemoryModule> memory;
  std::string failure;

 private:
  void Run() {
    try {
      body_(*this);
    } catch (const std::exception& error) {
      failure = error.what();
    }
  }
  std::function<void(Bench&)> body_;
};

// Runs all layers of SubNet 0 with plans that believe in `believed`; every layer's output.
struct Outputs {
  std::vector<Values> layers;
  FunctionalRun run;
  explicit Outputs(const NetworkData& data) {
    run.data = &data;
    run.records = [](int, int) { return true; };
    run.layer_done = [this](const LayerRecord& record) { layers.push_back(record.output); };
  }
};

template <typename MemoryModule>
void RunLayers(Bench<MemoryModule>& bench, const InferencePlanner& planner, const SubGraph& believed) {
  bench.accel.controller.BeginInference(0);
  for (int op = 0; op < static_cast<int>(planner.subnet(0).ops.size()); ++op) {
    bench.accel.controller.RunLayer(planner.PlanOp(0, op, believed), Cycles(0), op);
  }
}

// The last layer's output when the PB has swapped in `held` and plans believe in `believed`; `meddle` may do
// something between the swap and the inference.
using Meddle = std::function<void(Bench<MemoryPort>&, const InferencePlanner&)>;
void ExpectLayers(const SubGraph& held, const SubGraph& believed, bool first_right, bool second_right,
                  const Meddle& meddle = nullptr) {
  testing::InChild([&] {
    const SuperNet net = TwoConvNet();
    const HardwareConfig hw = SmallHardware();
    const InferencePlanner planner(hw, net);
    const NetworkData data(net, 3);
    Outputs outputs(data);
    Bench<MemoryPort> bench("bench", planner, &outputs.run,
                            std::make_unique<MemoryPort>("memory", std::make_unique<SimpleMemory>(hw.dram)),
                            [&](Bench<MemoryPort>& b) {
                              b.accel.controller.LoadModel();
                              b.accel.controller.Swap(held);
                              if (meddle) meddle(b, planner);
                              RunLayers(b, planner, believed);
                            });
    sc_core::sc_start();
    EXPECT_EQ(bench.failure, "");
    const std::vector<Values> expected = testing::ReferenceTensors(data, 0);
    ASSERT_EQ(outputs.layers.size(), 2U);
    EXPECT_EQ(outputs.layers[0] == expected[1], first_right);
    EXPECT_EQ(outputs.layers[1] == expected[2], second_right);
  });
}

TEST(CachedRectangle, IsReadFromThePersistentBuffer) {
  const SubGraph graph = Cached(TwoConvNet(), {20, 13}, {17, 30});
  ExpectLayers(graph, graph, true, true);
}

TEST(CachedRectangle, AWrongOneGivesWrongResults) {
  const SuperNet net = TwoConvNet();
  // One kernel, or one channel, more than the PB holds: the array multiplies what is not there.
  ExpectLayers(Cached(net, {20, 13}, {}), Cached(net, {21, 13}, {}), false, false);
  ExpectLayers(Cached(net, {20, 13}, {}), Cached(net, {20, 14}, {}), false, false);
  ExpectLayers(Cached(net, {}, {17, 30}), Cached(net, {}, {17, 31}), true, false);
  // One that the PB holds more than is harmless: the rest is fetched.
  ExpectLayers(Cached(net, {20, 13}, {}), Cached(net, {19, 12}, {}), true, true);
}

// Overwrites what DRAM holds of the weights of a layer.
Meddle Wipe(int layer) {
  return [layer](Bench<MemoryPort>& bench, const InferencePlanner& planner) {
    std::vector<std::uint8_t> zeros(static_cast<std::size_t>(
        planner.net().layers[static_cast<std::size_t>(layer)].WeightBytes().value()));
    bench.accel.iact_dma.AccessUntimed(planner.WeightBase(layer), zeros.data(),
                                       static_cast<std::int64_t>(zeros.size()), true);
  };
}

TEST(CachedRectangle, IsACopyThatDramNoLongerTouches) {
  const SuperNet net = TwoConvNet();
  ExpectLayers(Cached(net, {}, {40, 40}), Cached(net, {}, {40, 40}), true, true, Wipe(1));
  ExpectLayers(Cached(net, {}, {40, 39}), Cached(net, {}, {40, 39}), true, false, Wipe(1));
}

TEST(TimingOnly, HoldsNoData) {
  testing::InChild([] {
    const SuperNet net = TwoConvNet();
    const HardwareConfig hw = SmallHardware();
    const InferencePlanner planner(hw, net);
    const SubGraph graph = Cached(net, {20, 13}, {17, 30});
    Bench<MemoryPort> bench("bench", planner, nullptr,
                            std::make_unique<MemoryPort>("memory", std::make_unique<SimpleMemory>(hw.dram)),
                            [&](Bench<MemoryPort>& b) {
                              b.accel.controller.LoadModel();
                              b.accel.controller.Swap(graph);
                              RunLayers(b, planner, graph);
                            });
    sc_core::sc_start();
    EXPECT_EQ(bench.failure, "");
    EXPECT_EQ(bench.memory->image().held_bytes(), 0);
    EXPECT_EQ(bench.accel.data_path, nullptr);
    EXPECT_TRUE(bench.accel.dynamic_buffer.contents.banks.empty());
    EXPECT_TRUE(bench.accel.streaming_buffer.contents.strip.empty());
    EXPECT_EQ(bench.accel.output_buffer.contents.capacity(), 0U);
  });
}

// A TLM memory of somebody else's: bytes behind an address, answers a request after 50 ns, knows no
// extension.
class PlainMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<PlainMemory> socket;

  PlainMemory(const sc_core::sc_module_name& name, bool debug)
      : sc_module(name), socket("socket"), events_("events", this, &PlainMemory::Respond) {
    socket.register_nb_transport_fw(this, &PlainMemory::Forward);
    if (debug) socket.register_transport_dbg(this, &PlainMemory::Move);
  }

 private:
  tlm::tlm_sync_enum Forward(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase != tlm::BEGIN_REQ) return tlm::TLM_COMPLETED;
    Move(payload);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    events_.notify(payload, tlm::BEGIN_RESP, sc_core::sc_time(50, sc_core::SC_NS));
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  void Respond(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay;
    socket->nb_transport_bw(payload, phase, delay);
  }
  unsigned Move(tlm::tlm_generic_payload& payload) {
    const std::uint64_t end = payload.get_address() + payload.get_data_length();
    if (bytes_.size() < end) bytes_.resize(end);
    std::uint8_t* here = bytes_.data() + payload.get_address();
    if (payload.is_write()) {
      std::copy_n(payload.get_data_ptr(), payload.get_data_length(), here);
    } else {
      std::copy_n(here, payload.get_data_length(), payload.get_data_ptr());
    }
    return payload.get_data_length();
  }

  std::vector<std::uint8_t> bytes_;
  tlm_utils::peq_with_cb_and_phase<PlainMemory> events_;
};

TEST(ForeignMemory, GivesTheSameResults) {
  testing::InChild([] {
    const SuperNet net = TwoConvNet();
    const HardwareConfig hw = SmallHardware();
    const InferencePlanner planner(hw, net);
    const NetworkData data(net, 3);
    const SubGraph graph = Cached(net, {20, 13}, {17, 30});
    Outputs outputs(data);
    Bench<PlainMemory> bench("bench", planner, &outputs.run, std::make_unique<PlainMemory>("memory", true),
                             [&](Bench<PlainMemory>& b) {
                               b.accel.controller.LoadModel();
                               b.accel.controller.Swap(graph);
                               RunLayers(b, planner, graph);
                             });
    sc_core::sc_start();
    EXPECT_EQ(bench.failure, "");
    const std::vector<Values> expected = testing::ReferenceTensors(data, 0);
    ASSERT_EQ(outputs.layers.size(), 2U);
    EXPECT_EQ(outputs.layers[0], expected[1]);
    EXPECT_EQ(outputs.layers[1], expected[2]);
  });
}

TEST(ForeignMemory, IsRefusedWhenItsBytesCannotBeReached) {
  testing::InChild([] {
    const SuperNet net = TwoConvNet();
    const HardwareConfig hw = SmallHardware();
    const InferencePlanner planner(hw, net);
    const NetworkData data(net, 3);
    Outputs outputs(data);
    Bench<PlainMemory> bench("bench", planner, &outputs.run, std::make_unique<PlainMemory>("memory", false),
                             [](Bench<PlainMemory>& b) { b.accel.controller.LoadModel(); });
    sc_core::sc_start();
    EXPECT_NE(bench.failure.find("transport_dbg"), std::string::npos) << bench.failure;
  });
}

}  // namespace
}  // namespace sushi
