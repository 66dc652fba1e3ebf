// Sets of banks as bits of a word.
#pragma once

#include <cstdint>

namespace sushi {

inline int LowestBit(std::uint64_t bits) { return __builtin_ctzll(bits); }
inline bool HasOneBit(std::uint64_t bits) { return bits != 0 && (bits & (bits - 1)) == 0; }
inline std::uint64_t Bit(int bank) { return std::uint64_t{1} << bank; }

}  // namespace sushi
