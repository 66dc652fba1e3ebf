// Choices that several schedulers share.
#pragma once

#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "sushi/serving/scheduler.hpp"

namespace sushi {

// The idle accelerator of lowest index, -1 when all run.
int FirstIdle(const SystemView& view);

int ModelOf(const SystemView& view, const Request& request);

// First come: by arrival, then id.
bool Older(const Request& a, const Request& b);
const Request& OldestWaiting(const SystemView& view);  // one waits

// What a request would be served as on an accelerator, alone in its batch at level 0, with what is cached
// there.
JobShape ShapeOn(const SystemView& view, int accelerator, const Request& request, int subnet, int batch = 1);

struct SubNetChoice {
  int subnet = 0;
  Picoseconds time;
  bool in_time = false;  // false: the fastest, as none is ready by the deadline
};

// The most accurate SubNet that is ready by the deadline if it begins now; else the fastest. Ties: the
// faster, then the lower index.
SubNetChoice MostAccurateInTime(const SystemView& view, int accelerator, const Request& request);

// Up to `batch` requests of the head's model: the head of the queue, then those behind it in the queue's
// order for which `takes` holds (null: all).
std::vector<const Request*> TakeBatch(const SystemView& view, int batch,
                                      const std::function<bool(const Request&)>& takes = nullptr);

// A way to serve requests of one model on one type of accelerator with one column cached, at level 0.
struct ServingTuple {
  int subnet = 0;
  int batch = 1;
  Picoseconds time;
  double top1_percent = 0;
};

// Every batch up to the profile's largest × every SubNet.
std::vector<ServingTuple> AllTuples(const Profile& profile, int model, int type, SubGraphId cached);

// What a scheduler decides before any request arrives: tuples from the one it likes best to the one it likes
// least, of which the first that is fast enough serves. Tuples that would never be chosen, as one liked
// better is no slower, are left out.
class TupleLadder {
 public:
  // `fallback` serves when none is fast enough.
  TupleLadder(const std::vector<ServingTuple>& by_preference, const ServingTuple& fallback);
  const ServingTuple& Pick(Picoseconds at_most) const;

 private:
  std::vector<ServingTuple> rungs_;  // times strictly decrease
  ServingTuple fallback_;
};

// Which ladder: a model, a type, a column and the largest batch that its tuples may have.
struct LadderKey {
  int model = 0, type = 0;
  SubGraphId cached = kEmptySubGraphId;
  int most = 0;
};

// Each is built when it is first asked for.
class LadderBook {
 public:
  using Build = std::function<TupleLadder(const Profile&, const LadderKey&)>;
  explicit LadderBook(Build build) : build_(std::move(build)) {}
  const TupleLadder& Of(const Profile& profile, const LadderKey& key);

 private:
  Build build_;
  std::map<std::tuple<int, int, SubGraphId, int>, TupleLadder> ladders_;
};

// Which batches a ladder has: all that the profile knows, or those that the waiting requests of the head's
// model can fill.
enum class BatchLimit { kProfile, kWaiting };

// The head of the queue and those of its model behind it, on the first idle accelerator, as the ladder says
// for a time of at most the head's deadline − now − `margin`. Nothing to do: the decision stays empty.
void DispatchByLadder(const SystemView& view, LadderBook& book, Picoseconds margin, BatchLimit limit,
                      Decision& decision);

}  // namespace sushi
