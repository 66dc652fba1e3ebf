// Google Benchmark inside SystemC: an elaboration happens once a process and simulates only within the host's
// process, so each section is a child of its own and the SystemC ones run all their benchmarks in there.
//
//   sushi_bench [--section=kernel_tile|channel_tile|bank_level|kernel_free|…|plain] [--benchmark_…]
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <exception>
#include <functional>

#include "setup.hpp"
#include "sushi/accel/kernel_free.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::bench {
namespace {

void SystemCSection(const std::string& name, Granularity granularity, DramModel memory = DramModel::kSimple) {
  const Setup setup(granularity, memory);
  RunInElaboration(*setup.planner, setup.MakeMemory(), [&](ServiceModel& model) {
    RegisterEngine(name, setup, model);
    RegisterSushiAbs(name, setup, model);
    benchmark::RunSpecifiedBenchmarks();
  });
}

void KernelFreeSection(const std::string& name, DramModel memory) {
  const Setup setup(Granularity::kKernelTile, memory);
  KernelFreeAccelerator model(*setup.planner, setup.MakeMemory());
  RegisterEngine(name, setup, model);
  RegisterSushiAbs(name, setup, model);
  benchmark::RunSpecifiedBenchmarks();
}

void PlainSection() {
  const Setup setup(Granularity::kKernelTile);
  RegisterFastSushiAbs(setup);
  RegisterStream(setup);
  RegisterTraceCsv();
  RegisterDram();
  benchmark::RunSpecifiedBenchmarks();
}

struct Section {
  const char* name;
  std::function<void()> run;
};
const Section kSections[] = {
    {"kernel_tile", [] { SystemCSection("systemc_kernel_tile", Granularity::kKernelTile); }},
    {"channel_tile", [] { SystemCSection("systemc_channel_tile", Granularity::kChannelTile); }},
    {"bank_level",
     [] { SystemCSection("systemc_bank_level", Granularity::kKernelTile, DramModel::kBankLevel); }},
    {"kernel_free", [] { KernelFreeSection("kernel_free", DramModel::kSimple); }},
    {"kernel_free_bank_level", [] { KernelFreeSection("kernel_free_bank_level", DramModel::kBankLevel); }},
    {"plain", PlainSection},
};

bool RunInChild(const Section& section) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    int code = 0;
    try {
      section.run();
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s: %s\n", section.name, error.what());
      code = 1;
    }
    std::fflush(nullptr);
    _exit(code);
  }
  int status = 0;
  return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace
}  // namespace sushi::bench

int main(int argc, char* argv[]) {
  benchmark::Initialize(&argc, argv);
  constexpr char kOption[] = "--section=";
  const char* wanted = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (std::strncmp(argv[i], kOption, sizeof kOption - 1) != 0) {
      std::fprintf(stderr, "sushi_bench: unknown argument %s\n", argv[i]);
      return 2;
    }
    wanted = argv[i] + sizeof kOption - 1;
  }
  bool found = false;
  bool good = true;
  for (const auto& section : sushi::bench::kSections) {
    if (wanted != nullptr && std::strcmp(wanted, section.name) != 0) continue;
    found = true;
    good = sushi::bench::RunInChild(section) && good;
  }
  if (!found) std::fprintf(stderr, "sushi_bench: no section %s\n", wanted);
  return !found ? 2 : good ? 0 : 1;
}
