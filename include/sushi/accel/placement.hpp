// Where the activations of a batch live, and in how many strips each op runs. Equations P1–P4 and B1, B2 of
// docs/timing-model.md. Depends on the SubNet, the batch and the hardware, not on what the PB holds.
#pragma once

#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi {

struct OpPlacement {
  bool input_on_chip = false;
  bool output_on_chip = false;
  bool residual_on_chip = false;
  int batch = 1;           // inputs that go through the op together; a tensor's *elements*
  int strip_elements = 1;  // elements of every strip but the last; 1 where an element takes several strips
  int strip_out_rows = 0;  // output rows of every strip of an element but its last
  Bytes kept;              // of all tensors kept on chip while the op runs
  Bytes kept_after;        // of those that a later op reads
};

// Kernels of a full kernel tile of a convolution. A depthwise one gives each channel lane a kernel lane
// (V1): as many as the array has of both.
inline int KernelLanes(const AccelConfig& accel, bool depthwise) {
  const DpeArrayConfig& array = accel.dpe_array;
  return depthwise && array.channels < array.kernels ? array.channels : array.kernels;
}
// Channels that an op produces together, on the array or the vector unit.
inline int OutputLanes(const AccelConfig& accel, const Op& op) {
  return op.kind == OpKind::kConv ? KernelLanes(accel, op.depthwise) : accel.vector_lanes;
}

// Bytes of a tensor as the Streaming Buffer and the DRAM hold it: channels padded to whole groups of the
// array's channels (P1; measured iAct loading grows with ⌈C/9⌉·9, not with C).
Bytes PaddedBytes(const Tensor& tensor, const AccelConfig& accel);

// Input rows that the array goes through for some output rows of an element.
struct InputRows {
  int scanned = 0;  // with padding, but for the first rows of it (T2)
  int loaded = 0;
};
// For output rows [begin, end). With the last of all go the rows that the stride leaves over, for the array
// scans them, too.
InputRows RowsUnder(const Op& op, int begin, int end);

// A tensor stays on chip from the op that makes it to the last that reads it when, at every op in
// between, it fits the Streaming Buffer together with the tensors kept before it and the smallest strip
// of an off-chip input (P2, first come first kept), each `batch` times as large (B1). The image is read from
// DRAM, the result written to it. Strips are the largest that fit the Streaming Buffer (P3) and the Output
// Buffer (P4): several elements where whole maps fit (B2). UserError when not even one row of one element
// fits a buffer, naming the op and the buffer.
std::vector<OpPlacement> PlaceActivations(const SubNet& subnet, const AccelConfig& accel, int batch);

// Three padded input rows of one channel tile; nothing for 1×1 and pools, which need no sliding window.
Bytes LineBufferBytes(const Op& op, int channels);

// Each op by itself, one element from and to DRAM, as the board was measured.
OpPlacement PlaceAlone(const SubNet& subnet, const Op& op, const AccelConfig& accel);

}  // namespace sushi
