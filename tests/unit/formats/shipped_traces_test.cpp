// traces/README.md says how each shipped trace is made; here it is made again.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sushi/formats/trace_csv.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

struct Shipped {
  std::string name;
  GeneratorConfig config;
};

GeneratorConfig ConfigOf(const std::string& kind, std::uint64_t seed, std::int64_t queries) {
  GeneratorConfig config;
  config.kind = kind;
  config.seed = seed;
  config.queries = queries;
  return config;
}

std::vector<Shipped> AllShipped() {
  GeneratorConfig poisson = ConfigOf("uniform", 4, 2000);
  poisson.arrival_rate_qps = 15;
  GeneratorConfig tiny = ConfigOf("phases", 5, 50);
  tiny.phase_queries = 10;
  tiny.accuracy_low_percent = 60;
  tiny.accuracy_high_percent = 70;
  tiny.latency_low_us = 12;
  tiny.latency_high_us = 90;
  return {{"phases_4000", ConfigOf("phases", 1, 4000)},
          {"uniform_4000", ConfigOf("uniform", 2, 4000)},
          {"random_walk_4000", ConfigOf("random_walk", 3, 4000)},
          {"poisson_2000", poisson},
          {"tiny_50", tiny}};
}

class ShippedTrace : public testing::TestWithParam<Shipped> {};
INSTANTIATE_TEST_SUITE_P(Traces, ShippedTrace, testing::ValuesIn(AllShipped()),
                         [](const auto& test) { return test.param.name; });

TEST_P(ShippedTrace, IsByteForByteWhatItsGeneratorGives) {
  std::ostringstream made;
  WriteTraceHeader(made);
  const std::unique_ptr<QuerySource> source = MakeGenerator(GetParam().config);
  for (Query query; source->Next(query);) WriteTraceRow(made, query);
  std::ifstream file(std::string(SUSHI_SOURCE_DIR) + "/traces/" + GetParam().name + ".csv", std::ios::binary);
  std::ostringstream shipped;
  shipped << file.rdbuf();
  EXPECT_TRUE(made.str() == shipped.str());
}

}  // namespace
}  // namespace sushi
