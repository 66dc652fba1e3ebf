#include "sushi/supernet/ofa_resnet.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace sushi {
namespace {

constexpr int kImageChannels = 3;
constexpr int kStemLayers = 3;        // conv, residual, conv
constexpr int kFirstBlockLayers = 4;  // conv1, conv2, conv3, shortcut
constexpr int kBlockLayers = 3;

std::string Place(const std::vector<int>& index) {
  std::string text;
  for (int i : index) text += "[" + std::to_string(i) + "]";
  return text;
}

std::string Short(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value);
  return text;
}

std::string BlockName(int stage, int block) {
  return "stage" + std::to_string(stage + 1) + ".block" + std::to_string(block);
}

int LayersOf(int blocks) { return kFirstBlockLayers + kBlockLayers * (blocks - 1); }

std::size_t Index(int i) { return static_cast<std::size_t>(i); }

int MaxBlocks(const OfaResNetSpace& space, int stage) {
  return space.base_depth[Index(stage)] + space.max_extra_depth;
}

// The channels that a width index stands for. The stem's middle is half of its output *at the same
// index*, whatever index the output itself takes (once-for-all, OFAResNets: mid_input_channel).
struct Widths {
  int stem_mid = 0;
  int stem_out = 0;
  std::array<int, 4> stage{};
};

Widths WidthsOf(const OfaResNetSpace& space, const std::array<int, 6>& index) {
  const auto at = [&](int base, std::size_t place) {
    return MakeDivisible(base * space.width_multipliers[Index(index[place])], space.divisor);
  };
  Widths widths;
  widths.stem_mid = MakeDivisible(at(space.stem_width, 0) / 2.0, space.divisor);
  widths.stem_out = at(space.stem_width, 1);
  for (std::size_t s = 0; s < 4; ++s) widths.stage[s] = at(space.stage_width[s], s + 2);
  return widths;
}

Widths LargestWidths(const OfaResNetSpace& space) {
  std::array<int, 6> last{};
  last.fill(static_cast<int>(space.width_multipliers.size()) - 1);
  return WidthsOf(space, last);
}

// Appends ops to a SubNet and keeps its tensors.
class OpList {
 public:
  OpList(SubNet& subnet, int image_size) : subnet_(subnet) {
    subnet_.tensors.push_back({kImageChannels, image_size, image_size});
  }

  int Conv(const std::string& name, int supernet_layer, int kernels, int kernel, int stride, int input,
           int residual = kNone) {
    Op op = Square(OpKind::kConv, name, kernel, stride, kernel / 2, input);
    op.supernet_layer = supernet_layer;
    op.kernels = kernels;
    op.residual = residual;
    return Append(op);
  }

  int Classifier(int supernet_layer, int classes, int input) {
    Op op = Square(OpKind::kConv, "classifier", 1, 1, 0, input);
    op.supernet_layer = supernet_layer;
    op.kernels = classes;
    op.classifier = true;
    return Append(op);
  }

  int Pool(OpKind kind, const std::string& name, int kernel, int stride, int pad, bool ceil_mode, int input) {
    Op op = Square(kind, name, kernel, stride, pad, input);
    op.kernels = op.channels;
    op.ceil_mode = ceil_mode;
    return Append(op);
  }

  const Tensor& tensor(int id) const { return subnet_.tensors[Index(id)]; }

 private:
  Op Square(OpKind kind, const std::string& name, int kernel, int stride, int pad, int input) const {
    Op op;
    op.kind = kind;
    op.name = name;
    op.channels = tensor(input).channels;
    op.kernel_h = op.kernel_w = kernel;
    op.stride_h = op.stride_w = stride;
    op.pad_h = op.pad_w = pad;
    op.in_h = tensor(input).height;
    op.in_w = tensor(input).width;
    op.input = input;
    return op;
  }

  int Append(Op op) {
    op.output = static_cast<int>(subnet_.tensors.size());
    if (!op.WithinLimits()) {
      throw ChoiceError("input_size", {}, op.name + " is too large to simulate (over 2^50 MACs)");
    }
    subnet_.tensors.push_back({op.kernels, op.OutH(), op.OutW()});
    subnet_.ops.push_back(std::move(op));
    return static_cast<int>(subnet_.tensors.size()) - 1;
  }

  SubNet& subnet_;
};

int AddStem(OpList& ops, const Widths& widths, bool residual) {
  int x = ops.Conv("stem.conv0", 0, widths.stem_mid, 3, 2, 0);
  if (residual) x = ops.Conv("stem.conv1", 1, widths.stem_mid, 3, 1, x, x);
  x = ops.Conv("stem.conv2", 2, widths.stem_out, 3, 1, x);
  return ops.Pool(OpKind::kMaxPool, "stem.max_pool", 3, 2, 1, false, x);
}

struct Block {
  std::string name;
  int layer = 0;  // of its conv1 in the SuperNet
  int mid = 0;
  int out = 0;
  int stride = 1;
  bool first = false;  // of its stage: a convolution in the shortcut
};

// The SuperNet's order puts a first block's shortcut after conv3, so the shortcut runs last and it is
// its output that conv3's is added to; in the other blocks conv3 adds the block's input.
int AddBlock(OpList& ops, const Block& block, int input) {
  int x = ops.Conv(block.name + ".conv1", block.layer, block.mid, 1, 1, input);
  x = ops.Conv(block.name + ".conv2", block.layer + 1, block.mid, 3, block.stride, x);
  x = ops.Conv(block.name + ".conv3", block.layer + 2, block.out, 1, 1, x, block.first ? kNone : input);
  if (!block.first) return x;
  int shortcut = input;
  if (block.stride > 1) {
    // ceil_mode as in once-for-all (ResNetBottleneckBlock, avgpool_conv), so that odd maps agree with
    // the padded 3×3 of the same stride.
    shortcut = ops.Pool(OpKind::kAveragePool, block.name + ".shortcut_pool", block.stride, block.stride, 0,
                        true, input);
  }
  return ops.Conv(block.name + ".shortcut", block.layer + 3, block.out, 1, 1, shortcut, x);
}

void CheckIndices(const OfaResNetSpace& space, const OfaResNetSubNet& choice) {
  if (choice.stem_depth != 0 && choice.stem_depth != 2) {
    throw ChoiceError(
        "stem_depth", {},
        "expected 0 or 2 (the stem's residual 3x3), found " + std::to_string(choice.stem_depth));
  }
  for (int s = 0; s < 4; ++s) {
    const int depth = choice.depth[Index(s)];
    if (depth < 0 || depth > space.max_extra_depth) {
      throw ChoiceError("depth", {s},
                        "expected 0 to " + std::to_string(space.max_extra_depth) +
                            " (space.max_extra_depth), found " + std::to_string(depth));
    }
  }
  const int widths = static_cast<int>(space.width_multipliers.size());
  for (int i = 0; i < 6; ++i) {
    const int index = choice.width_index[Index(i)];
    if (index < 0 || index >= widths) {
      throw ChoiceError("width_index", {i},
                        "expected 0 to " + std::to_string(widths - 1) +
                            " (an index into space.width_multipliers), found " + std::to_string(index));
    }
  }
}

void CheckInputSize(const OfaResNetSpace& space, int size) {
  if (size >= space.input_min && size <= space.input_max && size % space.input_step == 0) return;
  throw ChoiceError("input_size", {},
                    "expected " + std::to_string(space.input_min) + " to " + std::to_string(space.input_max) +
                        " pixels in multiples of " + std::to_string(space.input_step) + ", found " +
                        std::to_string(size));
}

void CheckExpand(const OfaResNetSpace& space, const OfaResNetSubNet& choice) {
  if (choice.expand.size() != 4) {
    throw ChoiceError(
        "expand", {},
        "expected a list for each of the 4 stages, found " + std::to_string(choice.expand.size()));
  }
  std::string ratios;
  for (double ratio : space.expand_ratios) ratios += (ratios.empty() ? "" : ", ") + Short(ratio);
  for (int s = 0; s < 4; ++s) {
    const std::vector<double>& stage = choice.expand[Index(s)];
    const int blocks = space.base_depth[Index(s)] + choice.depth[Index(s)];
    if (static_cast<int>(stage.size()) != blocks) {
      throw ChoiceError(
          "expand", {s},
          "expected " + std::to_string(blocks) + " ratios, one for each kept block (base_depth " +
              std::to_string(space.base_depth[Index(s)]) + " + depth " +
              std::to_string(choice.depth[Index(s)]) + "), found " + std::to_string(stage.size()));
    }
    for (int b = 0; b < blocks; ++b) {
      const auto& known = space.expand_ratios;
      if (std::find(known.begin(), known.end(), stage[Index(b)]) != known.end()) continue;
      throw ChoiceError(
          "expand", {s, b},
          "expected one of space.expand_ratios (" + ratios + "), found " + Short(stage[Index(b)]));
    }
  }
}

void CheckSpace(const OfaResNetSpace& space, const Widths& widths) {
  std::int64_t layers = kStemLayers + 1;
  for (int s = 0; s < 4; ++s) {
    layers += LayersOf(MaxBlocks(space, s));
    const int mid = MakeDivisible(widths.stage[Index(s)] * space.expand_ratios.back(), space.divisor);
    if (widths.stage[Index(s)] > kMaxChannels || mid > kMaxChannels) {
      throw ChoiceError("stage_width", {s}, "gives more than " + std::to_string(kMaxChannels) + " channels");
    }
  }
  if (widths.stem_out > kMaxChannels) {
    throw ChoiceError("stem_width", {}, "gives more than " + std::to_string(kMaxChannels) + " channels");
  }
  if (layers > kMaxLayers) {
    throw ChoiceError("max_extra_depth", {},
                      "gives " + std::to_string(layers) + " layers, more than " + std::to_string(kMaxLayers));
  }
}

}  // namespace

ChoiceError::ChoiceError(const std::string& field, const std::vector<int>& index, const std::string& message)
    : UserError(SourceMark{}, field + Place(index), message),
      field_(field),
      index_(index),
      message_(message) {}

int MakeDivisible(double value, int divisor) {
  constexpr double kLargest = 1 << 30;  // far beyond kMaxChannels, and safe to convert
  const double v = std::min(std::max(value, 0.0), kLargest);
  const int rounded = static_cast<int>(v + divisor / 2.0) / divisor * divisor;
  const int n = std::max(divisor, rounded);
  return n < 0.9 * v ? n + divisor : n;
}

SuperNet ExpandSpace(const OfaResNetSpace& space) {
  const Widths widths = LargestWidths(space);
  CheckSpace(space, widths);
  SuperNet net;
  net.name = space.name;
  const auto add = [&net](const std::string& name, int kernels, int channels, int kernel) {
    net.layers.push_back({name, kernels, channels, kernel, kernel, true});
  };
  add("stem.conv0", widths.stem_mid, kImageChannels, 3);
  add("stem.conv1", widths.stem_mid, widths.stem_mid, 3);
  add("stem.conv2", widths.stem_out, widths.stem_mid, 3);
  int channels = widths.stem_out;
  for (int s = 0; s < 4; ++s) {
    const int out = widths.stage[Index(s)];
    const int mid = MakeDivisible(out * space.expand_ratios.back(), space.divisor);
    for (int b = 0; b < MaxBlocks(space, s); ++b) {
      const std::string name = BlockName(s, b);
      add(name + ".conv1", mid, b == 0 ? channels : out, 1);
      add(name + ".conv2", mid, mid, 3);
      add(name + ".conv3", out, mid, 1);
      if (b == 0) add(name + ".shortcut", out, channels, 1);
    }
    channels = out;
  }
  add("classifier", space.classes, channels, 1);
  net.layers.back().cacheable = false;
  return net;
}

SubNet ExpandSubNet(const OfaResNetSpace& space, const SuperNet& net, const OfaResNetSubNet& choice) {
  CheckInputSize(space, choice.input_size);
  CheckIndices(space, choice);
  CheckExpand(space, choice);
  SubNet subnet;
  subnet.name = choice.name;
  subnet.top1_percent = choice.top1_percent;
  subnet.input_size = choice.input_size;
  OpList ops(subnet, choice.input_size);
  const Widths widths = WidthsOf(space, choice.width_index);
  int x = AddStem(ops, widths, choice.stem_depth != 0);
  int layer = kStemLayers;
  for (int s = 0; s < 4; ++s) {
    const std::vector<double>& expand = choice.expand[Index(s)];
    int block_layer = layer;
    for (int b = 0; b < static_cast<int>(expand.size()); ++b) {
      Block block{BlockName(s, b), block_layer, 0, widths.stage[Index(s)], 1, b == 0};
      block.mid = MakeDivisible(block.out * expand[Index(b)], space.divisor);
      if (b == 0 && s > 0) block.stride = 2;
      x = AddBlock(ops, block, x);
      block_layer += b == 0 ? kFirstBlockLayers : kBlockLayers;
    }
    layer += LayersOf(MaxBlocks(space, s));
  }
  const int map = ops.tensor(x).height;
  x = ops.Pool(OpKind::kAveragePool, "global_pool", map, 1, 0, false, x);
  ops.Classifier(static_cast<int>(net.layers.size()) - 1, space.classes, x);
  return subnet;
}

}  // namespace sushi
