// SUSHI's caching: the candidate nearest to AvgNet, the mean vector of the SubNets served in the
// period (docs/scheduling.md). With S the sum of the n served vectors and G a candidate,
//   |S/n − G|² = (n·|G|² − 2·G·S)/n + |S/n|²,
// and the last term and the n > 0 are common to all candidates, so the integer n·|G|² − 2·G·S orders
// them exactly. G·S is a sum of the products G·(SubNet vector), which are known beforehand: a decision
// costs candidates × SubNets operations.
#include <cmath>
#include <utility>

#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

// n·|G|² passes 64 bits for long periods of very wide nets.
using Int128 = WideInt;

std::int64_t Dot(const SubGraph& a, const SubGraph& b) {
  if (a.rects.size() != b.rects.size()) throw InternalError("SubGraphs of different SuperNets");
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < a.rects.size(); ++i) {
    sum += std::int64_t{a.rects[i].kernels} * b.rects[i].kernels +
           std::int64_t{a.rects[i].channels} * b.rects[i].channels;
  }
  return sum;
}

class AvgNetCaching : public CachingPolicy {
 public:
  explicit AvgNetCaching(const CachingContext& context)
      : table_(*context.table),
        first_(context.first_candidate),
        counts_(static_cast<std::size_t>(context.table->subnets())) {
    const LatencyTable& table = *context.table;
    for (SubGraphId id = first_; id < context.end_candidate; ++id) {
      const SubGraph& graph = table.Column(id).graph;
      Candidate candidate;
      candidate.norm = Dot(graph, graph);
      for (int subnet = 0; subnet < table.subnets(); ++subnet) {
        candidate.products.push_back(Dot(graph, table.SubNetVector(subnet)));
      }
      candidates_.push_back(candidate);
    }
  }

  SubGraphId Decide(const std::vector<int>& served, SubGraphId cached,
                    const std::vector<Query>& /*upcoming*/) override {
    if (served.empty() || candidates_.empty()) return cached;
    Count(served, counts_);
    std::size_t best = 0;
    Int128 least = Score(candidates_[0], counts_, served.size());
    for (std::size_t i = 1; i < candidates_.size(); ++i) {
      const Int128 score = Score(candidates_[i], counts_, served.size());
      if (score < least) {
        best = i;
        least = score;
      }
    }
    return first_ + static_cast<SubGraphId>(best);
  }

  // With S and n as above, n·score + |S|² is n² times the squared distance.
  CachingRationale Explain(const std::vector<int>& served, SubGraphId /*cached*/,
                           const std::vector<Query>& /*upcoming*/) const override {
    CachingRationale rationale;
    rationale.rule =
        "takes the candidate nearest to AvgNet, the mean of the vectors of the SubNets served since the "
        "decision before (a vector lists each layer's kernels and channels)";
    rationale.measures = {"distance"};
    rationale.wanted_name = "AvgNet";
    if (served.empty()) return rationale;
    std::vector<std::int64_t> counts(counts_.size());
    Count(served, counts);
    const auto queries = static_cast<double>(served.size());
    Int128 norm = 0;
    for (const auto& [kernels, channels] : Sum(counts)) {
      norm += static_cast<Int128>(kernels) * kernels + static_cast<Int128>(channels) * channels;
      rationale.wanted.push_back(
          {static_cast<double>(kernels) / queries, static_cast<double>(channels) / queries});
    }
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const Int128 score = Score(candidates_[i], counts, served.size());
      const Int128 square = static_cast<Int128>(served.size()) * score + norm;
      rationale.weighed.push_back(
          {first_ + static_cast<SubGraphId>(i), score, {std::sqrt(static_cast<double>(square)) / queries}});
    }
    return rationale;
  }

 private:
  struct Candidate {
    std::int64_t norm = 0;               // |G|²
    std::vector<std::int64_t> products;  // G · the vector of each SubNet
  };

  static void Count(const std::vector<int>& served, std::vector<std::int64_t>& counts) {
    counts.assign(counts.size(), 0);
    for (const int subnet : served) ++counts[static_cast<std::size_t>(subnet)];
  }

  static Int128 Score(const Candidate& candidate, const std::vector<std::int64_t>& counts,
                      std::size_t served) {
    Int128 product = 0;
    for (std::size_t subnet = 0; subnet < counts.size(); ++subnet) {
      product += static_cast<Int128>(counts[subnet]) * candidate.products[subnet];
    }
    return static_cast<Int128>(served) * candidate.norm - 2 * product;
  }

  // S: kernels and channels per SuperNet layer.
  std::vector<std::pair<std::int64_t, std::int64_t>> Sum(const std::vector<std::int64_t>& counts) const {
    std::vector<std::pair<std::int64_t, std::int64_t>> sum(table_.SubNetVector(0).rects.size());
    for (std::size_t subnet = 0; subnet < counts.size(); ++subnet) {
      const SubGraph& vector = table_.SubNetVector(static_cast<int>(subnet));
      for (std::size_t i = 0; i < sum.size(); ++i) {
        sum[i].first += counts[subnet] * vector.rects[i].kernels;
        sum[i].second += counts[subnet] * vector.rects[i].channels;
      }
    }
    return sum;
  }

  const LatencyTable& table_;
  SubGraphId first_;
  std::vector<Candidate> candidates_;
  std::vector<std::int64_t> counts_;  // of the SubNets served in the period
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeAvgNetCaching(const CachingContext& context) {
  return std::make_unique<AvgNetCaching>(context);
}

}  // namespace sushi
