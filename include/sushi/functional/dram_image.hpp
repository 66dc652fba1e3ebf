// The bytes behind the DRAM port. Sparse: a run without data holds none.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "sushi/core/units.hpp"

namespace sushi {

// `count` runs of `run` bytes, `stride` bytes from one start to the next.
struct StridedBlock {
  std::uint64_t address = 0;
  std::int64_t run = 0;
  std::int64_t count = 1;
  std::int64_t stride = 0;
};

// What a descriptor gathers, in the order in which its bytes stand in the payload.
using GatherList = std::vector<StridedBlock>;
Bytes BytesOf(const GatherList& list);
// `bytes` of the list's bytes from the `first` on; both at the border of a run.
GatherList Slice(const GatherList& list, std::int64_t first, std::int64_t bytes);

class DramImage {
 public:
  void Write(std::uint64_t address, const std::uint8_t* from, std::int64_t bytes);
  void Read(std::uint64_t address, std::uint8_t* to,
            std::int64_t bytes) const;  // 0 where nothing was written
  void Gather(const GatherList& list, std::uint8_t* to) const;
  std::int64_t held_bytes() const;

 private:
  static constexpr std::uint64_t kPageBytes = 1 << 16;
  using Page = std::unique_ptr<std::uint8_t[]>;
  const std::uint8_t* FindPage(std::uint64_t number) const;

  std::unordered_map<std::uint64_t, Page> pages_;
};

}  // namespace sushi
