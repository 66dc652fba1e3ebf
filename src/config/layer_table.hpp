// The `rule: table` half of model_file.cpp: rows of a layer table, inline or CSV, into a SuperNet.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/tree.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

// One convolution of one SubNet, numbers within the limits of supernet.hpp.
struct TableRow {
  static constexpr int kImage = -2;  // in `input` and `add`; kNone when absent

  SourceMark mark;
  std::string path;    // for messages: "supernet.layers[3]"
  std::string subnet;  // of the row
  std::string name;    // of the SuperNet layer, "" when not given
  int layer = 0;
  int input = kNone;
  int add = kNone;
  Op op;  // shape and supernet_layer
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
