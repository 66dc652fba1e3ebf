// Choices that several schedulers share.
#pragma once

#include "sushi/serving/scheduler.hpp"

namespace sushi {

// The idle accelerator of lowest index, -1 when all run.
int FirstIdle(const SystemView& view);

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

}  // namespace sushi
