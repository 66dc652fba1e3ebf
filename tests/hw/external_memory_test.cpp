// An outside memory behind the arbiter: same transactions, same bytes, its own times.
#include <gtest/gtest.h>
#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include "builders.hpp"
#include "forked.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

// Answers every request a fixed time after it came, the last of a pair first.
class SwappingMemory : public sc_core::sc_module, public ExternalMemory {
 public:
  tlm_utils::simple_target_socket<SwappingMemory> socket;

  SwappingMemory(const sc_core::sc_module_name& name, std::int64_t* bytes)
      : sc_module(name), socket("socket"), bytes_(bytes), answers_("answers", this, &SwappingMemory::Answer) {
    socket.register_nb_transport_fw(this, &SwappingMemory::Request);
  }
  tlm::tlm_base_target_socket_b<>& target_socket() override { return socket; }

 private:
  tlm::tlm_sync_enum Request(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase, sc_core::sc_time&) {
    payload.acquire();
    *bytes_ += payload.get_data_length();
    answers_.notify(payload, tlm::BEGIN_RESP,
                    sc_core::sc_time(++count_ % 2 == 1 ? 300 : 200, sc_core::SC_NS));
    phase = tlm::END_REQ;
    return tlm::TLM_UPDATED;
  }
  void Answer(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(payload, phase, delay);
    payload.release();
  }

  std::int64_t* bytes_;
  int count_ = 0;
  tlm_utils::peq_with_cb_and_phase<SwappingMemory> answers_;
};

TEST(ExternalMemory, TakesThePlaceOfTheBuiltInOne) {
  testing::InChild([] {
    const SuperNet net = testing::OneConvNet({0, 48, 27, 3, 16, 1});
    HardwareConfig hw;
    const InferencePlanner planner(hw, net);
    const InferenceResult built_in =
        KernelFreeAccelerator(planner, MakeMemory(hw)).Infer(0, EmptySubGraph(net));
    std::int64_t bytes = 0;
    RunInElaboration(
        planner, [&] { return std::make_unique<SwappingMemory>("memory", &bytes); },
        [&](ServiceModel& model) {
          const InferenceResult result = model.Infer(0, EmptySubGraph(net));
          EXPECT_TRUE(result.total.traffic_bytes == built_in.total.traffic_bytes);
          EXPECT_EQ(result.total.dram_transactions, built_in.total.dram_transactions);
          EXPECT_EQ(result.total.TrafficBytes(), bytes) << "what was asked for has crossed the socket";
          EXPECT_EQ(result.total.useful_macs, built_in.total.useful_macs);
          EXPECT_NE(result.cycles, built_in.cycles) << "its times count";
        });
  });
}

TEST(ExternalMemory, AnswersOutOfOrderCrossThePortsInOrder) {
  testing::InChild([] {
    const SuperNet net = testing::OneConvNet({0, 64, 36, 3, 16, 1});
    HardwareConfig hw;
    hw.granularity = Granularity::kChannelTile;
    const InferencePlanner planner(hw, net);
    std::int64_t bytes = 0;
    RunInElaboration(
        planner, [&] { return std::make_unique<SwappingMemory>("memory", &bytes); },
        [&](ServiceModel& model) {
          const InferenceResult result = model.Infer(0, EmptySubGraph(net));
          EXPECT_EQ(result.total.TrafficBytes(), bytes);
          EXPECT_GT(result.cycles.value(), 0);
        });
  });
}

}  // namespace
}  // namespace sushi
