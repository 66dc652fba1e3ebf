#include "sushi/supernet/supernet.hpp"

namespace sushi {

const char* Name(OpKind kind) {
  switch (kind) {
    case OpKind::kConv:
      return "conv";
    case OpKind::kMaxPool:
      return "max_pool";
    case OpKind::kAveragePool:
      return "average_pool";
  }
  return "?";
}

std::int64_t Op::Macs() const { return kind == OpKind::kConv ? WeightBytes().value() * OutH() * OutW() : 0; }

Bytes Op::WeightBytes() const {
  if (kind != OpKind::kConv) return Bytes(0);
  return Bytes(std::int64_t{kernels} * channels * kernel_h * kernel_w);
}

std::int64_t SubNet::Macs() const {
  std::int64_t sum = 0;
  for (const Op& op : ops) sum += op.Macs();
  return sum;
}

int SuperNet::FindSubNet(const std::string& subnet_name) const {
  for (std::size_t i = 0; i < subnets.size(); ++i) {
    if (subnets[i].name == subnet_name) return static_cast<int>(i);
  }
  return kNone;
}

}  // namespace sushi
