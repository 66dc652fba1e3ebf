#include "sushi/functional/dram_image.hpp"

#include <algorithm>
#include <cstring>

namespace sushi {

Bytes BytesOf(const GatherList& list) {
  Bytes bytes;
  for (const StridedBlock& block : list) bytes += Bytes(block.run * block.count);
  return bytes;
}

GatherList Slice(const GatherList& list, std::int64_t first, std::int64_t bytes) {
  GatherList slice;
  for (const StridedBlock& block : list) {
    const std::int64_t size = block.run * block.count;
    const std::int64_t begin = std::min(first, size), taken = std::min(bytes, size - begin);
    if (taken > 0) {
      const std::int64_t run = begin / block.run;
      slice.push_back({block.address + static_cast<std::uint64_t>(run * block.stride), block.run,
                       taken / block.run, block.stride});
    }
    first -= begin;
    bytes -= taken;
  }
  return slice;
}

void DramImage::Write(std::uint64_t address, const std::uint8_t* from, std::int64_t bytes) {
  while (bytes > 0) {
    const std::uint64_t offset = address % kPageBytes;
    const std::int64_t n = std::min<std::int64_t>(bytes, static_cast<std::int64_t>(kPageBytes - offset));
    Page& page = pages_[address / kPageBytes];
    if (!page) page = std::make_unique<std::uint8_t[]>(kPageBytes);
    std::memcpy(page.get() + offset, from, static_cast<std::size_t>(n));
    address += static_cast<std::uint64_t>(n);
    from += n;
    bytes -= n;
  }
}

void DramImage::Read(std::uint64_t address, std::uint8_t* to, std::int64_t bytes) const {
  while (bytes > 0) {
    const std::uint64_t offset = address % kPageBytes;
    const std::int64_t n = std::min<std::int64_t>(bytes, static_cast<std::int64_t>(kPageBytes - offset));
    const std::uint8_t* page = FindPage(address / kPageBytes);
    if (page == nullptr) {
      std::memset(to, 0, static_cast<std::size_t>(n));
    } else {
      std::memcpy(to, page + offset, static_cast<std::size_t>(n));
    }
    address += static_cast<std::uint64_t>(n);
    to += n;
    bytes -= n;
  }
}

void DramImage::Gather(const GatherList& list, std::uint8_t* to) const {
  for (const StridedBlock& block : list) {
    std::uint64_t address = block.address;
    for (std::int64_t i = 0; i < block.count; ++i, address += static_cast<std::uint64_t>(block.stride)) {
      Read(address, to, block.run);
      to += block.run;
    }
  }
}

std::int64_t DramImage::held_bytes() const { return static_cast<std::int64_t>(pages_.size() * kPageBytes); }

const std::uint8_t* DramImage::FindPage(std::uint64_t number) const {
  const auto found = pages_.find(number);
  return found == pages_.end() ? nullptr : found->second.get();
}

}  // namespace sushi
