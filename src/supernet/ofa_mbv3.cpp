#include "sushi/supernet/ofa_mbv3.hpp"

#include <algorithm>

#include "op_list.hpp"

namespace sushi {
namespace {

constexpr int kStemKernel = 3;

std::size_t Index(int i) { return static_cast<std::size_t>(i); }

// What a list of choices reads like in a message: "3, 5, 7".
template <typename T>
std::string Listed(const std::vector<T>& values) {
  std::string text;
  for (const T value : values) {
    text += (text.empty() ? "" : ", ") + Short(static_cast<double>(value));
  }
  return text;
}

template <typename T>
void CheckIsChoice(const std::vector<T>& known, T value, const char* field, const std::vector<int>& index,
                   const char* choices) {
  if (std::find(known.begin(), known.end(), value) != known.end()) return;
  throw ChoiceError(field, index,
                    "expected one of space." + std::string(choices) + " (" + Listed(known) + "), found " +
                        Listed(std::vector<T>{value}));
}

std::string BlockName(int stage, int block) {
  return "stage" + std::to_string(stage + 1) + ".block" + std::to_string(block);
}

int SqueezeWidth(const OfaMbv3Space& space, int channels) {
  const int squeezed = channels / space.squeeze_divisor;
  return MakeDivisible(squeezed, space.divisor);
}

// Input channels of a block of a stage.
int InWidth(const OfaMbv3Space& space, int stage, int block) {
  if (block > 0) return space.stage_width[Index(stage)];
  return stage == 0 ? space.first_block_width : space.stage_width[Index(stage - 1)];
}

int MidWidth(const OfaMbv3Space& space, int stage, int block, double ratio) {
  return MakeDivisible(InWidth(space, stage, block) * ratio, space.divisor);
}

std::string DepthwiseName(const std::string& block, int kernel) {
  return block + ".depthwise" + std::to_string(kernel);
}

// The SuperNet layer of a stage's block whose depthwise kernel is kernel × kernel.
std::string DepthwiseName(const OfaMbv3Space& space, const std::string& block, int kernel) {
  if (space.kernel_sharing == KernelSharing::kCentreCrop) return block + ".depthwise";
  return DepthwiseName(block, kernel);
}

// Global pool, squeeze, expand, scale.
int AddSqueezeExcite(OpList& ops, const OfaMbv3Space& space, const std::string& block, int input) {
  const int channels = ops.tensor(input).channels;
  int x = ops.GlobalPool(block + ".se.pool", input);
  x = ops.BiasedConv(block + ".se.reduce", SqueezeWidth(space, channels), x, Activation::kRelu);
  x = ops.BiasedConv(block + ".se.expand", channels, x, Activation::kHSigmoid);
  return ops.Scale(block + ".se.scale", input, x);
}

struct Block {
  std::string name;
  std::string depthwise;  // its layer's name
  int mid = 0, out = 0, kernel = 0, stride = 1;
  bool expands = true;  // the first block of all works on its input's own channels
  bool squeeze_excite = false;
  Activation activation = Activation::kRelu;
};

int AddBlock(OpList& ops, const OfaMbv3Space& space, const Block& block, int input) {
  int x = input;
  if (block.expands) x = ops.Conv(block.name + ".expand", block.mid, 1, 1, x, block.activation);
  x = ops.Conv(block.depthwise, block.mid, block.kernel, block.stride, x, block.activation);
  if (block.squeeze_excite) x = AddSqueezeExcite(ops, space, block.name, x);
  const bool adds = block.stride == 1 && ops.tensor(input).channels == block.out;
  return ops.Conv(block.name + ".project", block.out, 1, 1, x, Activation::kNone, adds ? input : kNone);
}

Block BlockOf(const OfaMbv3Space& space, const OfaMbv3SubNet& choice, int stage, int b) {
  Block block;
  block.name = BlockName(stage, b);
  block.mid = MidWidth(space, stage, b, choice.expand[Index(stage)][Index(b)]);
  block.out = space.stage_width[Index(stage)];
  block.kernel = choice.kernel[Index(stage)][Index(b)];
  block.depthwise = DepthwiseName(space, block.name, block.kernel);
  block.stride = b == 0 ? space.stage_stride[Index(stage)] : 1;
  block.squeeze_excite = space.squeeze_excite[Index(stage)] != 0;
  block.activation = space.h_swish[Index(stage)] != 0 ? Activation::kHSwish : Activation::kRelu;
  return block;
}

void CheckStages(std::size_t found, const char* field) {
  if (found == kMbv3Stages) return;
  throw ChoiceError(field, {},
                    "expected a list for each of the " + std::to_string(kMbv3Stages) + " stages, found " +
                        std::to_string(found));
}

void CheckBlocks(std::size_t found, int depth, const char* field, int stage) {
  if (found == Index(depth)) return;
  throw ChoiceError(field, {stage},
                    "expected " + std::to_string(depth) +
                        " numbers, one for each kept block (depth), found " + std::to_string(found));
}

void CheckChoice(const OfaMbv3Space& space, const OfaMbv3SubNet& choice) {
  CheckInputSize(space.input, choice.input_size);
  CheckStages(choice.kernel.size(), "kernel");
  CheckStages(choice.expand.size(), "expand");
  for (int s = 0; s < kMbv3Stages; ++s) {
    const int depth = choice.depth[Index(s)];
    CheckIsChoice(space.depths, depth, "depth", {s}, "depths");
    CheckBlocks(choice.kernel[Index(s)].size(), depth, "kernel", s);
    CheckBlocks(choice.expand[Index(s)].size(), depth, "expand", s);
    for (int b = 0; b < depth; ++b) {
      CheckIsChoice(space.kernel_sizes, choice.kernel[Index(s)][Index(b)], "kernel", {s, b}, "kernel_sizes");
      CheckIsChoice(space.expand_ratios, choice.expand[Index(s)][Index(b)], "expand", {s, b},
                    "expand_ratios");
    }
  }
}

void CheckSpace(const OfaMbv3Space& space) {
  for (std::size_t i = 0; i < space.kernel_sizes.size(); ++i) {
    if (space.kernel_sizes[i] % 2 == 1) continue;
    throw ChoiceError("kernel_sizes", {static_cast<int>(i)},
                      "expected an odd size, found " + std::to_string(space.kernel_sizes[i]));
  }
  for (int s = 0; s < kMbv3Stages; ++s) {
    const double ratio = space.expand_ratios.back();
    if (std::max(MidWidth(space, s, 0, ratio), MidWidth(space, s, 1, ratio)) <= kMaxChannels) continue;
    throw ChoiceError("stage_width", {s}, "gives more than " + std::to_string(kMaxChannels) + " channels");
  }
  const std::int64_t blocks = std::int64_t{kMbv3Stages} * space.depths.back();
  const std::size_t sizes =
      space.kernel_sharing == KernelSharing::kCentreCrop ? 1 : space.kernel_sizes.size();
  const std::int64_t layers = 6 + blocks * (4 + static_cast<std::int64_t>(sizes));
  if (layers > kMaxLayers) {
    throw ChoiceError("depths", {}, "gives more than " + std::to_string(kMaxLayers) + " layers");
  }
}

}  // namespace

SuperNet ExpandSpace(const OfaMbv3Space& space) {
  CheckSpace(space);
  SuperNet net;
  net.name = space.name;
  const auto add = [&net](const std::string& name, int kernels, int channels, int kernel) {
    net.layers.push_back({name, kernels, channels, kernel, kernel, true});
  };
  const auto add_depthwise = [&](const std::string& name, int kernels, int kernel) {
    add(name, kernels, 1, kernel);
    net.layers.back().depthwise = true;
  };
  add("stem.conv", space.stem_width, kImageChannels, kStemKernel);
  add_depthwise(DepthwiseName("first", kStemKernel), space.stem_width, kStemKernel);
  add("first.project", space.first_block_width, space.stem_width, 1);
  for (int s = 0; s < kMbv3Stages; ++s) {
    for (int b = 0; b < space.depths.back(); ++b) {
      const std::string name = BlockName(s, b);
      const int mid = MidWidth(space, s, b, space.expand_ratios.back());
      add(name + ".expand", mid, InWidth(space, s, b), 1);
      if (space.kernel_sharing == KernelSharing::kCentreCrop) {
        const int largest = space.kernel_sizes.back();
        add_depthwise(DepthwiseName(space, name, largest), mid, largest);
        net.layers.back().max_channels = largest * largest;
        net.layers.back().centre_crop = true;
      } else {
        for (const int kernel : space.kernel_sizes) {
          add_depthwise(DepthwiseName(space, name, kernel), mid, kernel);
        }
      }
      if (space.squeeze_excite[Index(s)] != 0) {
        add(name + ".se.reduce", SqueezeWidth(space, mid), mid, 1);
        add(name + ".se.expand", mid, SqueezeWidth(space, mid), 1);
      }
      add(name + ".project", space.stage_width[Index(s)], mid, 1);
    }
  }
  add("final_expand", space.final_expand_width, space.stage_width.back(), 1);
  add("feature_mix", space.feature_mix_width, space.final_expand_width, 1);
  add("classifier", space.classes, space.feature_mix_width, 1);
  net.layers.back().cacheable = false;
  return net;
}

SubNet ExpandSubNet(const OfaMbv3Space& space, const SuperNet& net, const OfaMbv3SubNet& choice) {
  CheckChoice(space, choice);
  SubNet subnet;
  subnet.name = choice.name;
  subnet.top1_percent = choice.top1_percent;
  subnet.input_size = choice.input_size;
  OpList ops(net, subnet);
  int x = ops.Conv("stem.conv", space.stem_width, kStemKernel, 2, 0, Activation::kHSwish);
  Block first{"first", DepthwiseName("first", kStemKernel), space.stem_width, space.first_block_width,
              kStemKernel};
  first.expands = false;
  x = AddBlock(ops, space, first, x);
  for (int s = 0; s < kMbv3Stages; ++s) {
    for (int b = 0; b < choice.depth[Index(s)]; ++b)
      x = AddBlock(ops, space, BlockOf(space, choice, s, b), x);
  }
  x = ops.Conv("final_expand", space.final_expand_width, 1, 1, x, Activation::kHSwish);
  x = ops.GlobalPool("global_pool", x);
  x = ops.Conv("feature_mix", space.feature_mix_width, 1, 1, x, Activation::kHSwish);
  ops.BiasedConv("classifier", space.classes, x, Activation::kNone);
  return subnet;
}

}  // namespace sushi
