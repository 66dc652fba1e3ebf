// SUSHI's caching: the candidate nearest to AvgNet, the mean vector of the SubNets served in the
// period (docs/scheduling.md). With S the sum of the n served vectors and G a candidate,
//   |S/n − G|² = (n·|G|² − 2·G·S)/n + |S/n|²,
// and the last term and the n > 0 are common to all candidates, so the integer n·|G|² − 2·G·S orders
// them exactly. G·S is a sum of the products G·(SubNet vector), which are known beforehand: a decision
// costs candidates × SubNets operations.
#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

// n·|G|² passes 64 bits for long periods of very wide nets.
__extension__ using Int128 = __int128;

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
      : first_(context.first_candidate), counts_(static_cast<std::size_t>(context.table->subnets())) {
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
    counts_.assign(counts_.size(), 0);
    for (const int subnet : served) ++counts_[static_cast<std::size_t>(subnet)];
    std::size_t best = 0;
    Int128 least = Score(candidates_[0], served.size());
    for (std::size_t i = 1; i < candidates_.size(); ++i) {
      const Int128 score = Score(candidates_[i], served.size());
      if (score < least) {
        best = i;
        least = score;
      }
    }
    return first_ + static_cast<SubGraphId>(best);
  }

 private:
  struct Candidate {
    std::int64_t norm = 0;               // |G|²
    std::vector<std::int64_t> products;  // G · the vector of each SubNet
  };

  Int128 Score(const Candidate& candidate, std::size_t served) const {
    Int128 product = 0;
    for (std::size_t subnet = 0; subnet < counts_.size(); ++subnet) {
      product += static_cast<Int128>(counts_[subnet]) * candidate.products[subnet];
    }
    return static_cast<Int128>(served) * candidate.norm - 2 * product;
  }

  SubGraphId first_;
  std::vector<Candidate> candidates_;
  std::vector<std::int64_t> counts_;  // of the SubNets served in the period
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeAvgNetCaching(const CachingContext& context) {
  return std::make_unique<AvgNetCaching>(context);
}

}  // namespace sushi
