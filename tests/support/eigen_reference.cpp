#include "eigen_reference.hpp"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace sushi::testing {
namespace {

using Matrix = Eigen::Matrix<std::int32_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Shape {
  int channels, height, width;
  std::size_t At(int c, int y, int x) const {
    return (static_cast<std::size_t>(c) * static_cast<std::size_t>(height) + static_cast<std::size_t>(y)) *
               static_cast<std::size_t>(width) +
           static_cast<std::size_t>(x);
  }
};

std::uint8_t Clamp(std::int64_t value) {
  return static_cast<std::uint8_t>(std::min<std::int64_t>(255, std::max<std::int64_t>(0, value)));
}

// ⌊numerator / 2^24⌋
std::int64_t FloorShift(std::int64_t numerator) {
  const std::int64_t divisor = 1 << 24;
  return numerator >= 0 ? numerator / divisor : -((-numerator + divisor - 1) / divisor);
}

// Row (c, r, s), column (y, x).
Matrix Im2Col(const Op& op, const Values& input, std::uint8_t padding) {
  const Shape in{op.channels, op.in_h, op.in_w};
  Matrix columns(op.channels * op.kernel_h * op.kernel_w, op.OutH() * op.OutW());
  Eigen::Index row = 0;
  for (int c = 0; c < op.channels; ++c) {
    for (int r = 0; r < op.kernel_h; ++r) {
      for (int s = 0; s < op.kernel_w; ++s, ++row) {
        for (int p = 0; p < op.OutH() * op.OutW(); ++p) {
          const int y = p / op.OutW() * op.stride_h + r - op.pad_h;
          const int x = p % op.OutW() * op.stride_w + s - op.pad_w;
          const bool inside = y >= 0 && y < op.in_h && x >= 0 && x < op.in_w;
          columns(row, p) = inside ? input[in.At(c, y, x)] : padding;
        }
      }
    }
  }
  return columns;
}

Values Convolution(const Op& op, const Values& input, const std::vector<std::int8_t>& weights,
                   const std::vector<QuantParam>& params, std::uint8_t padding) {
  const Eigen::Index depth = Eigen::Index{op.channels} * op.kernel_h * op.kernel_w;
  const Eigen::Map<const Eigen::Matrix<std::int8_t, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>> kernels(
      weights.data(), op.kernels, depth);
  const Matrix sums = kernels.cast<std::int32_t>() * Im2Col(op, input, padding);
  Values output;
  for (int k = 0; k < op.kernels; ++k) {
    const QuantParam& param = params[static_cast<std::size_t>(k)];
    for (Eigen::Index p = 0; p < sums.cols(); ++p) {
      const std::int64_t product = std::int64_t{sums(k, p)} * param.scale;
      output.push_back(Clamp(FloorShift(product + (1 << 23)) + param.zero_point));
    }
  }
  return output;
}

// Kernel k of a depthwise convolution meets channel k alone.
Values Depthwise(const Op& op, const Values& input, const std::vector<std::int8_t>& weights,
                 const std::vector<QuantParam>& params, std::uint8_t padding) {
  const std::ptrdiff_t taps = std::ptrdiff_t{op.kernel_h} * op.kernel_w;
  const std::ptrdiff_t map = std::ptrdiff_t{op.in_h} * op.in_w;
  Op one = op;
  one.kernels = one.channels = 1;
  one.depthwise = false;
  Values output;
  for (std::ptrdiff_t k = 0; k < op.kernels; ++k) {
    const Values channel(input.begin() + k * map, input.begin() + (k + 1) * map);
    const std::vector<std::int8_t> kernel(weights.begin() + k * taps, weights.begin() + (k + 1) * taps);
    const Values result = Convolution(one, channel, kernel, {params[static_cast<std::size_t>(k)]}, padding);
    output.insert(output.end(), result.begin(), result.end());
  }
  return output;
}

// In fractions: h-swish(x) = x·min(max(x + 3, 0), 6)/6 with 16 steps a unit; h-sigmoid 255 for 1.
Values Activated(Activation activation, Values values, int zero_point) {
  for (std::uint8_t& value : values) {
    const double x = (value - zero_point) / 16.0;
    const double sigmoid = std::min(std::max(x + 3, 0.0), 6.0);  // times 6; exact, as is its product with x
    const auto rounded = [](double sixths) {
      return static_cast<std::int64_t>(std::floor((2 * sixths + 6) / 12));
    };
    if (activation == Activation::kHSwish) value = Clamp(rounded(16 * x * sigmoid) + zero_point);
    if (activation == Activation::kHSigmoid) value = Clamp(rounded(255 * sigmoid));
  }
  return values;
}

Values Scaled(const Op& op, const Values& input, const Values& factors, int zero_point) {
  Values output;
  for (std::size_t i = 0; i < input.size(); ++i) {
    const std::size_t channel = i / (static_cast<std::size_t>(op.in_h) * static_cast<std::size_t>(op.in_w));
    const double product = (input[i] - zero_point) * static_cast<double>(factors[channel]);
    output.push_back(Clamp(static_cast<std::int64_t>(std::floor((2 * product + 255) / 510)) + zero_point));
  }
  return output;
}

Values Pooling(const Op& op, const Values& input, std::uint8_t zero_point) {
  const Shape in{op.channels, op.in_h, op.in_w};
  Values output;
  for (int c = 0; c < op.channels; ++c) {
    for (int p = 0; p < op.OutH() * op.OutW(); ++p) {
      std::vector<int> values;
      for (int r = 0; r < op.kernel_h; ++r) {
        for (int s = 0; s < op.kernel_w; ++s) {
          const int y = p / op.OutW() * op.stride_h + r - op.pad_h;
          const int x = p % op.OutW() * op.stride_w + s - op.pad_w;
          if (y >= 0 && y < op.in_h && x >= 0 && x < op.in_w) values.push_back(input[in.At(c, y, x)]);
        }
      }
      std::int64_t result = zero_point;
      if (!values.empty() && op.kind == OpKind::kMaxPool) {
        result = *std::max_element(values.begin(), values.end());
      } else if (!values.empty()) {
        std::int64_t sum = 0;
        for (const int value : values) sum += value;
        const auto n = static_cast<std::int64_t>(values.size());
        result = (2 * sum + n) / (2 * n);  // half up
      }
      output.push_back(Clamp(result));
    }
  }
  return output;
}

}  // namespace

std::vector<std::int8_t> WeightsOf(const NetworkData& data, const Op& op) {
  const SuperNetLayer& layer = data.net().layers[static_cast<std::size_t>(op.supernet_layer)];
  const std::vector<std::int8_t>& all = data.weights(op.supernet_layer);
  const std::ptrdiff_t taps = std::ptrdiff_t{op.kernel_h} * op.kernel_w;
  std::vector<std::int8_t> kept;
  if (layer.centre_crop) {
    const std::ptrdiff_t cut = (layer.kernel_h - op.kernel_h) / 2;  // rows and columns on each side
    for (std::ptrdiff_t k = 0; k < op.kernels; ++k) {
      for (std::ptrdiff_t r = cut; r < cut + op.kernel_h; ++r) {
        const auto row = all.begin() + (k * layer.kernel_h + r) * layer.kernel_w;
        kept.insert(kept.end(), row + cut, row + cut + op.kernel_w);
      }
    }
    return kept;
  }
  for (std::ptrdiff_t k = 0; k < op.kernels; ++k) {
    const auto first = all.begin() + k * layer.max_channels * taps;
    kept.insert(kept.end(), first, first + op.WeightChannels() * taps);
  }
  return kept;
}

Values ReferenceOp(const NetworkData& data, int subnet, int index, const Values& input,
                   const Values& residual) {
  const Op& op = data.net().subnets[static_cast<std::size_t>(subnet)].ops[static_cast<std::size_t>(index)];
  const std::vector<std::uint8_t> zero_points = data.ZeroPoints(subnet);
  const std::uint8_t zero_point = zero_points[static_cast<std::size_t>(op.input)];
  if (op.kind == OpKind::kScale) return Scaled(op, input, residual, zero_point);
  Values output;
  if (op.kind == OpKind::kConv) {
    const auto convolve = op.depthwise ? Depthwise : Convolution;
    output =
        convolve(op, input, WeightsOf(data, op), data.QuantParams(subnet, op.supernet_layer), zero_point);
    output = Activated(op.activation, output, zero_points[static_cast<std::size_t>(op.output)]);
  } else {
    output = Pooling(op, input, zero_point);
  }
  if (op.residual == kNone) return output;
  for (std::size_t i = 0; i < output.size(); ++i) {
    output[i] =
        Clamp(std::int64_t{output[i]} + residual[i] - zero_points[static_cast<std::size_t>(op.residual)]);
  }
  return output;
}

std::vector<Values> ReferenceTensors(const NetworkData& data, int subnet) {
  const SubNet& net = data.net().subnets[static_cast<std::size_t>(subnet)];
  std::vector<Values> tensors(net.tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    if (IsExternal(net, static_cast<int>(i))) tensors[i] = data.External(subnet, static_cast<int>(i));
  }
  for (std::size_t i = 0; i < net.ops.size(); ++i) {
    const Op& op = net.ops[i];
    tensors[static_cast<std::size_t>(op.output)] =
        ReferenceOp(data, subnet, static_cast<int>(i), tensors[static_cast<std::size_t>(op.input)],
                    op.residual == kNone ? Values() : tensors[static_cast<std::size_t>(op.residual)]);
  }
  return tensors;
}

}  // namespace sushi::testing
