// Google Benchmark inside SystemC: an elaboration happens once a process and simulates only within the host's
// process, so each section is a child of its own and the SystemC ones run all their benchmarks in there.
//
//   sushi_bench [--section=kernel_tile|channel_tile|kernel_free|plain] [--benchmark_…]
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

void SystemCSection(const std::string& name, Granularity granularity) {
  const Setup setup(granularity);
  RunInElaboration(*setup.planner, setup.MakeMemory(), [&](ServiceModel& model) {
    RegisterEngine(name, setup, model);
    RegisterSushiAbs(name, setup, model);
    benchmark::RunSpecifiedBenchmarks();
  });
}

void KernelFreeSection() {
  const Setup setup(Granularity::kKernelTile);
  KernelFreeAccelerator model(*setup.planner, setup.MakeMemory());
  RegisterEngine("kernel_free", setup, model);
  RegisterSushiAbs("kernel_free", setup, model);
  benchmark::RunSpecifiedBenchmarks();
}

void PlainSection() {
  const Setup setup(Granularity::kKernelTile);
  RegisterStream(setup);
  RegisterTraceCsv();
  benchmark::RunSpecifiedBenchmarks();
}

struct Section {
  const char* name;
  std::function<void()> run;
};
const Section kSections[] = {
    {"kernel_tile", [] { SystemCSection("systemc_kernel_tile", Granularity::kKernelTile); }},
    {"channel_tile", [] { SystemCSection("systemc_channel_tile", Granularity::kChannelTile); }},
    {"kernel_free", KernelFreeSection},
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
