#include <limits>
#include <map>

#include "sushi/serving/metrics.hpp"

namespace sushi {
namespace {

// Of one request.
struct Share {
  double seconds = 0, bytes = 0;
};

Share FastestShare(const Profile& profile, int model, int type) {
  const int levels = static_cast<int>(profile.levels(type).size());
  const int subnets = profile.table(model, type).subnets();
  JobShape best;
  double least = std::numeric_limits<double>::infinity();  // seconds a request
  for (int level = 0; level < levels; ++level) {
    for (int s = 0; s < subnets; ++s) {
      for (int batch = 1; batch <= profile.max_batch(); ++batch) {
        const JobShape shape{model, type, level, s, kEmptySubGraphId, batch};
        const double time = static_cast<double>(profile.Time(shape).value()) * 1e-12 / batch;
        if (time >= least) continue;
        least = time;
        best = shape;
      }
    }
  }
  return {least, static_cast<double>(profile.Cost(best).dram_bytes) / best.batch};
}

Share MixOf(const Profile& profile, int type, const std::vector<Tenant>& tenants,
            const std::vector<std::int64_t>& issued, double total) {
  Share mix;
  for (std::size_t t = 0; t < tenants.size(); ++t) {
    if (issued[t] == 0) continue;
    const Share one = FastestShare(profile, tenants[t].model, type);
    const double weight = static_cast<double>(issued[t]) / total;
    mix.seconds += weight * one.seconds;
    mix.bytes += weight * one.bytes;
  }
  return mix;
}

}  // namespace

double ServingCapacityPerS(const Profile& profile, const std::vector<int>& types,
                           const std::vector<Tenant>& tenants, const std::vector<std::int64_t>& issued,
                           double dram_bytes_per_s) {
  double total = 0;
  for (const std::int64_t count : issued) total += static_cast<double>(count);
  if (total == 0) return 0;
  std::map<int, Share> mixes;
  double rate = 0, bytes = 0;  // a second
  for (const int type : types) {
    const auto [known, added] = mixes.try_emplace(type);
    Share& mix = known->second;
    if (added) mix = MixOf(profile, type, tenants, issued, total);
    rate += 1 / mix.seconds;
    bytes += mix.bytes / mix.seconds;
  }
  return dram_bytes_per_s > 0 && bytes > dram_bytes_per_s ? rate * dram_bytes_per_s / bytes : rate;
}

}  // namespace sushi
