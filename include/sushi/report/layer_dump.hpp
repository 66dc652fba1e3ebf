// Everything that one layer worked with, as files for a check outside.
#pragma once

#include "sushi/formats/output_directory.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi::report {

inline constexpr const char* kLayerDumpMarker = "layer.json";

// input.npy, output.npy and, where the layer has them, weights.npy, scale.npy, zero_point.npy, residual.npy;
// layer.json with the op's parameters and the zero points of its tensors. docs/functional.md.
void WriteLayerDump(const SuperNet& net, const LayerRecord& record, const OutputDirectory& out);

}  // namespace sushi::report
