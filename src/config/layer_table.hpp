// The `rule: table` half of model_file.cpp: rows of a layer table, inline or CSV, into a SuperNet.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/tree.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

// One layer of one SubNet, numbers within the limits of supernet.hpp.
struct TableRow {
  static constexpr int kImage = -2;  // in `input`, `add` and `scale`; kNone when absent

  SourceMark mark;
  std::string path;    // for messages: "supernet.layers[3]"
  std::string subnet;  // of the row
  std::string name;    // of the SuperNet layer, of the op for the vector unit's; "" when not given
  int layer = 0;
  int input = kNone;
  int add = kNone;
  int scale = kNone;
  Op op;  // kind, shape, supernet_layer, depthwise, bias, activation
};

// What `subnets` says of one SubNet of a table.
struct TableSubNet {
  SourceMark mark;
  std::string path;
  std::string name;
  double top1_percent = 0;
  int input_size = 0;  // 0 when not given
};

std::vector<TableRow> ReadInlineRows(const Node& layers, const std::string& path);
std::vector<TableRow> ReadCsvRows(const std::string& file, const SourceMark& named_at,
                                  const std::string& path);

// Fills layers and subnets of `net`.
void BuildFromTable(const std::vector<TableRow>& rows, const std::vector<TableSubNet>& subnets,
                    SuperNet& net);

}  // namespace sushi::config
