#include "sushi/supernet/supernet.hpp"

#include <algorithm>

namespace sushi {
namespace {

bool InRange(int value, int low, int high) { return low <= value && value <= high; }

}  // namespace

const char* Name(OpKind kind) {
  switch (kind) {
    case OpKind::kConv:
      return "conv";
    case OpKind::kMaxPool:
      return "max_pool";
    case OpKind::kAveragePool:
      return "average_pool";
    case OpKind::kScale:
      return "scale";
  }
  return "?";
}

const char* Name(Activation activation) {
  switch (activation) {
    case Activation::kRelu:
      return "relu";
    case Activation::kHSwish:
      return "h_swish";
    case Activation::kHSigmoid:
      return "h_sigmoid";
    case Activation::kNone:
      return "none";
  }
  return "?";
}

int CentreFirstTap(int number, int side) {
  int ring = 0;
  while ((2 * ring + 1) * (2 * ring + 1) <= number) ++ring;
  const int width = 2 * ring + 1;
  const int inside = std::max(width - 2, 0);
  const int place = number - inside * inside;  // in the ring: a row, both ends of each between, a row
  int row = 0, column = place;
  if (place >= width + 2 * inside) {
    row = width - 1;
    column = place - width - 2 * inside;
  } else if (place >= width) {
    row = 1 + (place - width) / 2;
    column = (place - width) % 2 == 0 ? 0 : width - 1;
  }
  const int border = (side - width) / 2;
  return (row + border) * side + column + border;
}

std::int64_t Op::Macs() const { return WeightBytes().value() * OutH() * OutW(); }

Bytes Op::WeightBytes() const {
  if (kind != OpKind::kConv) return Bytes(0);
  return Bytes(std::int64_t{kernels} * WeightChannels() * kernel_h * kernel_w);
}

bool Op::WithinLimits() const {
  const bool small = InRange(kernels, 1, kMaxChannels) && InRange(channels, 1, kMaxChannels) &&
                     InRange(in_h, 1, kMaxMapSize) && InRange(in_w, 1, kMaxMapSize);
  if (!small) return false;
  const int largest = kind == OpKind::kConv ? kMaxKernelSize : kMaxMapSize;  // a global pool's is the map
  if (!InRange(kernel_h, 1, largest) || !InRange(kernel_w, 1, largest)) return false;
  // In floating point, for the exact product may not fit.
  const double one = kind == OpKind::kConv ? WeightChannels() : 1;
  const double work = one * kernels * kernel_h * kernel_w * OutH() * OutW();
  return work <= static_cast<double>(kMaxOpMacs);
}

std::int64_t SubNet::Macs() const {
  std::int64_t sum = 0;
  for (const Op& op : ops) sum += op.Macs();
  return sum;
}

std::int64_t SubNet::ConvMacs() const {
  std::int64_t sum = 0;
  for (const Op& op : ops) sum += op.classifier ? 0 : op.Macs();
  return sum;
}

Bytes SubNet::ConvWeightBytes() const {
  Bytes sum;
  for (const Op& op : ops) sum += op.classifier ? Bytes(0) : op.WeightBytes();
  return sum;
}

Bytes SubNet::TotalWeightBytes() const {
  Bytes sum;
  for (const Op& op : ops) sum += op.WeightBytes();
  return sum;
}

int SubNet::ConvLayers() const {
  int count = 0;
  for (const Op& op : ops) count += op.kind == OpKind::kConv && !op.classifier ? 1 : 0;
  return count;
}

int SuperNet::FindSubNet(const std::string& subnet_name) const {
  for (std::size_t i = 0; i < subnets.size(); ++i) {
    if (subnets[i].name == subnet_name) return static_cast<int>(i);
  }
  return kNone;
}

}  // namespace sushi
