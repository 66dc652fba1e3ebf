// How far a scheduler is from the best: bounds that no schedule can pass, not even one that knows the future.
#pragma once

#include <cstdint>
#include <vector>

#include "sushi/serving/profile.hpp"

namespace sushi {

// A way to serve: a batch of a SubNet on a type of accelerator takes at least `time`.
struct BoundShape {
  int type = 0, subnet = 0, batch = 1;
  Picoseconds time;
};

struct BoundModel {
  std::vector<double> top1_percent;  // by SubNet
  std::vector<BoundShape> shapes;
};

// The least times over levels and what may be cached, for batches of up to max_batch() on each of `types`.
BoundModel LeastTimes(const Profile& profile, int model, const std::vector<int>& types);

// A cascade's request may count as arrived with its frame: it then has more time than it will get.
struct BoundRequest {
  int model = 0;
  Picoseconds arrival, deadline;
  double accuracy_min_percent = 0;  // less accurate SubNets do not count as serving it; 0: all do
};

// "In time" is: served by its deadline by a SubNet that counts. A call takes O(c · S · n log n), where c is
// the number of different (model, accuracy_min, deadline − arrival) that admit different shapes, S SubNets.
class OfflineBound {
 public:
  // `types` of the accelerators. InternalError: none, or a request of a model that is not there.
  OfflineBound(const std::vector<BoundModel>& models, const std::vector<int>& types,
               const std::vector<BoundRequest>& requests);

  // At least as many as any schedule serves in time.
  std::int64_t InTime() const;
  // At least Σ accuracy of those in time, in percent, of any schedule.
  double AccuracySum() const;
  // At least the mean accuracy, over those in time, of any schedule that serves `in_time` ≥ 1 or more in
  // time. What exceeds InTime() no schedule serves, and nothing is said of it.
  double MeanAccuracy(std::int64_t in_time) const;

 private:
  struct SubNetWork {
    double work = 0, top1_percent = 0;
  };
  using RequestClass = std::vector<SubNetWork>;  // the SubNets that count
  struct Window {
    double arrival, deadline;
    std::size_t of_class;
  };

  double Best(double per_request, double per_percent) const;
  double WorkInTime(const std::vector<double>& work_of_class) const;

  double capacity_ = 0;  // work of all accelerators in a picosecond
  double best_top1_ = 0;
  std::vector<RequestClass> classes_;
  std::vector<Window> windows_;  // of requests that can be in time alone; by arrival
};

}  // namespace sushi
