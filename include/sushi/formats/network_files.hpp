// Weights, quantisation parameters and images from .npy files.
#pragma once

#include <string>

#include "sushi/functional/network_data.hpp"

namespace sushi {

// DIR/LAYER.npy for every SuperNet layer: int8, KCRS, at the layer's largest.
// A directory DIR/SUBNET, where there is one, must hold for every layer that the SubNet keeps
// LAYER.scale.npy, int32 (K), and LAYER.zero_point.npy, int8 (K), and zero_points.npy, uint8, one for each
// tensor in the order of `sushisim model show --json`.
// UserError when a file is missing, has another type or shape, or when a .npy file or a directory has a name
// that means nothing.
void ReadNetwork(const std::string& dir, NetworkData& data);

// The SubNet's image: uint8, (C, H, W) or (1, C, H, W).
void ReadImage(const std::string& path, int subnet, NetworkData& data);

}  // namespace sushi
