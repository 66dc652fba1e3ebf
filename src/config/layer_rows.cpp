// Reading the rows of a layer table. A CSV line becomes the same kind of map as an inline row, so that
// both are checked by the same code and report the same messages.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "layer_table.hpp"
#include "model_readers.hpp"
#include "section_keys.hpp"

namespace sushi::config {
namespace {

constexpr std::size_t kMaxRows = 65536;

const std::vector<std::string>& Columns() { return keys::kTableRow; }
constexpr std::size_t kRequiredColumns = 13;  // the first of Columns()

int Number(const Node& row, const char* key, const std::string& path, int low, int high) {
  return static_cast<int>(AsInt(Require(row, key, path), path + "." + key, low, high));
}

// `layer` is the row's own: only earlier ones can be read.
int Producer(const Node& row, const char* key, const std::string& path, int layer) {
  const Node* node = row.Find(key);
  if (node == nullptr) return kNone;
  if (node->kind == Node::Kind::kScalar && node->scalar == "image") return TableRow::kImage;
  const std::string full = path + "." + key;
  if (layer == 0) {
    throw UserError(node->mark, full, "expected 'image': a SubNet's first layer has no layer before it");
  }
  RequireKind(*node, Node::Kind::kScalar, full);
  try {
    return static_cast<int>(AsInt(*node, full, 0, layer - 1));
  } catch (const UserError&) {
    throw UserError(node->mark, full,
                    "expected an earlier layer of the SubNet (0 to " + std::to_string(layer - 1) +
                        ") or 'image', found '" + node->scalar + "'");
  }
}

bool Flag(const Node& row, const char* key, const std::string& path) {
  return row.Find(key) != nullptr && Number(row, key, path, 0, 1) == 1;
}

// A value of one of `choices` by its name; the first when the key is absent.
template <typename Enum>
Enum Named(const Node& row, const char* key, const std::string& path, const std::vector<Enum>& choices) {
  const Node* node = row.Find(key);
  if (node == nullptr) return choices.front();
  const std::string full = path + "." + key;
  const std::string value = AsString(*node, full);
  std::vector<std::string> names;
  std::string list;
  for (Enum choice : choices) {
    if (value == Name(choice)) return choice;
    names.emplace_back(Name(choice));
    list += (list.empty() ? "" : ", ") + names.back();
  }
  throw UserError(node->mark, full,
                  "expected one of " + list + ", found '" + value + "'" + DidYouMean(value, names));
}

// What the op computes besides its shape.
Op ReadKind(const Node& row, const std::string& path) {
  Op op;
  op.kind = Named<OpKind>(row, "kind", path,
                          {OpKind::kConv, OpKind::kMaxPool, OpKind::kAveragePool, OpKind::kScale});
  if (op.kind == OpKind::kConv) {
    op.supernet_layer = Number(row, "supernet_layer", path, 0, kMaxLayers - 1);
    op.depthwise = Flag(row, "depthwise", path);
    op.bias = Flag(row, "bias", path);
    op.activation =
        Named<Activation>(row, "activation", path,
                          {Activation::kRelu, Activation::kHSwish, Activation::kHSigmoid, Activation::kNone});
    return op;
  }
  for (const char* key : {"supernet_layer", "depthwise", "bias", "activation", "add"}) {
    if (const Node* node = row.Find(key)) {
      throw UserError(node->mark, path + "." + key,
                      "is for convolutions, and this layer's kind is " + std::string(Name(op.kind)));
    }
  }
  return op;
}

// One channel in, the same channel out.
void CheckChannelwise(const Node& row, const std::string& path, const Op& op) {
  if ((op.kind == OpKind::kConv && !op.depthwise) || op.kernels == op.channels) return;
  throw UserError(row.Find("in_channels")->mark, path + ".in_channels",
                  "expected " + std::to_string(op.kernels) + ", the out_channels, for a " +
                      (op.depthwise ? "depthwise convolution" : Name(op.kind)) + ", found " +
                      std::to_string(op.channels));
}

void CheckScaleShape(const Node& row, const std::string& path, const Op& op) {
  const bool one = op.kernel_h == 1 && op.kernel_w == 1 && op.stride_h == 1 && op.stride_w == 1;
  if (one) return;  // so has the padding: it is below the kernel's size
  throw UserError(row.mark, path, "expected kernel_h, kernel_w, stride_h and stride_w of 1 for a scale");
}

Op ReadShape(const Node& row, const std::string& path) {
  Op op = ReadKind(row, path);
  op.kernels = Number(row, "out_channels", path, 1, kMaxChannels);
  op.channels = Number(row, "in_channels", path, 1, kMaxChannels);
  CheckChannelwise(row, path, op);
  const int max_kernel =
      op.kind == OpKind::kConv ? kMaxKernelSize : kMaxMapSize;  // a global pool's is the map
  op.kernel_h = Number(row, "kernel_h", path, 1, max_kernel);
  op.kernel_w = Number(row, "kernel_w", path, 1, max_kernel);
  op.in_h = Number(row, "in_h", path, 1, kMaxMapSize);
  op.in_w = Number(row, "in_w", path, 1, kMaxMapSize);
  op.pad_h = Number(row, "pad_h", path, 0, op.kernel_h - 1);
  op.pad_w = Number(row, "pad_w", path, 0, op.kernel_w - 1);
  op.stride_h = Number(row, "stride_h", path, 1, kMaxMapSize);
  op.stride_w = Number(row, "stride_w", path, 1, kMaxMapSize);
  if (op.in_h + 2 * op.pad_h < op.kernel_h || op.in_w + 2 * op.pad_w < op.kernel_w) {
    throw UserError(row.mark, path, "the kernel is larger than the padded input");
  }
  if (op.kind == OpKind::kScale) CheckScaleShape(row, path, op);
  if (!op.WithinLimits()) throw UserError(row.mark, path, "the layer is too large (over 2^50 MACs)");
  return op;
}

TableRow ReadRow(const Node& row, const std::string& path) {
  RequireKind(row, Node::Kind::kMap, path);
  RefuseUnknown(row, Columns(), path);
  TableRow out;
  out.mark = row.mark;
  out.path = path;
  out.subnet = AsString(Require(row, "subnet", path), path + ".subnet");
  out.layer = Number(row, "layer", path, 0, kMaxLayers - 1);
  out.op = ReadShape(row, path);
  if (const Node* name = row.Find("name")) out.name = AsPlainName(*name, path + ".name");
  out.input = Producer(row, "input", path, out.layer);
  out.add = Producer(row, "add", path, out.layer);
  out.scale = Producer(row, "scale", path, out.layer);
  if ((out.scale != kNone) != (out.op.kind == OpKind::kScale)) {
    const Node* scale = row.Find("scale");
    throw UserError(scale != nullptr ? scale->mark : row.mark, path + ".scale",
                    "expected with, and only with, kind scale");
  }
  return out;
}

std::string ReadText(const std::string& file, const SourceMark& named_at, const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) {
    throw UserError(named_at, path, "no such file: " + file);
  }
  const auto size = std::filesystem::file_size(file, error);
  if (error || size > static_cast<std::uintmax_t>(kMaxFileBytes)) {
    throw UserError(named_at, path, file + " is larger than " + std::to_string(kMaxFileBytes) + " bytes");
  }
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UserError(named_at, path, "cannot read " + file);
  std::string content = text.str();
  const std::string byte_order_mark = "\xEF\xBB\xBF";
  if (content.compare(0, 3, byte_order_mark) == 0) content.erase(0, 3);
  return content;
}

std::vector<std::string> Fields(const std::string& line, const SourceMark& mark) {
  if (line.find('"') != std::string::npos) {
    throw UserError(mark, "", "quotes are not expected: fields are numbers and plain names");
  }
  std::vector<std::string> fields(1);
  for (char c : line) {
    if (c == ',') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

void CheckHeader(const std::vector<std::string>& header, const SourceMark& mark) {
  const auto& known = Columns();
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (std::find(known.begin(), known.end(), header[i]) == known.end()) {
      throw UserError(mark, header[i], "unknown column" + DidYouMean(header[i], known));
    }
    if (std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), header[i]) !=
        header.begin() + static_cast<std::ptrdiff_t>(i)) {
      throw UserError(mark, header[i], "column given twice");
    }
  }
  for (std::size_t i = 0; i < kRequiredColumns; ++i) {
    if (std::find(header.begin(), header.end(), known[i]) == header.end()) {
      throw UserError(mark, known[i], "column missing");
    }
  }
}

// An empty field is a missing key: right for `input` and `add`, an error for the others.
Node AsMap(const std::vector<std::string>& header, const std::vector<std::string>& fields,
           const SourceMark& mark) {
  if (fields.size() != header.size()) {
    throw UserError(mark, "",
                    "expected " + std::to_string(header.size()) + " fields as in the header, found " +
                        std::to_string(fields.size()));
  }
  Node row;
  row.kind = Node::Kind::kMap;
  row.mark = mark;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].empty()) continue;
    Node field;
    field.kind = Node::Kind::kScalar;
    field.mark = mark;
    field.scalar = fields[i];
    row.entries.emplace_back(header[i], std::move(field));
  }
  return row;
}

}  // namespace

std::vector<TableRow> ReadInlineRows(const Node& layers, const std::string& path) {
  RequireKind(layers, Node::Kind::kSequence, path);
  std::vector<TableRow> rows;
  for (std::size_t i = 0; i < layers.items.size(); ++i) {
    rows.push_back(ReadRow(layers.items[i], path + "[" + std::to_string(i) + "]"));
  }
  if (rows.empty()) throw UserError(layers.mark, path, "expected at least one layer");
  return rows;
}

std::vector<TableRow> ReadCsvRows(const std::string& file, const SourceMark& named_at,
                                  const std::string& path) {
  std::istringstream text(ReadText(file, named_at, path));
  std::vector<TableRow> rows;
  std::vector<std::string> header;
  std::string line;
  for (SourceMark mark{file, 1}; std::getline(text, line); ++mark.line) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const std::vector<std::string> fields = Fields(line, mark);
    if (header.empty()) {
      CheckHeader(fields, mark);
      header = fields;
      continue;
    }
    if (rows.size() == kMaxRows) {
      throw UserError(mark, "", "expected at most " + std::to_string(kMaxRows) + " layers");
    }
    rows.push_back(ReadRow(AsMap(header, fields, mark), "layer table"));
  }
  if (rows.empty()) throw UserError({file, 0}, "", "expected a header line and at least one layer");
  return rows;
}

}  // namespace sushi::config
