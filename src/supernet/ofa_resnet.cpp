#include "sushi/supernet/ofa_resnet.hpp"

#include <algorithm>

#include "op_list.hpp"

namespace sushi {
namespace {

constexpr int kStemLayers = 3;        // conv, residual, conv
constexpr int kFirstBlockLayers = 4;  // conv1, conv2, conv3, shortcut
constexpr int kBlockLayers = 3;

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

int AddStem(OpList& ops, const Widths& widths, bool residual) {
  int x = ops.Conv("stem.conv0", widths.stem_mid, 3, 2, 0);
  if (residual) x = ops.Conv("stem.conv1", widths.stem_mid, 3, 1, x, Activation::kRelu, x);
  x = ops.Conv("stem.conv2", widths.stem_out, 3, 1, x);
  return ops.Pool(OpKind::kMaxPool, "stem.max_pool", 3, 2, 1, false, x);
}

struct Block {
  std::string name;
  int mid = 0;
  int out = 0;
  int stride = 1;
  bool first = false;  // of its stage: a convolution in the shortcut
};

// The SuperNet's order puts a first block's shortcut after conv3, so the shortcut runs last and it is
// its output that conv3's is added to; in the other blocks conv3 adds the block's input.
int AddBlock(OpList& ops, const Block& block, int input) {
  int x = ops.Conv(block.name + ".conv1", block.mid, 1, 1, input);
  x = ops.Conv(block.name + ".conv2", block.mid, 3, block.stride, x);
  x = ops.Conv(block.name + ".conv3", block.out, 1, 1, x, Activation::kRelu, block.first ? kNone : input);
  if (!block.first) return x;
  int shortcut = input;
  if (block.stride > 1) {
    // ceil_mode as in once-for-all (ResNetBottleneckBlock, avgpool_conv), so that odd maps agree with
    // the padded 3×3 of the same stride.
    shortcut = ops.Pool(OpKind::kAveragePool, block.name + ".shortcut_pool", block.stride, block.stride, 0,
                        true, input);
  }
  return ops.Conv(block.name + ".shortcut", block.out, 1, 1, shortcut, Activation::kRelu, x);
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
  CheckInputSize(space.input, choice.input_size);
  CheckIndices(space, choice);
  CheckExpand(space, choice);
  SubNet subnet;
  subnet.name = choice.name;
  subnet.top1_percent = choice.top1_percent;
  subnet.input_size = choice.input_size;
  OpList ops(net, subnet);
  const Widths widths = WidthsOf(space, choice.width_index);
  int x = AddStem(ops, widths, choice.stem_depth != 0);
  for (int s = 0; s < 4; ++s) {
    const std::vector<double>& expand = choice.expand[Index(s)];
    for (int b = 0; b < static_cast<int>(expand.size()); ++b) {
      Block block{BlockName(s, b), 0, widths.stage[Index(s)], 1, b == 0};
      block.mid = MakeDivisible(block.out * expand[Index(b)], space.divisor);
      if (b == 0 && s > 0) block.stride = 2;
      x = AddBlock(ops, block, x);
    }
  }
  x = ops.GlobalPool("global_pool", x);
  ops.BiasedConv("classifier", space.classes, x, Activation::kRelu);
  return subnet;
}

}  // namespace sushi
