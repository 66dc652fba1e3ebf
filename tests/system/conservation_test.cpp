// What a run's tables say adds up to what its summary says.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "process.hpp"

namespace sushi {
namespace {

using testing::Outcome;
using testing::Scratch;

const std::string kRoot = SUSHI_SOURCE_DIR;

// Rows of a CSV by column. Only names are quoted here, and none has a comma.
std::vector<std::map<std::string, std::string>> Rows(const std::string& path) {
  const auto split = [](const std::string& line) {
    std::vector<std::string> cells;
    std::stringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    return cells;
  };
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> names = split(line);
  std::vector<std::map<std::string, std::string>> rows;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = split(line);
    EXPECT_EQ(cells.size(), names.size()) << line;
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < names.size() && i < cells.size(); ++i) row[names[i]] = cells[i];
  }
  return rows;
}

double Sum(const std::vector<std::map<std::string, std::string>>& rows, const std::string& column) {
  double sum = 0;
  for (const auto& row : rows) sum += std::stod(row.at(column));
  return sum;
}

struct Run {
  std::string name, args;
  bool static_power_adds_up = true;  // no idle time between queries
};

void PrintTo(const Run& run, std::ostream* out) { *out << run.args; }

class Conservation : public ::testing::TestWithParam<Run> {};

TEST_P(Conservation, QueriesSumToTheRunAndComponentsToTheTotal) {
  Scratch scratch;
  const Outcome outcome = scratch.Run("run " + kRoot + "/" + GetParam().args + " --out out --quiet");
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const std::string out = (scratch.dir() / "out").string();
  const nlohmann::json summary = nlohmann::json::parse(std::ifstream(out + "/summary.json"));
  const auto queries = Rows(out + "/queries.csv");
  ASSERT_EQ(queries.size(), summary["queries"].get<std::size_t>());

  EXPECT_EQ(Sum(queries, "off_chip_bytes"), summary["off_chip_bytes"]["total"].get<double>());
  EXPECT_EQ(Sum(queries, "pb_hit_bytes"), summary["pb"]["hit_bytes"].get<double>());
  double total = 0;
  for (const auto& [component, pj] : summary["energy_pj"].items()) {
    if (component == "total" || component == "mean_per_query") continue;
    total += pj.get<double>();
    const double sum = Sum(queries, "energy_" + component + "_pj");
    if (component == "static" && !GetParam().static_power_adds_up) {
      EXPECT_LT(sum, pj.get<double>());
      EXPECT_GT(sum, 0);
    } else {
      EXPECT_NEAR(sum, pj.get<double>(), 1e-9 * pj.get<double>()) << component;
    }
  }
  EXPECT_NEAR(total, summary["energy_pj"]["total"].get<double>(), 1e-9 * total);
  double dram = 0;
  for (const auto& kind : summary["dram"]["energy_pj"]) dram += kind.get<double>();
  EXPECT_NEAR(dram, summary["energy_pj"]["dram"].get<double>(), 1e-9 * dram);
  for (const auto& row : queries) {
    double parts = 0;
    for (const auto& [name, cell] : row) {
      if (name.rfind("energy_", 0) == 0 && name != "energy_pj") parts += std::stod(cell);
    }
    EXPECT_NEAR(parts, std::stod(row.at("energy_pj")), 1e-9 * parts) << row.at("query");
  }
}

TEST_P(Conservation, LayersTimesQueriesAndSwapsSumToTheRun) {
  Scratch scratch;
  ASSERT_EQ(scratch.Run("run " + kRoot + "/" + GetParam().args + " --out out --quiet").exit_code, 0);
  const std::string out = (scratch.dir() / "out").string();
  const nlohmann::json summary = nlohmann::json::parse(std::ifstream(out + "/summary.json"));
  double macs = 0, mac_energy = 0, cycles = 0;
  for (const auto& row : Rows(out + "/layers.csv")) {
    const double times = std::stod(row.at("queries"));
    macs += times * std::stod(row.at("useful_macs"));
    mac_energy += times * std::stod(row.at("energy_dpe_array_pj"));
    cycles += times * std::stod(row.at("cycles"));
  }
  EXPECT_EQ(macs, summary["macs"]["useful"].get<double>());
  EXPECT_NEAR(mac_energy, summary["energy_pj"]["dpe_array"].get<double>(), 1e-9 * mac_energy);
  const double swap = summary["cycles"]["dpe_array"]["pb_swap"].get<double>();
  EXPECT_EQ(cycles + swap, summary["cycles"]["total"].get<double>());
}

INSTANTIATE_TEST_SUITE_P(
    Runs, Conservation,
    ::testing::Values(
        Run{"Quickstart", "configs/experiment/quickstart.yaml"},
        Run{"StaticPower", "configs/experiment/weight_bound.yaml --set energy.static_power_mw=500"},
        Run{"OpenLoop", "configs/experiment/open_loop.yaml --set energy.static_power_mw=500", false},
        Run{"BankLevelMemory",
            "configs/experiment/mobilenet.yaml " + kRoot + "/configs/memory/ddr4_2100_x64.yaml"}),
    [](const auto& run) { return run.param.name; });

}  // namespace
}  // namespace sushi
