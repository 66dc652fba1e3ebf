// Arrivals of published request logs (docs/traces.md has the formats). They are read whole, because a log
// may be sorted by the end of its requests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sushi/core/error.hpp"
#include "sushi/core/units.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {

std::vector<std::string> ImportFormats();

struct ImportedArrivals {
  std::vector<std::int64_t> at_ns;  // ascending, the first one 0; at least one
  std::int64_t out_of_order = 0;    // rows that stood after a later arrival
};

// `format` is one of ImportFormats(). UserError with file, line and column for what is no such log.
ImportedArrivals ReadArrivals(const std::string& format, const std::string& path);

struct ArrivalSelection {
  double from_s = 0;  // since the first arrival; these become time 0
  std::optional<double> to_s;
  std::optional<std::int64_t> limit;
  std::optional<double> scale_rate;  // times are divided by it
  std::optional<double> rate_qps;    // or: what makes this the mean rate, (n − 1) / (last − first)
};

struct SelectedArrivals {
  std::vector<Picoseconds> at;  // at least one
  double scale = 1;             // of the rate
};

// What messages call the parts of a selection.
struct SelectionNames {
  struct Name {
    SourceMark mark;
    std::string key;
  };
  Name window, latest, rate;
};
SelectionNames OptionNames();  // of `trace import`

// from_s ≤ t < to_s, then the first `limit`, then the rate. UserError with one of `names` when nothing is
// left, when a rate is wanted of arrivals at one time, or when one would lie beyond 10^12 us.
SelectedArrivals SelectArrivals(const std::vector<std::int64_t>& at_ns, const ArrivalSelection& selection,
                                const SelectionNames& names = OptionNames());

// One query for each arrival, with the targets that MakeGenerator(targets) gives a stream of that length; its
// own arrivals and length are not used. nullptr for an unknown kind.
std::unique_ptr<QuerySource> AttachTargets(std::vector<Picoseconds> at, GeneratorConfig targets);

}  // namespace sushi
