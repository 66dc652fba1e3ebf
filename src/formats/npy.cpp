#include "sushi/formats/npy.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <optional>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr std::size_t kMagicBytes = 6;
constexpr std::size_t kPreamble = kMagicBytes + 4;  // magic, version, length of the header
constexpr std::size_t kAlignment = 64;
constexpr std::int64_t kMostElements = std::int64_t{1} << 40;
constexpr std::size_t kMostDimensions = 32;

struct TypeRow {
  NpyType type;
  const char* name;
  const char* descr;
  std::int64_t size;
};
constexpr TypeRow kTypes[] = {{NpyType::kUint8, "uint8", "|u1", 1},
                              {NpyType::kInt8, "int8", "|i1", 1},
                              {NpyType::kInt32, "int32", "<i4", 4}};

const TypeRow& RowOf(NpyType type) { return kTypes[static_cast<std::size_t>(type)]; }

// The header is a Python dictionary of three known keys; a reader for just that.
class Header {
 public:
  explicit Header(const std::string& text) : text_(text) {}

  std::optional<std::string> descr;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::int64_t>> shape;

  // False when the text is anything else.
  bool Parse() {
    if (!Take('{')) return false;
    while (!Take('}')) {
      if (!Entry()) return false;
      if (Take(',')) continue;
      if (!Take('}')) return false;
      break;
    }
    return Skip() == text_.size() && descr && fortran_order && shape;
  }

 private:
  std::size_t Skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_;
  }
  bool Take(char c) {
    if (Skip() == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool TakeWord(const std::string& word) {
    if (text_.compare(Skip(), word.size(), word) != 0) return false;
    at_ += word.size();
    return true;
  }
  bool Text(std::string& out) {
    if (Skip() == text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) return false;
    const std::size_t end = text_.find(text_[at_], at_ + 1);
    if (end == std::string::npos) return false;
    out = text_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return true;
  }

  bool Entry() {
    std::string key;
    if (!Text(key) || !Take(':')) return false;
    if (key == "descr" && !descr) return Text(descr.emplace());
    if (key == "fortran_order" && !fortran_order) {
      fortran_order = TakeWord("True");
      return *fortran_order || TakeWord("False");
    }
    if (key == "shape" && !shape) return Shape(shape.emplace());
    return false;
  }

  bool Shape(std::vector<std::int64_t>& dimensions) {
    if (!Take('(')) return false;
    while (!Take(')')) {
      std::int64_t n = 0;
      const auto [end, error] = std::from_chars(text_.data() + Skip(), text_.data() + text_.size(), n);
      if (error != std::errc() || n < 0 || dimensions.size() == kMostDimensions) return false;
      at_ = static_cast<std::size_t>(end - text_.data());
      dimensions.push_back(n);
      if (Take(',')) continue;
      if (!Take(')') || dimensions.size() == 1) return false;  // (3) is no tuple
      break;
    }
    return true;
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

// Elements of a shape, or nothing when there are absurdly many.
std::optional<std::int64_t> Elements(const std::vector<std::int64_t>& shape) {
  std::int64_t elements = 1;
  for (const std::int64_t n : shape) {
    if (n != 0 && elements > kMostElements / n) return std::nullopt;
    elements *= n;
  }
  return elements;
}

std::string ShapesText(const std::vector<std::vector<std::int64_t>>& shapes) {
  std::string text;
  for (const auto& shape : shapes) text += (text.empty() ? "" : " or ") + ShapeText(shape);
  return text;
}

std::string ReadPart(std::ifstream& file, std::size_t bytes) {
  std::string text(bytes, '\0');
  file.read(text.data(), static_cast<std::streamsize>(bytes));
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

Header ReadHeader(std::ifstream& file, const SourceMark& mark, std::string& text) {
  const std::string preamble = ReadPart(file, kPreamble);
  if (preamble.size() < kPreamble || preamble.compare(0, kMagicBytes, kMagic, kMagicBytes) != 0) {
    throw UserError(mark, "", "not a .npy file");
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(preamble[i]); };
  if (byte(kMagicBytes) != 1) {
    throw UserError(mark, "",
                    "expected .npy format version 1.0, found " + std::to_string(byte(kMagicBytes)) + "." +
                        std::to_string(byte(kMagicBytes + 1)));
  }
  const std::size_t length = byte(kMagicBytes + 2) + std::size_t{256} * byte(kMagicBytes + 3);
  text = ReadPart(file, length);
  if (text.size() < length) throw UserError(mark, "", "ends within the .npy header");
  Header header(text);
  if (!header.Parse()) {
    throw UserError(mark, "", "the .npy header is not a dictionary of descr, fortran_order and shape");
  }
  return header;
}

}  // namespace

const char* Name(NpyType type) { return RowOf(type).name; }
std::int64_t SizeOf(NpyType type) { return RowOf(type).size; }

std::string ShapeText(const std::vector<std::int64_t>& shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

std::string NpyText(const NpyArray& array) {
  std::string header = std::string("{'descr': '") + RowOf(array.type).descr +
                       "', 'fortran_order': False, 'shape': " + ShapeText(array.shape) + ", }";
  const std::size_t used = kPreamble + header.size() + 1;
  header.append((kAlignment - used % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string text(kMagic, kMagicBytes);
  text += '\x01';
  text += '\0';
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + array.bytes;
}

NpyArray ReadNpy(const std::string& path, NpyType type,
                 const std::vector<std::vector<std::int64_t>>& shapes) {
  const SourceMark mark{path, 0};
  std::ifstream file(path, std::ios::binary);
  if (!file) throw UserError(mark, "", std::string("cannot be read: ") + std::strerror(errno));
  std::string text;
  const Header header = ReadHeader(file, mark, text);
  if (*header.descr != RowOf(type).descr) {
    throw UserError(mark, "",
                    std::string("expected ") + Name(type) + " ('" + RowOf(type).descr + "'), found '" +
                        header.descr->substr(0, 20) + "'");
  }
  if (*header.fortran_order) throw UserError(mark, "", "expected C order, found Fortran order");
  bool known = false;
  for (const auto& shape : shapes) known = known || shape == *header.shape;
  if (!known) {
    throw UserError(mark, "", "expected shape " + ShapesText(shapes) + ", found " + ShapeText(*header.shape));
  }
  const std::optional<std::int64_t> elements = Elements(*header.shape);
  if (!elements) throw UserError(mark, "", "is too large");
  const std::int64_t bytes = *elements * SizeOf(type);
  NpyArray array{type, *header.shape, ReadPart(file, static_cast<std::size_t>(bytes))};
  if (static_cast<std::int64_t>(array.bytes.size()) < bytes) {
    throw UserError(mark, "",
                    "ends after " + std::to_string(array.bytes.size()) + " of " + std::to_string(bytes) +
                        " bytes of data");
  }
  if (file.peek() != std::ifstream::traits_type::eof()) {
    throw UserError(mark, "", "goes on after its " + std::to_string(bytes) + " bytes of data");
  }
  return array;
}

}  // namespace sushi
