// What lies in DRAM before an inference, and the result after it. Untimed: it was there before, or somebody
// else fetches it.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "sushi/accel/inference_plan.hpp"
#include "sushi/functional/layout.hpp"
#include "sushi/functional/network_data.hpp"

namespace sushi {

using DramAccess = std::function<void(std::uint64_t address, std::uint8_t* bytes, std::int64_t count)>;

// Of a SuperNet layer.
WeightLayout WeightLayoutOf(const InferencePlanner& planner, int layer);
// The SuperNet's weights, once, in the order of WeightLayout.
void WriteWeights(const InferencePlanner& planner, const NetworkData& data, const DramAccess& write);
// The SubNet's quantisation parameters, image and other tensors from outside.
void WriteSubNet(const InferencePlanner& planner, const NetworkData& data, int subnet,
                 const DramAccess& write);
// A tensor of the SubNet, channel, row, column.
std::vector<std::uint8_t> ReadTensor(const InferencePlanner& planner, int subnet, int tensor,
                                     const DramAccess& read);

}  // namespace sushi
