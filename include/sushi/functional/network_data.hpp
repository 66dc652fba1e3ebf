// The numbers of a SuperNet: weights, quantisation parameters, zero points, images. Made from a seed, or
// handed in. A seed gives the same numbers everywhere, and those of one layer do not depend on another's.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "sushi/functional/arithmetic.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi {

class NetworkData {
 public:
  static constexpr std::int64_t kMostBytes = std::int64_t{16} << 30;  // of all weights, and of a tensor

  // `net` must outlive this. UserError when a sum could overflow (CheckAccumulators), or a size is beyond
  // kMostBytes.
  NetworkData(const SuperNet& net, std::uint64_t seed);

  const SuperNet& net() const { return net_; }
  // Of a SuperNet layer at its largest, KCRS. SubNets use the first kernels and channels.
  const std::vector<std::int8_t>& weights(int layer) const {
    return weights_[static_cast<std::size_t>(layer)];
  }
  void SetWeights(int layer, std::vector<std::int8_t> kcrs);

  // Of a SubNet's use of a SuperNet layer; one for each kernel that it keeps.
  std::vector<QuantParam> QuantParams(int subnet, int layer) const;
  void SetQuantParams(int subnet, int layer, std::vector<QuantParam> params);
  // Of every tensor: what stands for zero, and pads. A pool's output has its input's.
  std::vector<std::uint8_t> ZeroPoints(int subnet) const;
  void SetZeroPoints(int subnet, std::vector<std::uint8_t> of_tensors);
  // A tensor that no op writes (tensor 0: the image), channel, row, column.
  std::vector<std::uint8_t> External(int subnet, int tensor) const;
  void SetImage(int subnet, std::vector<std::uint8_t> chw) { images_[subnet] = std::move(chw); }

 private:
  const SuperNet& net_;
  std::uint64_t seed_;
  std::vector<std::vector<std::int8_t>> weights_;
  // What was handed in, by SubNet.
  std::map<int, std::vector<std::uint8_t>> images_, zero_points_;
  std::map<std::pair<int, int>, std::vector<QuantParam>> quant_params_;  // and layer
};

// Kernels of a SuperNet layer that a SubNet keeps; 0 when it leaves the layer out.
std::size_t KernelsKept(const SuperNet& net, int subnet, int layer);
// Whether no op of the SubNet writes the tensor.
bool IsExternal(const SubNet& subnet, int tensor);

}  // namespace sushi
