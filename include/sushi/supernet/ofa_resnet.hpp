// OFA-ResNet50 (mit-han-lab/once-for-all): the rule that turns depths, expand ratios and widths into
// layers. Values and their source: FACTS.md §3.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sushi/supernet/ofa_choice.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi {

struct OfaResNetSpace {
  std::string name;
  std::array<int, 4> base_depth{};        // blocks a stage keeps at depth 0
  int max_extra_depth = 0;                // depth choices 0…max_extra_depth
  std::vector<double> expand_ratios;      // ascending
  std::vector<double> width_multipliers;  // ascending
  std::array<int, 4> stage_width{};       // at width 1.0
  int stem_width = 0;                     // at width 1.0
  int divisor = 8;
  int classes = 0;
  InputSizes input;
};

struct OfaResNetSubNet {
  std::string name;
  double top1_percent = 0;
  int input_size = 0;
  int stem_depth = 0;                       // 0, or 2: the residual 3×3 of the stem is kept
  std::array<int, 4> depth{};               // extra blocks a stage, 0…max_extra_depth
  std::array<int, 6> width_index{};         // stem mid, stem out, stage 1…4
  std::vector<std::vector<double>> expand;  // per stage, one per kept block
};

// The SuperNet's layers at their largest, in order (stem 0–2, stages 3–60, classifier 61); no SubNets.
// Throws ChoiceError when the space has more or larger layers than the limits allow.
SuperNet ExpandSpace(const OfaResNetSpace& space);
// Throws ChoiceError (the caller adds file and line) when the choice lies outside the space.
SubNet ExpandSubNet(const OfaResNetSpace& space, const SuperNet& net, const OfaResNetSubNet& choice);

}  // namespace sushi
