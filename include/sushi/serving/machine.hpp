// The accelerators that share a DRAM, as the engines need them: a planner for every accelerator, model and
// power level, and the profile that schedulers look up.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/energy/energy.hpp"
#include "sushi/serving/executor.hpp"
#include "sushi/serving/profile.hpp"

namespace sushi {

struct AcceleratorType {
  HardwareConfig hardware;
  std::vector<PowerLevel> levels;  // not empty; level 0 is nominal
};

struct MachineConfig {
  std::vector<AcceleratorType> types;
  std::vector<int> accelerators;  // type of each
  std::vector<const SuperNet*> models;
  int max_batch = 1;
  // Of the candidates for the PB of a type; column 0 is empty.
  std::function<std::vector<SubGraphColumn>(int model, int type)> columns;
  EnergyTable energy;
};

// Dynamic energy; what is on chip by the level's scale, the DRAM as it is.
double ScaledEnergyPj(const EnergyTable& energy, const Counters& counters, double energy_scale);

class ServingMachine {
 public:
  // UserError when a model cannot run on a type, or the memory cannot hold all that the models have there.
  explicit ServingMachine(MachineConfig config);
  ~ServingMachine();
  ServingMachine(const ServingMachine&) = delete;
  ServingMachine& operator=(const ServingMachine&) = delete;

  int accelerators() const { return static_cast<int>(config_.accelerators.size()); }
  int TypeOf(int accelerator) const { return config_.accelerators[static_cast<std::size_t>(accelerator)]; }
  const MachineConfig& config() const { return config_; }
  const Profile& profile() const;
  // Memory of type 0's hardware: they share one.
  const HardwareConfig& memory_hardware() const { return config_.types[0].hardware; }
  std::int64_t burst_bytes() const;
  double dram_bytes_per_s() const;
  // What a bank-level memory does besides moving data in that time, with rows open for so many of its ranks'
  // clocks; nothing for the simple one.
  MemoryActivity ActivityIn(Picoseconds time, std::int64_t open_clocks) const;

  const InferencePlanner& planner(int accelerator, int model, int level) const;
  // Kept, and cut anew when another rectangle is cached: what a call returned is good until the next with the
  // same accelerator, model, level, SubNet, layer and batch.
  const LayerPlan& Plan(int accelerator, int model, int level, int subnet, int layer, int batch,
                        const SubGraph& cached) const;

 private:
  class Impl;
  MachineConfig config_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sushi
