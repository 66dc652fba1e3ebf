// A result directory that appears whole or not at all: files are written beside it under a temporary
// name, Commit() renames. An existing directory is only replaced with `force`.
#pragma once

#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "sushi/formats/partial_outputs.hpp"

namespace sushi {

// What a result directory of one kind consists of. The first of its files is always there.
using ResultFileNames = std::vector<std::string>;

class OutputDirectory {
 public:
  // UserError when `path` exists and `force` is not given, or nothing can be written there. Only a directory
  // that is empty, or holds the first of `files` and none but these, is replaced.
  OutputDirectory(const std::string& path, bool force, const ResultFileNames& files);
  OutputDirectory(const OutputDirectory&) = delete;
  OutputDirectory& operator=(const OutputDirectory&) = delete;
  ~OutputDirectory();  // drops everything unless committed

  std::ofstream Open(const std::string& name) const;
  // Where a file of this name is to be put that is not written through a stream.
  std::string PathOf(const std::string& name) const { return partial_ + "/" + name; }
  // Closes `file` and fails with UserError when anything could not be written (disk full).
  static void Close(std::ofstream& file, const std::string& name);
  void Write(const std::string& name, const std::string& text) const;
  // UserError also when foreign files have come meanwhile.
  void Commit();

 private:
  std::string path_;
  ResultFileNames files_;
  std::string partial_;
  std::optional<PartialOutput> on_signal_;
  bool committed_ = false;
};

}  // namespace sushi
