// Everything that one layer worked with, as files for a check outside.
#pragma once

#include "sushi/formats/output_directory.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi::report {

const ResultFileNames& LayerDumpNames();  // of all files there may be

// input.npy, output.npy and, where the layer has them, weights.npy, scale.npy, zero_point.npy, residual.npy;
// layer.json with the op's parameters and the zero points of its tensors. docs/functional.md.
void WriteLayerDump(const SuperNet& net, const LayerRecord& record, const OutputDirectory& out);

}  // namespace sushi::report
