// What the on-chip buffers hold when data move: plain C++, owned by the modules of hw/sushi_accel.hpp.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <vector>

#include "sushi/functional/arithmetic.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

// The Persistent Buffer: its own copy of a rectangle of each layer's weights. A place outside the
// rectangle reads as 0.
class CachedWeights {
 public:
  // Makes room for `rect`; what both the old and the new rectangle hold stays, the rest is 0.
  void Reshape(int layer, Rect rect, int taps);
  void Set(int layer, int kernel, int channel, int tap, std::int8_t weight);
  std::int8_t At(int layer, int kernel, int channel, int tap) const;

 private:
  struct Layer {
    Rect rect;
    int taps = 1;
    std::vector<std::int8_t> weights;  // kernel, channel, tap
    bool Holds(int kernel, int channel) const { return kernel < rect.kernels && channel < rect.channels; }
    std::size_t Place(int kernel, int channel, int tap) const {
      return (static_cast<std::size_t>(kernel) * static_cast<std::size_t>(rect.channels) +
              static_cast<std::size_t>(channel)) *
                 static_cast<std::size_t>(taps) +
             static_cast<std::size_t>(tap);
    }
  };
  std::map<int, Layer> layers_;
};

// The Dynamic Buffer: the fetched weights of the units under way, oldest first.
struct WeightBanks {
  std::deque<std::vector<std::uint8_t>> banks;
  std::map<int, std::vector<std::uint8_t>> kept;  // by unit of the strip, when later strips use them again
};

// The Streaming Buffer: whole tensors that stay on chip, and the strip of an off-chip input. Row, column,
// channel.
struct ActivationStore {
  std::map<int, std::vector<std::uint8_t>> tensors;
  std::vector<std::uint8_t> strip;
  int strip_first_row = 0, strip_rows = 0;
};

struct QuantParamBytes {
  std::vector<std::uint8_t> bytes;  // 5 for each kernel from first_kernel on
  int first_kernel = 0;
};

struct BufferContents {
  CachedWeights& persistent;
  WeightBanks& dynamic;
  ActivationStore& streaming;
  std::vector<std::int16_t>& line;    // windows
  std::vector<std::int32_t>& output;  // partial sums: position, kernel
  QuantParamBytes& quant_params;
};

}  // namespace sushi
