#include "sushi/dram/make_memory.hpp"

#include "sushi/dram/bank_memory.hpp"
#include "sushi/dram/simple_memory.hpp"

namespace sushi {

std::unique_ptr<Memory> MakeMemory(const HardwareConfig& hw) {
  if (hw.dram_model == DramModel::kBankLevel) return std::make_unique<BankMemory>(hw.memory);
  return std::make_unique<SimpleMemory>(hw.dram);
}

}  // namespace sushi
