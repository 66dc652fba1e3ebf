#include "sushi/functional/dram_image.hpp"

#include <gtest/gtest.h>

namespace sushi {
namespace {

std::vector<std::uint8_t> Count(int n) {
  std::vector<std::uint8_t> bytes;
  for (int i = 0; i < n; ++i) bytes.push_back(static_cast<std::uint8_t>(i));
  return bytes;
}

TEST(DramImage, HoldsOnlyWhatWasTouched) {
  DramImage image;
  EXPECT_EQ(image.held_bytes(), 0);
  std::uint8_t byte = 1;
  image.Read(std::uint64_t{1} << 40, &byte, 1);
  EXPECT_EQ(byte, 0);
  EXPECT_EQ(image.held_bytes(), 0);
  image.Write(std::uint64_t{1} << 40, &byte, 1);
  EXPECT_EQ(image.held_bytes(), 1 << 16);
}

TEST(DramImage, WritesAcrossPages) {
  DramImage image;
  const std::vector<std::uint8_t> bytes = Count(200);
  image.Write(65536 - 100, bytes.data(), 200);
  std::vector<std::uint8_t> read(202, 9);
  image.Read(65536 - 101, read.data(), 202);
  EXPECT_EQ(read.front(), 0);
  EXPECT_EQ(read.back(), 0);
  EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), read.begin() + 1));
}

TEST(DramImage, GathersRunsInTheListsOrder) {
  DramImage image;
  const std::vector<std::uint8_t> bytes = Count(100);
  image.Write(0, bytes.data(), 100);
  const GatherList list = {{50, 2, 2, 10}, {0, 3, 1, 0}};
  EXPECT_EQ(BytesOf(list), Bytes(7));
  std::vector<std::uint8_t> read(7);
  image.Gather(list, read.data());
  EXPECT_EQ(read, (std::vector<std::uint8_t>{50, 51, 60, 61, 0, 1, 2}));
}

TEST(GatherList, SlicesGatherWhatTheWholeGathers) {
  DramImage image;
  const std::vector<std::uint8_t> bytes = Count(200);
  image.Write(0, bytes.data(), 200);
  const GatherList list = {{7, 3, 4, 11}, {100, 2, 5, 2}};
  std::vector<std::uint8_t> whole(22);
  image.Gather(list, whole.data());
  std::vector<std::uint8_t> parts(22);
  for (const auto& [first, size] : {std::pair(0, 6), std::pair(6, 10), std::pair(16, 6)}) {
    const GatherList slice = Slice(list, first, size);
    EXPECT_EQ(BytesOf(slice), Bytes(size));
    image.Gather(slice, parts.data() + first);
  }
  EXPECT_EQ(parts, whole);
}

}  // namespace
}  // namespace sushi
