#include "sushi/functional/buffer_contents.hpp"

#include <algorithm>
#include <utility>

namespace sushi {

void CachedWeights::Reshape(int layer, Rect rect, int taps) {
  Layer next;
  next.rect = rect;
  next.taps = taps;
  next.weights.resize(next.Place(rect.kernels, 0, 0));
  const Layer& old = layers_[layer];
  const int channels = std::min(rect.channels, old.rect.channels);
  for (int k = 0; k < std::min(rect.kernels, old.rect.kernels); ++k) {
    const auto from = old.weights.begin() + static_cast<std::ptrdiff_t>(old.Place(k, 0, 0));
    std::copy(from, from + std::ptrdiff_t{channels} * taps,
              next.weights.begin() + static_cast<std::ptrdiff_t>(next.Place(k, 0, 0)));
  }
  layers_[layer] = std::move(next);
}

void CachedWeights::Set(int layer, int kernel, int channel, int tap, std::int8_t weight) {
  Layer& held = layers_[layer];
  if (held.Holds(kernel, channel)) held.weights[held.Place(kernel, channel, tap)] = weight;
}

std::int8_t CachedWeights::At(int layer, int kernel, int channel, int tap) const {
  const auto found = layers_.find(layer);
  if (found == layers_.end() || !found->second.Holds(kernel, channel)) return 0;
  return found->second.weights[found->second.Place(kernel, channel, tap)];
}

}  // namespace sushi
