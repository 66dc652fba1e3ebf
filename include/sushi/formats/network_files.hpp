// Weights and images from .npy files.
#pragma once

#include <string>

#include "sushi/functional/network_data.hpp"

namespace sushi {

// DIR/<SuperNet layer>.npy for every layer: int8, KCRS, at the layer's largest. UserError when one is
// missing, has another type or shape, or when DIR holds a .npy file that no layer is named like.
void ReadWeights(const std::string& dir, NetworkData& data);

// The SubNet's image: uint8, (C, H, W) or (1, C, H, W).
void ReadImage(const std::string& path, int subnet, NetworkData& data);

}  // namespace sushi
