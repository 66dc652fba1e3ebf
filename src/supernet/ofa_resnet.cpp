#include "sushi/supernet/ofa_resnet.hpp"

#include <algorithm>
#include <cmath>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr int kStages = 4;
constexpr int kImageChannels = 3;
constexpr int kStemLayers = 3;
constexpr int kBlockConvs = 3;

std::string BlockName(int stage, int block, const char* part) {
  return "stage" + std::to_string(stage + 1) + ".block" + std::to_string(block) + "." + part;
}

int Widen(const OfaResNetSpace& space, int base, int width_index) {
  return MakeDivisible(base * space.width_multipliers[static_cast<std::size_t>(width_index)], space.divisor);
}

// Channels of stem mid, stem out and the stages for a choice of widths.
struct Widths {
  int stem_mid = 0, stem_out = 0;
  std::array<int, kStages> stage{};
};

Widths WidthsOf(const OfaResNetSpace& space, const std::array<int, 6>& index) {
  Widths widths;
  widths.stem_mid = MakeDivisible(MakeDivisible(space.stem_width / 2.0, space.divisor) *
                                      space.width_multipliers[static_cast<std::size_t>(index[0])],
                                  space.divisor);
  widths.stem_out = Widen(space, space.stem_width, index[1]);
  for (int s = 0; s < kStages; ++s) {
    widths.stage[static_cast<std::size_t>(s)] =
        Widen(space, space.stage_width[static_cast<std::size_t>(s)], index[static_cast<std::size_t>(s) + 2]);
  }
  return widths;
}

int MaxBlocks(const OfaResNetSpace& space, int stage) {
  return space.base_depth[static_cast<std::size_t>(stage)] + space.max_extra_depth;
}

// First SuperNet layer of a block: its 1×1, 3×3, 1×1, and in the first block the shortcut's 1×1.
int BlockBase(const OfaResNetSpace& space, int stage, int block) {
  int base = kStemLayers;
  for (int s = 0; s < stage; ++s) base += MaxBlocks(space, s) * kBlockConvs + 1;
  return base + block * kBlockConvs + (block > 0 ? 1 : 0);
}

int ClassifierLayer(const OfaResNetSpace& space) { return BlockBase(space, kStages, 0); }

// Builds a SubNet op by op; the current activation is the last op's output.
class Builder {
 public:
  explicit Builder(SubNet& subnet) : subnet_(subnet) {
    subnet_.tensors.push_back({kImageChannels, subnet.input_size, subnet.input_size});
  }

  int Conv(const std::string& name, int layer, int kernels, int kernel, int stride, int input,
           int residual = kNone) {
    Op op = MakeOp(OpKind::kConv, name, kernels, kernel, stride, input);
    op.pad_h = op.pad_w = kernel / 2;
    op.supernet_layer = layer;
    op.residual = residual;
    return Append(op);
  }

  int Pool(OpKind kind, const std::string& name, int kernel, int stride, int pad, int input) {
    Op op = MakeOp(kind, name, TensorAt(input).channels, kernel, stride, input);
    op.pad_h = op.pad_w = pad;
    return Append(op);
  }

  const Tensor& TensorAt(int index) const { return subnet_.tensors[static_cast<std::size_t>(index)]; }

 private:
  Op MakeOp(OpKind kind, const std::string& name, int kernels, int kernel, int stride, int input) const {
    Op op;
    op.kind = kind;
    op.name = name;
    op.kernels = kernels;
    op.channels = TensorAt(input).channels;
    op.kernel_h = op.kernel_w = kernel;
    op.in_h = TensorAt(input).height;
    op.in_w = TensorAt(input).width;
    op.stride_h = op.stride_w = stride;
    op.input = input;
    return op;
  }

  int Append(Op op) {
    op.output = static_cast<int>(subnet_.tensors.size());
    subnet_.tensors.push_back({op.kernels, op.OutH(), op.OutW()});
    subnet_.ops.push_back(std::move(op));
    return subnet_.tensors.empty() ? kNone : static_cast<int>(subnet_.tensors.size()) - 1;
  }

  SubNet& subnet_;
};

[[noreturn]] void Outside(const OfaResNetSubNet& choice, const std::string& what) {
  throw UserError("SubNet '" + choice.name + "' is outside the SuperNet: " + what);
}

void CheckExpand(const OfaResNetSpace& space, const OfaResNetSubNet& choice, int stage, double ratio) {
  if (std::find(space.expand_ratios.begin(), space.expand_ratios.end(), ratio) != space.expand_ratios.end()) {
    return;
  }
  Outside(choice,
          "an expand of stage " + std::to_string(stage + 1) + " is not among the space's expand_ratios");
}

void CheckChoice(const OfaResNetSpace& space, const OfaResNetSubNet& choice) {
  if (choice.input_size < space.input_min || choice.input_size > space.input_max ||
      choice.input_size % space.input_step != 0) {
    Outside(choice, "input_size must be " + std::to_string(space.input_min) + " to " +
                        std::to_string(space.input_max) + " in steps of " + std::to_string(space.input_step));
  }
  if (choice.stem_depth != 0 && choice.stem_depth != 2) Outside(choice, "stem_depth must be 0 or 2");
  for (const int index : choice.width_index) {
    if (index < 0 || index >= static_cast<int>(space.width_multipliers.size())) {
      Outside(choice, "width_index must be 0 to " + std::to_string(space.width_multipliers.size() - 1));
    }
  }
  if (choice.expand.size() != kStages) Outside(choice, "expand must have one list for each of the 4 stages");
  for (int s = 0; s < kStages; ++s) {
    const int depth = choice.depth[static_cast<std::size_t>(s)];
    if (depth < 0 || depth > space.max_extra_depth) {
      Outside(choice, "depth must be 0 to " + std::to_string(space.max_extra_depth));
    }
    const auto& ratios = choice.expand[static_cast<std::size_t>(s)];
    const int blocks = space.base_depth[static_cast<std::size_t>(s)] + depth;
    if (static_cast<int>(ratios.size()) != blocks) {
      Outside(choice, "expand of stage " + std::to_string(s + 1) + " has " + std::to_string(ratios.size()) +
                          " entries, its " + std::to_string(blocks) + " blocks need as many");
    }
    for (const double ratio : ratios) CheckExpand(space, choice, s, ratio);
  }
}

// One bottleneck block. The addition happens as the op that runs last drains: the shortcut's 1×1 in a
// stage's first block (layer order of the measured tables), else the block's second 1×1.
int AddBlock(const OfaResNetSpace& space, Builder& builder, int stage, int block, int width, double expand,
             int input) {
  const int base = BlockBase(space, stage, block);
  const int mid = MakeDivisible(width * expand, space.divisor);
  const int stride = block == 0 && stage > 0 ? 2 : 1;
  int x = builder.Conv(BlockName(stage, block, "conv1"), base, mid, 1, 1, input);
  x = builder.Conv(BlockName(stage, block, "conv2"), base + 1, mid, 3, stride, x);
  if (block > 0) return builder.Conv(BlockName(stage, block, "conv3"), base + 2, width, 1, 1, x, input);
  x = builder.Conv(BlockName(stage, block, "conv3"), base + 2, width, 1, 1, x);
  if (stride == 2) {
    input = builder.Pool(OpKind::kAveragePool, BlockName(stage, block, "shortcut_pool"), 2, 2, 0, input);
  }
  return builder.Conv(BlockName(stage, block, "shortcut"), base + 3, width, 1, 1, input, x);
}

}  // namespace

int MakeDivisible(double value, int divisor) {
  int n = std::max(divisor, static_cast<int>(value + divisor / 2.0) / divisor * divisor);
  if (n < 0.9 * value) n += divisor;
  return n;
}

SubNet ExpandSubNet(const OfaResNetSpace& space, const SuperNet&, const OfaResNetSubNet& choice) {
  CheckChoice(space, choice);
  const Widths widths = WidthsOf(space, choice.width_index);
  SubNet subnet;
  subnet.name = choice.name;
  subnet.top1_percent = choice.top1_percent;
  subnet.input_size = choice.input_size;
  Builder builder(subnet);
  int x = builder.Conv("stem.conv0", 0, widths.stem_mid, 3, 2, 0);
  if (choice.stem_depth == 2) x = builder.Conv("stem.conv1", 1, widths.stem_mid, 3, 1, x, x);
  x = builder.Conv("stem.conv2", 2, widths.stem_out, 3, 1, x);
  x = builder.Pool(OpKind::kMaxPool, "stem.max_pool", 3, 2, 1, x);
  for (int s = 0; s < kStages; ++s) {
    const auto stage = static_cast<std::size_t>(s);
    for (std::size_t b = 0; b < choice.expand[stage].size(); ++b) {
      x = AddBlock(space, builder, s, static_cast<int>(b), widths.stage[stage], choice.expand[stage][b], x);
    }
  }
  x = builder.Pool(OpKind::kAveragePool, "global_pool", builder.TensorAt(x).height, 1, 0, x);
  builder.Conv("classifier", ClassifierLayer(space), space.classes, 1, 1, x);
  return subnet;
}

SuperNet ExpandSpace(const OfaResNetSpace& space) {
  OfaResNetSubNet largest;
  largest.name = space.name;
  largest.input_size = space.input_max;
  largest.stem_depth = 2;
  largest.depth.fill(space.max_extra_depth);
  largest.width_index.fill(static_cast<int>(space.width_multipliers.size()) - 1);
  for (int s = 0; s < kStages; ++s) {
    largest.expand.emplace_back(static_cast<std::size_t>(MaxBlocks(space, s)), space.expand_ratios.back());
  }
  SuperNet net;
  net.name = space.name;
  net.layers.resize(static_cast<std::size_t>(ClassifierLayer(space)) + 1);
  for (const Op& op : ExpandSubNet(space, net, largest).ops) {
    if (op.supernet_layer == kNone) continue;
    SuperNetLayer& layer = net.layers[static_cast<std::size_t>(op.supernet_layer)];
    layer = {op.name, op.kernels, op.channels, op.kernel_h, op.kernel_w, true};
  }
  net.layers.back().cacheable = false;
  return net;
}

}  // namespace sushi
