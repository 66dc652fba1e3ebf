#include "sushi/formats/npy.hpp"

#include <gtest/gtest.h>

#include "process.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using Shapes = std::vector<std::vector<std::int64_t>>;

std::string FileText(const std::string& dictionary, const std::string& data, char major = 1) {
  std::string text("\x93NUMPY", 6);
  text += major;
  text += '\0';
  text += static_cast<char>(dictionary.size() & 0xff);
  text += static_cast<char>(dictionary.size() >> 8);
  return text + dictionary + data;
}

// What ReadNpy says about a file of this text.
std::string ErrorOf(const std::string& text, NpyType type = NpyType::kUint8,
                    const Shapes& shapes = {{2, 3}}) {
  const testing::Scratch scratch;
  const std::string path = scratch.Write("a.npy", text);
  try {
    ReadNpy(path, type, shapes);
  } catch (const UserError& error) {
    const std::string message = error.what();
    EXPECT_EQ(message.rfind(path + ": ", 0), 0U) << message;
    return message.substr(path.size() + 2);
  }
  return "no error";
}

constexpr char kGood[] = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n";

TEST(Npy, ReadsBackWhatItWrote) {
  const testing::Scratch scratch;
  const std::vector<std::int32_t> values = {1, -2, 1 << 30, -(1 << 30), 5, 6};
  const NpyArray array = MakeNpy(NpyType::kInt32, {3, 1, 2}, values);
  const std::string path = scratch.Write("a.npy", NpyText(array));
  const NpyArray read = ReadNpy(path, NpyType::kInt32, {{6}, {3, 1, 2}});
  EXPECT_EQ(read.bytes, array.bytes);
  EXPECT_EQ(read.shape, array.shape);
}

TEST(Npy, HeadersAreAlignedTo64BytesAndShapesArePythonTuples) {
  for (const std::vector<std::int64_t>& shape : Shapes{{}, {7}, {2, 3}, {1000000, 1, 1, 1}}) {
    const std::string text = NpyText({NpyType::kInt8, shape, ""});
    EXPECT_EQ(text.size() % 64, 0U);
    EXPECT_EQ(text.back(), '\n');
  }
  EXPECT_EQ(ShapeText({}), "()");
  EXPECT_EQ(ShapeText({7}), "(7,)");
  EXPECT_EQ(ShapeText({2, 3}), "(2, 3)");
}

TEST(Npy, TakesKeysInAnyOrder) {
  EXPECT_EQ(ErrorOf(FileText("{\"shape\": (2,3), 'fortran_order': False, 'descr': '|u1'}", "abcdef")),
            "no error");
}

TEST(Npy, RefusesAnotherType) {
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcdef"), NpyType::kInt8), "expected int8 ('|i1'), found '|u1'");
  EXPECT_EQ(
      ErrorOf(FileText("{'descr': '>i4', 'fortran_order': False, 'shape': (2, 3)}", ""), NpyType::kInt32),
      "expected int32 ('<i4'), found '>i4'");
}

TEST(Npy, RefusesAnotherShape) {
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcdef"), NpyType::kUint8, {{3, 2}, {1, 3, 2}}),
            "expected shape (3, 2) or (1, 3, 2), found (2, 3)");
}

TEST(Npy, RefusesFortranOrder) {
  EXPECT_EQ(ErrorOf(FileText("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }", "abcdef")),
            "expected C order, found Fortran order");
}

TEST(Npy, RefusesAFileThatIsShorterOrLongerThanItsShape) {
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcde")), "ends after 5 of 6 bytes of data");
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcdefg")), "goes on after its 6 bytes of data");
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcdef")), "no error");
}

TEST(Npy, RefusesWhatIsNoNpyFile) {
  EXPECT_EQ(ErrorOf(""), "not a .npy file");
  EXPECT_EQ(ErrorOf("hello, this is some text"), "not a .npy file");
  EXPECT_EQ(ErrorOf(FileText(kGood, "abcdef", 3)), "expected .npy format version 1.0, found 3.0");
  EXPECT_EQ(ErrorOf(FileText(kGood, "").substr(0, 30)), "ends within the .npy header");
}

TEST(Npy, RefusesHeadersThatAreNotTheThreeKeys) {
  for (const char* header :
       {"", "{}", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), 'x': 1}",
        "{'descr': '|u1', 'fortran_order': 0, 'shape': (2, 3)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (3)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-2, 3)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3",
        "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 99999999999999999999)}"}) {
    EXPECT_EQ(ErrorOf(FileText(header, "abcdef")),
              "the .npy header is not a dictionary of descr, fortran_order and shape")
        << header;
  }
}

TEST(Npy, RefusesAShapeThatIsTooLargeBeforeItAllocates) {
  const std::int64_t n = std::int64_t{1} << 31;
  EXPECT_EQ(
      ErrorOf(FileText("{'descr': '|u1', 'fortran_order': False, 'shape': (2147483648, 2147483648)}", ""),
              NpyType::kUint8, {{n, n}}),
      "is too large");
}

TEST(Npy, SaysWhyAFileCannotBeRead) {
  EXPECT_THROW(ReadNpy("/nonexistent/a.npy", NpyType::kUint8, {{1}}), UserError);
}

}  // namespace
}  // namespace sushi
