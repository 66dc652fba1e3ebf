// Data through shipped models on shipped hardware: every layer bit for bit, whatever is cached.
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "builders.hpp"
#include "forked.hpp"
#include "functional_checker.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/config/model_file.hpp"
#include "sushi/dram/simple_memory.hpp"
#include "sushi/sched/candidates.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi {
namespace {

struct World {
  config::Experiment experiment;
  SuperNet net;
  std::unique_ptr<InferencePlanner> planner;

  World(const std::string& hardware, const std::string& model) {
    const std::string root = SUSHI_SOURCE_DIR;
    experiment = config::LoadExperiment(
        {root + "/configs/hardware/" + hardware + ".yaml", root + "/models/" + model + ".yaml"}, {});
    net = config::LoadSuperNet(experiment.supernet);
    planner = std::make_unique<InferencePlanner>(experiment.hardware, net);
  }
  const HardwareConfig& hw() const { return experiment.hardware; }
  Bytes capacity() const { return hw().accel.pb.capacity(); }

  // Runs the inferences one after the other, a swap between those with different SubGraphs.
  void Run(const std::vector<std::pair<int, SubGraph>>& inferences,
           testing::FunctionalChecker& checker) const {
    RunInElaboration(
        *planner, std::make_unique<SimpleMemory>(hw().dram),
        [&](ServiceModel& model) {
          for (const auto& [subnet, cached] : inferences) model.Infer(subnet, cached);
        },
        &checker.run);
    EXPECT_EQ(checker.inferences, static_cast<int>(inferences.size()));
  }
};

TEST(FunctionalTiny, AllSubNetsWithAnySubGraphAndRightAfterASwap) {
  testing::InChild([] {
    const World world("tiny", "tiny");
    std::vector<SubGraph> graphs = {EmptySubGraph(world.net)};
    for (const SubGraphColumn& column : MakeCandidates(world.net, world.capacity(), 100))
      graphs.push_back(column.graph);
    Random random(1);
    for (int i = 0; i < 40; ++i)
      graphs.push_back(testing::RandomSubGraph(world.net, world.capacity(), random));
    std::vector<std::pair<int, SubGraph>> inferences;
    for (const SubGraph& graph : graphs) {
      for (int subnet = 0; subnet < static_cast<int>(world.net.subnets.size()); ++subnet)
        inferences.emplace_back(subnet, graph);
    }
    const NetworkData data(world.net, 1);
    testing::FunctionalChecker checker(data, [](const Op&) { return true; });
    world.Run(inferences, checker);
  });
}

TEST(FunctionalTiny, AnotherSeedIsAnotherNetwork) {
  const World world("tiny", "tiny");
  const NetworkData one(world.net, 1), same(world.net, 1), two(world.net, 2);
  EXPECT_EQ(testing::ReferenceTensors(one, 0).back(), testing::ReferenceTensors(same, 0).back());
  EXPECT_NE(testing::ReferenceTensors(one, 0).back(), testing::ReferenceTensors(two, 0).back());
}

// The ops computed a second time by the reference; every operand of every op is compared in any case.
struct RealCase {
  std::string subnet;
  std::set<std::string> ops;
  friend void PrintTo(const RealCase& c, std::ostream* out) { *out << c.subnet; }
};

class FunctionalOfaResNet50 : public ::testing::TestWithParam<RealCase> {};

TEST_P(FunctionalOfaResNet50, EqualsTheReferenceRightAfterASwap) {
  testing::InChild([] {
    const World world("zcu104", "ofa_resnet50");
    const int subnet = world.net.FindSubNet(GetParam().subnet);
    const SubGraph first =
        PrefixThatFits(world.net, SubGraphOf(world.net, world.net.subnets[static_cast<std::size_t>(subnet)]),
                       world.capacity());
    Random random(7);
    const SubGraph second = testing::RandomSubGraph(world.net, world.capacity(), random);
    ASSERT_NE(first, second);
    const NetworkData data(world.net, 1);
    testing::FunctionalChecker checker(data, [](const Op& op) { return GetParam().ops.count(op.name) > 0; });
    world.Run({{subnet, first}, {subnet, second}}, checker);
    EXPECT_EQ(checker.computed, 2 * static_cast<int>(GetParam().ops.size()));
  });
}

INSTANTIATE_TEST_SUITE_P(
    Shipped, FunctionalOfaResNet50,
    ::testing::Values(RealCase{"A",
                               {"stem.conv0", "stem.max_pool", "stage1.block0.conv2", "stage2.block0.conv2",
                                "stage2.block0.shortcut_pool", "stage3.block1.conv3",
                                "stage4.block0.shortcut", "global_pool", "classifier"}},
                      RealCase{"F",
                               {"stem.conv1", "stage1.block3.conv3", "stage3.block0.conv2",
                                "stage3.block0.shortcut", "stage4.block2.conv2", "stage4.block3.conv3",
                                "classifier"}}),
    [](const auto& test) { return test.param.subnet; });

}  // namespace
}  // namespace sushi
