// The tables of a result directory, made small enough to look at: what `sushisim report` puts into its page.
// What is left out or averaged stands in each digest.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace sushi::report {

inline constexpr int kMaxQueryPoints = 2000;  // of a stream over time; more queries are averaged
inline constexpr int kMaxContents = 20000;    // stretches of queries with one SubGraph cached
inline constexpr int kMaxLayerPairs = 60;     // (SubNet, SubGraph), those that served the most queries
inline constexpr int kMaxSweepPoints = 5000;  // more: every k-th in plan order

// queries.csv, times in us:
//   queries, per_point     each point is of so many queries, the last one of the rest
//   subnets, subgraphs     names in order of appearance
//   points                 columns: service, response, waiting (means), response_min, response_max;
//   latency_max
//                          and accuracy_min of the first query; of each SubNet how many it served
//   contents               [first query, queries, SubGraph, [served by each SubNet]]; contents_left_out
//   cdf                    exact quantiles by nearest rank: share, service, response, waiting
//   histogram              of each time: from, to, and of each SubNet counts of equal bins, the last
//                          with its upper end
// UserError with file and line when any cell is not what `run` writes: a time below 0, an id that is not
// above the one before, a SubNet that is none of `subnets`; and when there are not `queries` rows.
nlohmann::ordered_json DigestQueries(const std::string& path, std::int64_t queries,
                                     const std::vector<std::string>& subnets);

// layers.csv or layers_no_pb.csv:
//   states, kinds          names of the array's states and of the traffic
//   ops                    of each SubNet, columns: name, kind, layer, kernels, channels, kernel_h, kernel_w,
//   in_h, in_w,
//                          stride, macs
//   pairs                  subnet, cached, queries, and a number each op: cycles, states [each], bytes
//   [each],
//                          hits, energy_pj; pairs_left_out
nlohmann::ordered_json DigestLayers(const std::string& path);

// A directory of `sweep merge`:
//   points, per_point      each shown is the first of so many in plan order
//   index, id              of the points shown
//   axes, metrics          columns by name
//   failed, missing        counts
nlohmann::ordered_json DigestSweep(const std::string& directory);

}  // namespace sushi::report
