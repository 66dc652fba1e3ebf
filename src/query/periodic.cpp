#include "sushi/query/periodic.hpp"

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr Picoseconds kLastArrival{std::int64_t{1'000'000'000'000'000'000}};  // 10^12 us, as for generators

class Periodic : public QuerySource {
 public:
  Periodic(std::int64_t frames, Picoseconds period, Picoseconds offset)
      : frames_(frames), period_(period), next_(offset) {}

  bool Next(Query& query) override {
    if (id_ == frames_) return false;
    if (next_ > kLastArrival) {
      throw UserError("period_us: frame " + std::to_string(id_) + " would arrive later than 10^12 us");
    }
    query = Query();
    query.id = id_++;
    query.arrival = next_;
    query.latency_max = period_;
    next_ += period_;
    return true;
  }

 private:
  std::int64_t frames_, id_ = 0;
  Picoseconds period_, next_;
};

}  // namespace

std::unique_ptr<QuerySource> MakePeriodic(std::int64_t frames, Picoseconds period, Picoseconds offset) {
  return std::make_unique<Periodic>(frames, period, offset);
}

}  // namespace sushi
