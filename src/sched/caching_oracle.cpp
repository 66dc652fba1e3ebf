// Oracle: sees the next Q queries and takes the candidate (or keeps what is cached) that minimises the
// swap plus the service of these queries, each served by the SubNet the serving policy would choose
// under it. A bound for one period, not for the whole stream: it does not look beyond the Q queries.
#include "sushi/core/error.hpp"
#include "sushi/sched/caching_policy.hpp"

namespace sushi {
namespace {

class OracleCaching : public CachingPolicy {
 public:
  explicit OracleCaching(const CachingContext& context) : context_(context) {
    if (context_.serving == nullptr || !context_.swap_time) {
      throw InternalError("oracle caching needs the serving policy and the swap times");
    }
  }

  int lookahead() const override { return context_.period_queries; }

  SubGraphId Decide(const std::vector<int>& /*served*/, SubGraphId cached,
                    const std::vector<Query>& upcoming) override {
    if (upcoming.empty()) return cached;
    SubGraphId best = cached;
    Picoseconds least = ServiceUnder(cached, upcoming);
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      if (id == cached) continue;
      const Picoseconds cost = SwapTo(id, cached) + ServiceUnder(id, upcoming);
      if (cost < least) {
        best = id;
        least = cost;
      }
    }
    return best;
  }

  CachingRationale Explain(const std::vector<int>& /*served*/, SubGraphId cached,
                           const std::vector<Query>& upcoming) const override {
    CachingRationale rationale;
    rationale.rule =
        "knows the queries of the next period and takes what costs least for them, the swap and the service "
        "of each by the SubNet that would then be chosen";
    rationale.measures = {"swap_us", "service_us", "sum_us"};
    rationale.keeps_on_tie = true;
    if (upcoming.empty()) return rationale;
    const auto weigh = [&](SubGraphId id) {
      const Picoseconds swap = SwapTo(id, cached), service = ServiceUnder(id, upcoming);
      const auto micros = [](Picoseconds time) { return static_cast<double>(time.value()) / 1e6; };
      rationale.weighed.push_back(
          {id, (swap + service).value(), {micros(swap), micros(service), micros(swap + service)}});
    };
    weigh(cached);
    for (SubGraphId id = context_.first_candidate; id < context_.end_candidate; ++id) {
      if (id != cached) weigh(id);
    }
    return rationale;
  }

 private:
  Picoseconds SwapTo(SubGraphId id, SubGraphId cached) const {
    return id == cached ? Picoseconds() : context_.swap_time(cached, id);
  }

  Picoseconds ServiceUnder(SubGraphId column, const std::vector<Query>& upcoming) const {
    Picoseconds sum;
    for (const Query& query : upcoming) {
      const Choice choice = context_.serving->Choose(query, column, *context_.table);
      sum += context_.table->At(choice.subnet, column);
    }
    return sum;
  }

  CachingContext context_;
};

}  // namespace

std::unique_ptr<CachingPolicy> MakeOracleCaching(const CachingContext& context) {
  return std::make_unique<OracleCaching>(context);
}

}  // namespace sushi
