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
      const Picoseconds cost = context_.swap_time(cached, id) + ServiceUnder(id, upcoming);
      if (cost < least) {
        best = id;
        least = cost;
      }
    }
    return best;
  }

 private:
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
