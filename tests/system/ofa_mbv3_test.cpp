// The published MobileNetV3 SubNets: their blocks, bounds, agreement of the engines, data bit for bit.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <tuple>

#include "builders.hpp"
#include "forked.hpp"
#include "functional_checker.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

struct World {
  config::Experiment experiment;
  SuperNet net;
  std::unique_ptr<InferencePlanner> planner;

  explicit World(const std::string& model, const std::string& hardware = "zcu104",
                 const std::string& sharing = "none") {
    const std::string root = SUSHI_SOURCE_DIR;
    experiment = config::LoadExperiment(
        {root + "/configs/hardware/" + hardware + ".yaml", root + "/models/" + model + ".yaml"},
        {"supernet.kernel_sharing=" + sharing});
    net = config::LoadSuperNet(experiment.supernet);
    planner = std::make_unique<InferencePlanner>(experiment.hardware, net);
  }
  const HardwareConfig& hw() const { return experiment.hardware; }
};

class Mbv3 : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Widths, Mbv3, ::testing::Values("ofa_mbv3_w10", "ofa_mbv3_w12"),
                         [](const auto& test) { return test.param; });

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, ',');) fields.push_back(field);
  return fields;
}

// What the file says of each op that has weights, in the csv's words: one line a stem, block or head layer.
std::vector<std::string> Rows(const SubNet& subnet) {
  std::vector<std::string> rows;
  const auto line = [&](const std::string& kind, int in, int out, const std::string& mid, int kernel,
                        int stride, bool se) {
    std::ostringstream text;
    text << subnet.name << ',' << subnet.input_size << ',' << subnet.top1_percent << ',' << kind << ','
         << static_cast<int>(rows.size()) - 1 << ',' << in << ',' << out << ',' << mid << ',' << kernel << ','
         << stride << ',' << se;
    rows.push_back(text.str());
  };
  int in = 0;
  bool se = false;
  const Op* depthwise = nullptr;
  for (const Op& op : subnet.ops) {
    if (op.depthwise) depthwise = &op;
    if (op.kind == OpKind::kScale) se = true;
    const bool projects = op.name.find(".project") != std::string::npos;
    if (projects) {
      line("mbconv", in, op.kernels, std::to_string(depthwise->kernels), depthwise->kernel_h,
           depthwise->stride_h, se);
      se = false;
    } else if (op.name.find('.') == std::string::npos || op.name == "stem.conv") {
      const std::map<std::string, std::string> kinds{{"stem.conv", "stem"},
                                                     {"final_expand", "conv"},
                                                     {"feature_mix", "pooled_conv"},
                                                     {"classifier", "classifier"}};
      if (kinds.count(op.name) > 0) {
        line(kinds.at(op.name), op.channels, op.kernels, "", op.kernel_h, op.stride_h, false);
      }
    }
    if (projects || op.name == "stem.conv") in = op.kernels;
  }
  return rows;
}

TEST_P(Mbv3, EveryPublishedRowIsReproduced) {
  std::ifstream csv(std::string(SUSHI_SHARED_DATA) + "/ofa_mbv3_subnets.csv");
  if (!csv) GTEST_SKIP() << "no " << SUSHI_SHARED_DATA << "/ofa_mbv3_subnets.csv";
  std::map<std::string, std::vector<std::string>> published;
  std::string text;
  std::getline(csv, text);
  while (std::getline(csv, text)) {
    if (!text.empty() && text.back() == '\r') text.pop_back();
    published[Split(text)[0]].push_back(text);
  }
  const World world(GetParam());
  for (const SubNet& subnet : world.net.subnets) EXPECT_EQ(Rows(subnet), published[subnet.name]);
}

using Setup = std::tuple<std::string, std::string, std::string>;  // model, hardware, kernel sharing
class Mbv3On : public ::testing::TestWithParam<Setup> {};
INSTANTIATE_TEST_SUITE_P(Shipped, Mbv3On,
                         ::testing::Combine(::testing::Values("ofa_mbv3_w10", "ofa_mbv3_w12"),
                                            ::testing::Values("zcu104", "alveo_u50", "weight_bound",
                                                              "equal_storage", "zcu104_exposed_fetch"),
                                            ::testing::Values("none", "centre_crop")),
                         [](const auto& test) {
                           return std::get<0>(test.param) + "_" + std::get<1>(test.param) + "_" +
                                  std::get<2>(test.param);
                         });

// Cycles that no schedule of the op could beat.
std::int64_t LeastCycles(const Op& op, const AccelConfig& accel) {
  const DpeArrayConfig& array = accel.dpe_array;
  const std::int64_t map = std::int64_t{op.in_h} * op.in_w;
  if (op.kind != OpKind::kConv) return CeilDiv(op.channels, accel.vector_lanes) * map;
  const int passes = (op.kernel_h + 2) / 3 * ((op.kernel_w + 2) / 3);
  if (op.depthwise) return CeilDiv(op.channels, std::min(array.channels, array.kernels)) * passes * map;
  const int lanes = op.kernel_h == 1 ? array.channels * 9 : array.channels;
  return CeilDiv(op.kernels, array.kernels) * CeilDiv(op.channels, lanes) * map;
}

// Cycles when nothing overlaps: all tiles, then every transfer's port and memory time.
std::int64_t MostCycles(const LayerPlan& plan, const Counters& c, const HardwareConfig& hw) {
  const std::int64_t cycle_ps = 1'000'000 / hw.accel.clock_mhz;
  const std::int64_t memory_ps =
      c.dram_busy_ps + c.dram_transactions * (hw.dram.latency_ns + hw.dram.row_jump_ns) * 1000;
  return plan.TotalCycles() + c.weight_dma_busy_cycles + c.iact_dma_busy_cycles + c.oact_dma_busy_cycles +
         memory_ps / cycle_ps + 2 * c.dram_transactions;
}

TEST_P(Mbv3On, EveryLayerOfEverySubNetLiesBetweenItsBounds) {
  const auto [model, hardware, sharing] = GetParam();
  const World world(model, hardware, sharing);
  const AccelConfig& accel = world.hw().accel;
  KernelFreeAccelerator driver(*world.planner, MakeMemory(world.hw()));
  std::vector<SubGraphColumn> columns = MakeCandidates(world.net, accel.pb.capacity(), 4);
  columns.push_back({"nothing", EmptySubGraph(world.net)});
  for (const SubGraphColumn& column : columns) {
    for (int s = 0; s < static_cast<int>(world.net.subnets.size()); ++s) {
      const InferenceResult result = driver.Infer(s, column.graph);
      for (std::size_t i = 0; i < result.layers.size(); ++i) {
        const Op& op = world.net.subnets[static_cast<std::size_t>(s)].ops[i];
        const LayerResult& layer = result.layers[i];
        const LayerPlan plan = world.planner->PlanOp(s, static_cast<int>(i), column.graph);
        EXPECT_GE(layer.cycles.value(), LeastCycles(op, accel)) << op.name;
        EXPECT_LE(layer.cycles.value(), MostCycles(plan, layer.counters, world.hw())) << op.name;
        EXPECT_EQ(layer.counters.useful_macs, op.Macs()) << op.name;
        const auto& moved = layer.counters.traffic_bytes;
        EXPECT_GE(layer.cycles.value() * accel.axi.weight_ports * accel.axi.beat_bytes,
                  moved[Traffic::kWeights] + moved[Traffic::kQuantParams])
            << op.name;
        EXPECT_GE(moved[Traffic::kWeights] + layer.counters.pb_hit_bytes, op.WeightBytes().value())
            << op.name;
      }
    }
  }
}

// SubNet `first` with nothing cached, then `second` when what fits of the first is in the PB: its kernels may
// be smaller or larger than what is cached of them.
void ExpectDataOf(const World& world, int first, int second, const std::set<std::string>& computed) {
  const SubGraph cached =
      PrefixThatFits(world.net, SubGraphOf(world.net, world.net.subnets[static_cast<std::size_t>(first)]),
                     world.hw().accel.pb.capacity());
  KernelFreeAccelerator driver(*world.planner, MakeMemory(world.hw()));
  const NetworkData data(world.net, 1);
  testing::FunctionalChecker checker(data, [&](const Op& op) { return computed.count(op.name) > 0; });
  RunInElaboration(
      *world.planner, MakeMemory(world.hw()),
      [&](ServiceModel& modules) {
        const auto expect_same = [&](int subnet, const SubGraph& graph) {
          const InferenceResult a = modules.Infer(subnet, graph), b = driver.Infer(subnet, graph);
          EXPECT_EQ(a.service.value(), b.service.value());
          EXPECT_TRUE(a.layers == b.layers);
        };
        expect_same(first, EmptySubGraph(world.net));
        modules.Swap(EmptySubGraph(world.net), cached);
        expect_same(second, cached);
      },
      &checker.run);
  EXPECT_EQ(checker.computed, 2 * static_cast<int>(computed.size()));
}

TEST_P(Mbv3, ModulesAndKernelFreeDriverAgreeWithAndWithoutData) {
  testing::InChild([] {
    ExpectDataOf(World(GetParam()), 0, 0,
                 {"stem.conv", "first.depthwise3", "first.project", "stage2.block0.depthwise5",
                  "stage2.block0.se.pool", "stage2.block0.se.reduce", "stage2.block0.se.expand",
                  "stage2.block0.se.scale", "stage2.block1.project", "stage3.block0.depthwise7",
                  "stage5.block0.depthwise3", "stage5.block0.se.scale", "feature_mix", "classifier"});
  });
}

// In these blocks the first SubNet's kernels are 5, 7, 5 and 3 wide, the second's 7, 7, 3 and 3 (width 1.0).
TEST_P(Mbv3, WithCentreCropASubNetFindsItsTapsAmongAnothers) {
  const std::set<std::string> computed{"first.depthwise3", "stage2.block0.depthwise",
                                       "stage3.block0.depthwise", "stage4.block0.depthwise",
                                       "stage5.block0.depthwise"};
  for (const auto& [first, second] : {std::pair{0, 1}, {1, 0}}) {
    testing::InChild([&, first = first, second = second] {
      ExpectDataOf(World(GetParam(), "zcu104", "centre_crop"), first, second, computed);
    });
  }
}

TEST(OfaMbv3, OneWidthHasTheWorkAndWeightsOfItsBlocks) {
  const World world("ofa_mbv3_w10");
  const SubNet& subnet = world.net.subnets[0];
  EXPECT_EQ(subnet.ConvLayers(), 47);
  const auto bytes = [&](const std::string& name) {
    const auto op =
        std::find_if(subnet.ops.begin(), subnet.ops.end(), [&](const Op& o) { return o.name == name; });
    return op == subnet.ops.end() ? -1 : op->WeightBytes().value();
  };
  EXPECT_EQ(bytes("stage5.block1.depthwise7"), 960 * 49);
  EXPECT_EQ(bytes("stage5.block1.se.reduce"), 240 * 960);
  EXPECT_EQ(bytes("feature_mix"), 960 * 1280);
  EXPECT_EQ(bytes("classifier"), 1280 * 1000);
}

// What a layer table says of the nets, one line an op, with all its columns.
std::string TableOf(const SuperNet& net) {
  std::ostringstream csv;
  csv << "subnet,layer,kind,supernet_layer,out_channels,in_channels,depthwise,kernel_h,kernel_w,in_h,in_w,"
         "pad_h,"
         "pad_w,stride_h,stride_w,bias,activation,name,input,add,scale\n";
  for (const SubNet& subnet : net.subnets) {
    std::vector<std::string> writer(subnet.tensors.size(), "image");
    for (std::size_t i = 0; i < subnet.ops.size(); ++i) {
      const Op& op = subnet.ops[i];
      const bool conv = op.kind == OpKind::kConv;
      const std::string other = op.residual == kNone ? "" : writer[static_cast<std::size_t>(op.residual)];
      csv << subnet.name << ',' << i << ',' << Name(op.kind) << ','
          << (conv ? std::to_string(op.supernet_layer) : "") << ',' << op.kernels << ',' << op.channels << ','
          << (op.depthwise ? "1" : "") << ',' << op.kernel_h << ',' << op.kernel_w << ',' << op.in_h << ','
          << op.in_w << ',' << op.pad_h << ',' << op.pad_w << ',' << op.stride_h << ',' << op.stride_w << ','
          << (op.bias ? "1" : "") << ',' << (conv ? Name(op.activation) : "") << ',' << op.name << ','
          << writer[static_cast<std::size_t>(op.input)] << ',' << (conv ? other : "") << ','
          << (conv ? "" : other) << '\n';
      writer[static_cast<std::size_t>(op.output)] = std::to_string(i);
    }
  }
  return csv.str();
}

// Width 1.0 with three SubNets more, so that every SuperNet layer is used at its largest.
SuperNet WithTheLargest() {
  const std::string file = std::string(SUSHI_SOURCE_DIR) + "/models/ofa_mbv3_w10.yaml";
  std::ifstream in(file);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  for (const std::string k : {"3", "5", "7"}) {
    const std::string kernels = "[" + k + "," + k + "," + k + "," + k + "]", ratios = "[6,6,6,6]";
    const auto five = [](const std::string& list) {
      return "[" + list + "," + list + "," + list + "," + list + "," + list + "]";
    };
    text += "    - {name: largest" + k +
            ", top1_percent: 78, input_size: 128, depth: [4, 4, 4, 4, 4], kernel: " + five(kernels) +
            ", expand: " + five(ratios) + "}\n";
  }
  return config::LoadSuperNet(*config::ParseYaml(text, "m.yaml").Find("supernet"));
}

SuperNet FromTable(const SuperNet& net) {
  const std::filesystem::path csv =
      std::filesystem::temp_directory_path() / ("sushisim-mbv3-" + std::to_string(getpid()) + ".csv");
  std::ofstream(csv) << TableOf(net);
  std::string text = "name: table\nrule: table\ntable: {file: " + csv.string() + "}\nsubnets:\n";
  for (const SubNet& subnet : net.subnets) text += "  - {name: " + subnet.name + ", top1_percent: 70}\n";
  SuperNet table = config::LoadSuperNet(config::ParseYaml(text, "t.yaml"));
  std::filesystem::remove(csv);
  return table;
}

TEST(OfaMbv3, WrittenAsALayerTableTheNetsRunTheSame) {
  const SuperNet by_rule = WithTheLargest(), by_table = FromTable(by_rule);
  ASSERT_EQ(by_table.layers.size(), by_rule.layers.size());
  const World world("ofa_mbv3_w10");
  const InferencePlanner rule_plan(world.hw(), by_rule), table_plan(world.hw(), by_table);
  KernelFreeAccelerator rule(rule_plan, MakeMemory(world.hw())), table(table_plan, MakeMemory(world.hw()));
  for (std::size_t s = 0; s < by_rule.subnets.size(); ++s) {
    const int subnet = static_cast<int>(s);
    const SubGraph cached =
        PrefixThatFits(by_rule, SubGraphOf(by_rule, by_rule.subnets[s]), world.hw().accel.pb.capacity());
    for (const SubGraph& graph : {EmptySubGraph(by_rule), cached}) {
      const InferenceResult a = rule.Infer(subnet, graph), b = table.Infer(subnet, graph);
      EXPECT_EQ(a.cycles, b.cycles) << by_rule.subnets[s].name;
      EXPECT_TRUE(a.layers == b.layers) << by_rule.subnets[s].name;
    }
    for (std::size_t i = 0; i < by_rule.subnets[s].ops.size(); ++i) {
      const Op &a = by_rule.subnets[s].ops[i], &b = by_table.subnets[s].ops[i];
      EXPECT_EQ(a.name, b.name);
      EXPECT_EQ(a.activation, b.activation) << a.name;
      EXPECT_EQ(a.bias, b.bias) << a.name;
    }
  }
}

}  // namespace
}  // namespace sushi
