// A segment: a file of records with one writer, append-only, one write() a record. What a writer that was
// killed left torn fails its hash and is skipped.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace sushi::sweep {

class Segment {
 public:
  // Makes DIRECTORY/NAME.seg, NAME not used by anyone before. StorageError when there is no room for it.
  explicit Segment(const std::string& directory);
  Segment(const Segment&) = delete;
  Segment& operator=(const Segment&) = delete;
  ~Segment();

  const std::string& path() const { return path_; }
  std::int64_t size() const;
  // `line` ends in a line feed. StorageError when it cannot be written whole; what was written is taken back.
  void Append(const std::string& line) const;
  // What was appended is on the disk. StorageError.
  void Sync() const;
  // After the death of the process that appended: ends a line that it left torn, so that the next is whole.
  void EndTornLine() const;
  // The last line, without its line feed; empty when there is none.
  std::string LastLine() const;

 private:
  std::string path_;
  int fd_ = -1;
};

// Calls `visit` with each line that ends in a line feed (without it) and its offset. False when the file is
// gone; UserError when it cannot be read.
bool ReadLines(const std::string& path,
               const std::function<void(std::string_view line, std::int64_t offset)>& visit);

}  // namespace sushi::sweep
