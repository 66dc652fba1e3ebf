// What the benchmarks share: the ZCU104 with OFA-ResNet50, and counters.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/accel/service_model.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::bench {

struct Setup {
  explicit Setup(Granularity granularity, DramModel memory = DramModel::kSimple);
  Setup(const Setup&) = delete;
  Setup& operator=(const Setup&) = delete;

  config::Experiment experiment;
  SuperNet net;
  std::unique_ptr<InferencePlanner> planner;

  std::unique_ptr<Memory> MakeMemory() const;
};

constexpr int kSubNetF = 5;

// Useful MACs of one inference of the SubNet.
std::int64_t MacsOf(const SubNet& subnet);

// Each section registers its benchmarks; one that needs the SystemC engine registers them on `model`, which
// only works inside the host's process.
void RegisterEngine(const std::string& name, const Setup& setup, ServiceModel& model);
void RegisterSushiAbs(const std::string& name, const Setup& setup, ServiceModel& model);
void RegisterFastSushiAbs(const Setup& setup);
void RegisterStream(const Setup& setup);
void RegisterTraceCsv();
void RegisterDram();

}  // namespace sushi::bench
