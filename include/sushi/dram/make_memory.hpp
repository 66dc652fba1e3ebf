// The memory that a hardware description asks for.
#pragma once

#include <memory>

#include "sushi/accel/hardware.hpp"
#include "sushi/dram/memory.hpp"

namespace sushi {

std::unique_ptr<Memory> MakeMemory(const HardwareConfig& hw);

}  // namespace sushi
