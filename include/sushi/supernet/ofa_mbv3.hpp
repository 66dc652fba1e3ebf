// OFA-MobileNetV3 (mit-han-lab/once-for-all): the rule that turns depths, kernel sizes and expand ratios
// into layers. Values and their source: FACTS.md §3.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sushi/supernet/ofa_resnet.hpp"

namespace sushi {

inline constexpr int kMbv3Stages = 5;

struct OfaMbv3Space {
  std::string name;
  int stem_width = 0, first_block_width = 0, final_expand_width = 0, feature_mix_width = 0;
  std::array<int, kMbv3Stages> stage_width{};
  std::array<int, kMbv3Stages> stage_stride{};
  std::array<int, kMbv3Stages> squeeze_excite{};  // 0 or 1
  std::array<int, kMbv3Stages> h_swish{};         // 0 or 1
  std::vector<int> depths, kernel_sizes;          // ascending
  std::vector<double> expand_ratios;              // ascending
  int squeeze_divisor = 4;                        // the squeeze has 1/4 of the channels
  int divisor = 8;                                // make_divisible
  int classes = 0;
  int input_min = 0, input_max = 0, input_step = 4;
};

// Per stage, one entry for each kept block; their number is the stage's depth.
struct OfaMbv3SubNet {
  std::string name;
  double top1_percent = 0;
  int input_size = 0;
  std::array<int, kMbv3Stages> depth{};
  std::vector<std::vector<int>> kernel;
  std::vector<std::vector<double>> expand;
};

// The SuperNet's layers at their largest, in order; no SubNets. Each kernel size of a block's depthwise
// convolution is a layer of its own: a smaller kernel is not a slice of a larger one (it is a learned
// transform of its centre). Throws ChoiceError.
SuperNet ExpandSpace(const OfaMbv3Space& space);
// Throws ChoiceError (the caller adds file and line) when the choice lies outside the space.
SubNet ExpandSubNet(const OfaMbv3Space& space, const SuperNet& net, const OfaMbv3SubNet& choice);

}  // namespace sushi
