// What a memory with data does with a payload.
#pragma once

#include <tlm>

#include "sushi/functional/dram_image.hpp"

namespace sushi {

// Writes the payload's bytes at its address; reads what its TileExtension lists, or what lies at its address
// when there is no list. Nothing without a data pointer.
void MoveData(tlm::tlm_generic_payload& payload, DramImage& image);

}  // namespace sushi
