#include "sushi/functional/network_data.hpp"

#include <algorithm>
#include <random>
#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

enum class Stream : std::uint64_t { kWeights = 1, kQuantParams, kZeroPoints, kExternal };

// Numbers from an engine of its own for every purpose.
class Numbers {
 public:
  Numbers(std::uint64_t seed, Stream stream, std::uint64_t a, std::uint64_t b)
      : engine_(Mix(Mix(Mix(seed) ^ static_cast<std::uint64_t>(stream)) ^ (a << 32) ^ b)) {}
  int Byte() {
    if (left_ == 0) {
      bits_ = engine_();
      left_ = sizeof bits_;
    }
    --left_;
    const int byte = static_cast<int>(bits_ & 0xff);
    bits_ >>= 8;
    return byte;
  }
  // low … high, of a range below 2^24; nearly uniform.
  int Next(int low, int high) {
    int wide = Byte();
    wide = wide << 8 | Byte();
    wide = wide << 8 | Byte();
    return low + static_cast<int>(std::int64_t{wide} * (high - low + 1) >> 24);
  }

 private:
  static std::uint64_t Mix(std::uint64_t x) {  // splitmix64, Steele et al. 2014
    x += 0x9e3779b97f4a7c15U;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31);
  }
  std::mt19937_64 engine_;
  std::uint64_t bits_ = 0;
  std::size_t left_ = 0;  // bytes of bits_
};

std::int64_t IntegerRoot(std::int64_t n) {
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 31; bit > 0; bit >>= 1) {
    if ((root + bit) * (root + bit) <= n) root += bit;
  }
  return root;
}

// A kernel's weights add up to about nothing at every tap, whatever number of channels is kept: each is the
// difference of two neighbours in a random sequence. Otherwise the mean of the inputs would drown their
// differences after a few layers, and every position of a map would hold the same value.
std::vector<std::int8_t> RandomWeights(const SuperNetLayer& layer, std::uint64_t seed, std::size_t index) {
  constexpr int kHighest = 128;
  Numbers numbers(seed, Stream::kWeights, index, 0);
  const std::size_t taps =
      static_cast<std::size_t>(layer.kernel_h) * static_cast<std::size_t>(layer.kernel_w);
  std::vector<std::int8_t> weights;
  weights.reserve(static_cast<std::size_t>(layer.WeightBytes().value()));
  std::vector<int> before(taps);
  for (int k = 0; k < layer.max_kernels; ++k) {
    std::fill(before.begin(), before.end(), kHighest / 2);
    for (int c = 0; c < layer.KernelChannels(); ++c) {
      for (int& last : before) {
        const int next = numbers.Byte() * (kHighest + 1) >> 8;
        weights.push_back(static_cast<std::int8_t>(std::min(next - last, 127)));
        last = next;
      }
    }
  }
  return weights;
}

// Such weights deviate by 52, so a sum of n products with inputs that deviate by 48 deviates by about
// 2500·√n. The scale gives results that deviate as much as the inputs: a long chain neither fades nor clips
// everywhere.
std::int64_t ScaleFor(std::int64_t products) {
  constexpr std::int64_t kOneProduct = (std::int64_t{48} << kScaleFractionBits) / 2500;
  constexpr int kRootBits = 10;
  return (kOneProduct << kRootBits) / IntegerRoot(products << (2 * kRootBits));
}

void CheckSize(const std::string& what, std::int64_t bytes) {
  if (bytes <= NetworkData::kMostBytes) return;
  throw UserError(what + " would take " + std::to_string(bytes) + " bytes, more than the " +
                  std::to_string(NetworkData::kMostBytes) + " that --functional holds");
}

void CheckSizes(const SuperNet& net) {
  std::int64_t weights = 0;
  for (const SuperNetLayer& layer : net.layers) weights += layer.WeightBytes().value();
  CheckSize("the weights of " + net.name, weights);
  for (const SubNet& subnet : net.subnets) {
    for (const Tensor& tensor : subnet.tensors) {
      CheckSize("an activation of " + subnet.name,
                std::int64_t{tensor.channels} * tensor.height * tensor.width);
    }
  }
}

}  // namespace

NetworkData::NetworkData(const SuperNet& net, std::uint64_t seed) : net_(net), seed_(seed) {
  CheckAccumulators(net);
  CheckSizes(net);
  for (std::size_t i = 0; i < net.layers.size(); ++i)
    weights_.push_back(RandomWeights(net.layers[i], seed, i));
}

void NetworkData::SetWeights(int layer, std::vector<std::int8_t> kcrs) {
  std::vector<std::int8_t>& weights = weights_[static_cast<std::size_t>(layer)];
  if (kcrs.size() != weights.size()) throw InternalError("weights of another size");
  weights = std::move(kcrs);
}

std::vector<QuantParam> NetworkData::QuantParams(int subnet, int layer) const {
  const auto given = quant_params_.find({subnet, layer});
  if (given != quant_params_.end()) return given->second;
  std::int64_t products = 0;
  for (const Op& op : net_.subnets[static_cast<std::size_t>(subnet)].ops) {
    if (op.supernet_layer != layer) continue;
    products = std::max(products, std::int64_t{op.WeightChannels()} * op.kernel_h * op.kernel_w);
  }
  Numbers numbers(seed_, Stream::kQuantParams, static_cast<std::uint64_t>(subnet),
                  static_cast<std::uint64_t>(layer));
  std::vector<QuantParam> params(KernelsKept(net_, subnet, layer));
  for (QuantParam& param : params) {
    param.scale = static_cast<std::int32_t>(ScaleFor(products) * numbers.Next(768, 1280) / 1024);
    param.zero_point = static_cast<std::int8_t>(numbers.Next(96, 127));
  }
  return params;
}

void NetworkData::SetQuantParams(int subnet, int layer, std::vector<QuantParam> params) {
  if (params.size() != KernelsKept(net_, subnet, layer)) throw InternalError("parameters of another number");
  quant_params_[{subnet, layer}] = std::move(params);
}

void NetworkData::SetZeroPoints(int subnet, std::vector<std::uint8_t> of_tensors) {
  if (of_tensors.size() != net_.subnets[static_cast<std::size_t>(subnet)].tensors.size()) {
    throw InternalError("zero points of another number");
  }
  zero_points_[subnet] = std::move(of_tensors);
}

std::vector<std::uint8_t> NetworkData::ZeroPoints(int subnet) const {
  const auto given = zero_points_.find(subnet);
  if (given != zero_points_.end()) return given->second;
  const SubNet& net = net_.subnets[static_cast<std::size_t>(subnet)];
  Numbers numbers(seed_, Stream::kZeroPoints, static_cast<std::uint64_t>(subnet), 0);
  std::vector<std::uint8_t> zero_points(net.tensors.size());
  for (std::uint8_t& zero_point : zero_points) zero_point = static_cast<std::uint8_t>(numbers.Next(80, 127));
  for (const Op& op : net.ops) {
    // A factor's zero is 0 (F8).
    if (op.activation == Activation::kHSigmoid) zero_points[static_cast<std::size_t>(op.output)] = 0;
    if (op.kind == OpKind::kConv) continue;
    zero_points[static_cast<std::size_t>(op.output)] = zero_points[static_cast<std::size_t>(op.input)];
  }
  return zero_points;
}

std::vector<std::uint8_t> NetworkData::External(int subnet, int tensor) const {
  const auto image = images_.find(subnet);
  if (tensor == 0 && image != images_.end()) return image->second;
  const Tensor& shape =
      net_.subnets[static_cast<std::size_t>(subnet)].tensors[static_cast<std::size_t>(tensor)];
  Numbers numbers(seed_, Stream::kExternal, static_cast<std::uint64_t>(tensor), 0);
  std::vector<std::uint8_t> values(static_cast<std::size_t>(shape.channels) *
                                   static_cast<std::size_t>(shape.height) *
                                   static_cast<std::size_t>(shape.width));
  for (std::uint8_t& value : values) value = static_cast<std::uint8_t>(numbers.Byte());
  return values;
}

std::size_t KernelsKept(const SuperNet& net, int subnet, int layer) {
  int kernels = 0;
  for (const Op& op : net.subnets[static_cast<std::size_t>(subnet)].ops) {
    if (op.supernet_layer == layer) kernels = std::max(kernels, op.kernels);
  }
  return static_cast<std::size_t>(kernels);
}

bool IsExternal(const SubNet& subnet, int tensor) {
  return std::none_of(subnet.ops.begin(), subnet.ops.end(),
                      [&](const Op& op) { return op.output == tensor; });
}

}  // namespace sushi
