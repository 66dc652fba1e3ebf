// Frames of a camera: one every period.
#pragma once

#include <memory>

#include "sushi/query/query.hpp"

namespace sushi {

// Frame n arrives at offset + n · period; its targets are left to the tenant (latency_max is the period).
std::unique_ptr<QuerySource> MakePeriodic(std::int64_t frames, Picoseconds period, Picoseconds offset);

}  // namespace sushi
