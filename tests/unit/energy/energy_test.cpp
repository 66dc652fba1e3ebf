#include "sushi/energy/energy.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sushi {
namespace {

constexpr std::size_t kEvents = static_cast<std::size_t>(Event::kCount);
constexpr std::size_t kComponents = static_cast<std::size_t>(EnergyComponent::kCount);

// Coefficients and counts whose products are all different powers of two, so sums are exact.
EnergyTable PowersOfTwo() {
  EnergyTable table;
  for (std::size_t i = 0; i < kEvents; ++i) table.entries.values[i].pj = static_cast<double>(1 << i);
  return table;
}

TEST(Energy, EveryComponentHasANameOfItsOwn) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < kComponents; ++i) names.insert(Name(static_cast<EnergyComponent>(i)));
  EXPECT_EQ(names.size(), kComponents);
}

TEST(Energy, EveryEventCountsOnceTowardsItsComponentOnly) {
  for (std::size_t i = 0; i < kEvents; ++i) {
    const auto event = static_cast<Event>(i);
    Counters counters;
    counters.events[event] = 3;
    const EnergyBreakdown energy = EnergyOf(PowersOfTwo(), counters, Picoseconds(0));
    for (std::size_t c = 0; c < kComponents; ++c) {
      const auto component = static_cast<EnergyComponent>(c);
      EXPECT_EQ(energy.pj[component], component == ComponentOf(event) ? 3.0 * (1 << i) : 0.0) << Name(event);
    }
    EXPECT_EQ(energy.TotalPj(), 3.0 * (1 << i));
  }
}

TEST(Energy, EveryComponentButTheStaticOneIsFedByAnEvent) {
  std::set<EnergyComponent> fed;
  for (std::size_t i = 0; i < kEvents; ++i) fed.insert(ComponentOf(static_cast<Event>(i)));
  EXPECT_EQ(fed.size(), kComponents - 1);
  EXPECT_EQ(fed.count(EnergyComponent::kStatic), 0u);
}

TEST(Energy, OneMilliwattForOneMicrosecondIsOneNanojoule) {
  EnergyTable table;
  table.static_power_mw = 1;
  const EnergyBreakdown energy = EnergyOf(table, Counters(), Picoseconds(1'000'000));
  EXPECT_DOUBLE_EQ(energy.pj[EnergyComponent::kStatic], 1000);
  EXPECT_DOUBLE_EQ(energy.TotalPj(), 1000);
}

TEST(Energy, TheTotalIsTheSumOverComponents) {
  Counters counters;
  double expected = 0;
  for (std::size_t i = 0; i < kEvents; ++i) {
    counters.events.values[i] = 1;
    expected += static_cast<double>(1 << i);
  }
  EXPECT_EQ(EnergyOf(PowersOfTwo(), counters, Picoseconds(0)).TotalPj(), expected);
}

}  // namespace
}  // namespace sushi
