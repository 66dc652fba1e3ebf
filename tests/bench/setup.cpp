#include "setup.hpp"

#include "sushi/config/model_file.hpp"
#include "sushi/dram/make_memory.hpp"

namespace sushi::bench {

Setup::Setup(Granularity granularity, DramModel memory)
    : experiment(config::LoadExperiment({SUSHI_SOURCE_DIR "/configs/experiment/quickstart.yaml",
                                         SUSHI_SOURCE_DIR "/configs/memory/ddr4_2100_x64.yaml"},
                                        {})) {
  experiment.hardware.granularity = granularity;
  experiment.hardware.dram_model = memory;
  net = config::LoadSuperNet(experiment.supernet);
  planner = std::make_unique<InferencePlanner>(experiment.hardware, net);
}

std::unique_ptr<Memory> Setup::MakeMemory() const { return sushi::MakeMemory(experiment.hardware); }

std::int64_t MacsOf(const SubNet& subnet) {
  std::int64_t macs = 0;
  for (const Op& op : subnet.ops) macs += op.Macs();
  return macs;
}

}  // namespace sushi::bench
