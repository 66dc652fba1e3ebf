// What a transaction is for. Ignorable: a memory that does not know it answers all the same, and the DMA
// engine then takes the time of the response for the time of the data.
#pragma once

#include <optional>
#include <tlm>

#include "sushi/accel/results.hpp"
#include "sushi/functional/dram_image.hpp"

namespace sushi {

struct TileExtension : tlm::tlm_extension<TileExtension> {
  Traffic role = Traffic::kWeights;
  int layer = 0;
  int unit = 0;
  // Filled in by the built-in memory: when the data really moved, since the simulation began.
  std::optional<MemoryTiming> timing;
  // Reads with data: where the payload's bytes lie, one run after the other. A memory that fills them in so
  // says it; another fills in what lies at the payload's address, and the DMA engine gathers by itself.
  const GatherList* places = nullptr;
  bool gathered = false;

  tlm::tlm_extension_base* clone() const override { return new TileExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const TileExtension&>(other);
  }
};

}  // namespace sushi
