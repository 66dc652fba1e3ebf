// Single result files: written under a temporary name and renamed, never half there; an existing file is
// only replaced when asked for.
#pragma once

#include <optional>
#include <string>

#include "sushi/formats/partial_outputs.hpp"

namespace sushi {

void CheckWritable(const std::string& path, bool force);  // UserError when it exists and not `force`
// UserError when it exists and does not begin as files of its kind do: --force is no leave to destroy
// another.
void CheckReplaces(const std::string& path, const std::string& beginning, const std::string& kind);
void WriteFile(const std::string& path, const std::string& text, bool force);

// A file that grows while it is made, renamed to its name by Commit().
class PartialFile {
 public:
  PartialFile(const std::string& path, bool force);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();
  const std::string& partial_path() const { return partial_; }
  void Commit();

 private:
  std::string path_, partial_;
  std::optional<PartialOutput> on_signal_;
  bool committed_ = false;
};

}  // namespace sushi
