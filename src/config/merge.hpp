// Several files and `--set`s as one tree whose nodes keep their origins.
#pragma once

#include <string>
#include <vector>

#include "sushi/config/tree.hpp"

namespace sushi::config {

// Files left to right, each over its own `base` files, then "key=value" texts. `schema_version` and `base`
// have been checked and taken out; no key has been read. Throws UserError.
Node MergeAll(const std::vector<std::string>& files, const std::vector<std::string>& sets);

// The file of a sweep before its bases and itself are put together, so that another base can come between.
struct SplitFile {
  Node bases, own;
};
SplitFile ReadSplit(const std::string& file);
// The file that `item` names, relative to the file that `item` stands in, with its bases; `from` must not be
// among them.
Node ReadBaseOf(const Node& item, const std::string& from);
// `file` over `into`, as files of a command line are merged; then "key=value" texts.
void MergeFile(Node& into, const Node& file);
void MergeSets(Node& into, const std::vector<std::string>& sets);

// Sets one dotted key, as `--set` does; the value keeps its mark.
void SetKey(Node& merged, const std::string& key, const Node& value);

}  // namespace sushi::config
