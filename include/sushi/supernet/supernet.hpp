// A SuperNet is one weight-shared network. A SubNet picks, per SuperNet convolution, the first K
// kernels and first C channels, and which convolutions exist at all. (SUSHI, MLSys 2023, arXiv
// 2306.17266; once-for-all.)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sushi/core/units.hpp"

namespace sushi {

// The largest numbers that a model may hold. They keep every sum over a model below 2^63: a layer's
// weights are at most 2^32·64² = 2^44 bytes and its work 2^50 MACs, and there are 2^12 layers.
inline constexpr int kMaxChannels = 65536;
inline constexpr int kMaxMapSize = 16384;
inline constexpr int kMaxKernelSize = 64;
inline constexpr int kMaxLayers = 4096;
inline constexpr int kMaxSubNets = 1024;
inline constexpr std::int64_t kMaxOpMacs = std::int64_t{1} << 50;

// One convolution of the SuperNet at its largest. The classifier is the last one, not cacheable.
//
// A depthwise layer's kernels have one channel each, so max_channels is 1 and a rectangle K×1. Where smaller
// kernels are the centre of larger ones (`centre_crop`), the weights lie tap by tap, the centre first
// (CentreFirstTap), and taps take the place of channels: max_channels is kernel_h·kernel_w, and a user whose
// kernel is k×k needs the rectangle K×k². Either way a rectangle has K·C·CellBytes() bytes.
struct SuperNetLayer {
  std::string name;  // e.g. "stage2.block0.conv2"
  int max_kernels = 0;
  int max_channels = 0;
  int kernel_h = 1;
  int kernel_w = 1;
  bool cacheable = true;
  bool depthwise = false;
  bool centre_crop = false;  // depthwise, square, of odd size

  int KernelChannels() const { return depthwise ? 1 : max_channels; }  // that one kernel reads
  // Of one kernel and channel of a rectangle.
  int CellBytes() const { return centre_crop ? 1 : kernel_h * kernel_w; }
  Bytes WeightBytes() const { return Bytes(std::int64_t{max_kernels} * max_channels * CellBytes()); }
};

enum class OpKind {
  kConv,         // also the classifier, a 1×1 convolution at one position
  kMaxPool,      // vector unit
  kAveragePool,  // vector unit; the shortcut's 2×2 and the global one
  kScale,        // vector unit; each channel of the input times its value of `residual`, a C×1×1 tensor
};
const char* Name(OpKind kind);

// What a convolution's results pass before they are stored: a table lookup, no cycles.
enum class Activation { kRelu, kHSwish, kHSigmoid, kNone };
const char* Name(Activation activation);

// An activation of one SubNet: `channels` maps of h×w uint8. Tensor 0 is the input image. A tensor that
// no op writes is external like the image: it is read from DRAM (layer tables that leave out what
// comes between two convolutions have such tensors).
struct Tensor {
  int channels = 0;
  int height = 0;
  int width = 0;
};

inline constexpr int kNone = -1;

// Where tap `number` of a centre_crop layer lies in a side × side kernel, row by row. Taps are numbered from
// the centre, ring by ring, each ring row by row: the first side² make that kernel, for every odd side.
int CentreFirstTap(int number, int side);

// One step of a SubNet, in order of execution. Shapes are of the SubNet, not the SuperNet.
struct Op {
  OpKind kind = OpKind::kConv;
  std::string name;
  int supernet_layer = kNone;  // index into SuperNet::layers; kNone for pools
  int kernels = 0;             // output channels (= channels for pools)
  int channels = 0;            // input channels
  int kernel_h = 1, kernel_w = 1;
  int in_h = 0, in_w = 0;
  int pad_h = 0, pad_w = 0;
  int stride_h = 1, stride_w = 1;
  int input = 0;            // tensor read
  int output = 0;           // tensor written
  int residual = kNone;     // tensor added to the output as it drains, same shape as output; kScale: factors
  bool ceil_mode = false;   // pools: a last window that is cut by the border counts (OFA's shortcut pool)
  bool classifier = false;  // the layer whose weights no SubGraph may hold
  bool depthwise = false;   // kernel k reads channel k alone; kernels = channels
  bool bias = false;  // convolutions: of its own; it enters by the kernels' zero points, as batch norm's
  Activation activation = Activation::kRelu;  // convolutions

  int WeightChannels() const { return depthwise ? 1 : channels; }  // of one kernel
  int OutH() const { return Positions(in_h + 2 * pad_h - kernel_h, stride_h); }
  int OutW() const { return Positions(in_w + 2 * pad_w - kernel_w, stride_w); }
  std::int64_t Macs() const;  // useful multiply-accumulates; 0 for pools
  // Whether every number is within the limits above, so that Macs() and sums of it cannot overflow.
  bool WithinLimits() const;
  Bytes WeightBytes() const;  // 0 for pools

 private:
  int Positions(int span, int stride) const { return (span + (ceil_mode ? stride - 1 : 0)) / stride + 1; }
};

struct SubNet {
  std::string name;
  double top1_percent = 0;
  int input_size = 0;  // pixels a side, 0 when the table does not say
  std::vector<Op> ops;
  std::vector<Tensor> tensors;

  std::int64_t Macs() const;       // all ops, classifier included
  std::int64_t ConvMacs() const;   // without the classifier: the GMAC column of FACTS.md §3
  Bytes ConvWeightBytes() const;   // without the classifier; int8, so also their number
  Bytes TotalWeightBytes() const;  // with the classifier, without biases and batch norm
  int ConvLayers() const;          // without the classifier
};

struct SuperNet {
  std::string name;
  std::vector<SuperNetLayer> layers;
  std::vector<SubNet> subnets;

  int FindSubNet(const std::string& subnet_name) const;  // index or kNone
};

}  // namespace sushi
