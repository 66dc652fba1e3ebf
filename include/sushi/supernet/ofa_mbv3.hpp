// OFA-MobileNetV3 (mit-han-lab/once-for-all): the rule that turns depths, kernel sizes and expand ratios
// into layers. Values and their source: FACTS.md §3.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sushi/supernet/ofa_choice.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi {

inline constexpr int kMbv3Stages = 5;

// Whether a block's depthwise kernels of different sizes share weights. In once-for-all a smaller kernel is
// the centre of the larger one times a learned matrix, so that as fetched bytes they differ.
enum class KernelSharing {
  kSeparate,    // a SuperNet layer for each size
  kCentreCrop,  // one of the largest size: without the matrix, smaller ones are its centre
};

struct OfaMbv3Space {
  std::string name;
  KernelSharing kernel_sharing = KernelSharing::kSeparate;
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
  InputSizes input;
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

// The SuperNet's layers at their largest, in order; no SubNets. Throws ChoiceError.
SuperNet ExpandSpace(const OfaMbv3Space& space);
// Throws ChoiceError (the caller adds file and line) when the choice lies outside the space.
SubNet ExpandSubNet(const OfaMbv3Space& space, const SuperNet& net, const OfaMbv3SubNet& choice);

}  // namespace sushi
