// NumPy's .npy files, format version 1.0: one array, little-endian, C order, of the three types that data
// of the simulator have.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sushi {

enum class NpyType { kUint8, kInt8, kInt32 };
const char* Name(NpyType type);     // "uint8", …
std::int64_t SizeOf(NpyType type);  // bytes of an element

struct NpyArray {
  NpyType type = NpyType::kUint8;
  std::vector<std::int64_t> shape;  // empty: a single number
  std::string bytes;                // elements in C order
};

std::string ShapeText(const std::vector<std::int64_t>& shape);  // as Python writes it: (3, 224, 224)

// The text of the file.
std::string NpyText(const NpyArray& array);

// Reads a file and demands its type and one of the shapes. UserError names the file and says what was found
// and what was expected: not .npy, another version, a header that is no dictionary of descr, fortran_order
// and shape, Fortran order, big-endian, another type or shape, fewer or more bytes than the shape needs.
NpyArray ReadNpy(const std::string& path, NpyType type, const std::vector<std::vector<std::int64_t>>& shapes);

template <typename T>
NpyArray MakeNpy(NpyType type, const std::vector<std::int64_t>& shape, const std::vector<T>& values) {
  return {type, shape, std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T))};
}

}  // namespace sushi
