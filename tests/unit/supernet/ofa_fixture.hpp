// The OFA-ResNet50 space (FACTS.md §3) and its two extreme choices, for tests.
#pragma once

#include "sushi/supernet/ofa_resnet.hpp"

namespace sushi {

inline OfaResNetSpace OfaSpace() {
  OfaResNetSpace space;
  space.name = "ofa_resnet50";
  space.base_depth = {2, 2, 4, 2};
  space.max_extra_depth = 2;
  space.expand_ratios = {0.2, 0.25, 0.35};
  space.width_multipliers = {0.65, 0.8, 1.0};
  space.stage_width = {256, 512, 1024, 2048};
  space.stem_width = 64;
  space.classes = 1000;
  space.input.min = 128;
  space.input.max = 256;
  return space;
}

inline OfaResNetSubNet SmallestChoice() {
  OfaResNetSubNet choice;
  choice.name = "smallest";
  choice.input_size = 128;
  choice.expand = {{0.2, 0.2}, {0.2, 0.2}, {0.2, 0.2, 0.2, 0.2}, {0.2, 0.2}};
  return choice;
}

inline OfaResNetSubNet LargestChoice() {
  OfaResNetSubNet choice;
  choice.name = "largest";
  choice.input_size = 256;
  choice.stem_depth = 2;
  choice.depth = {2, 2, 2, 2};
  choice.width_index = {2, 2, 2, 2, 2, 2};
  choice.expand = {std::vector<double>(4, 0.35), std::vector<double>(4, 0.35), std::vector<double>(6, 0.35),
                   std::vector<double>(4, 0.35)};
  return choice;
}

}  // namespace sushi
