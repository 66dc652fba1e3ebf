// What a layer must give, computed directly: im2col and one matrix product in int32, none of the tiles,
// buffers and layouts of the simulator.
#pragma once

#include <cstdint>
#include <vector>

#include "sushi/functional/network_data.hpp"

namespace sushi::testing {

using Values = std::vector<std::uint8_t>;  // channel, row, column

// The kernels and channels that an op keeps of its SuperNet layer, KCRS.
std::vector<std::int8_t> WeightsOf(const NetworkData& data, const Op& op);

// The output of one op. `residual` is empty where the op has none.
Values ReferenceOp(const NetworkData& data, int subnet, int op, const Values& input, const Values& residual);

// Every tensor of a SubNet.
std::vector<Values> ReferenceTensors(const NetworkData& data, int subnet);

}  // namespace sushi::testing
