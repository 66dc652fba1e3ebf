#include <fcntl.h>
#include <unistd.h>

#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {
namespace {

constexpr int kFilesOpen = 128;  // of the 1024 that a process may have by default
constexpr int kScans = 10;

}  // namespace

RecordReader::RecordReader(const RecordIndex& index) : index_(index), files_(index.segments.size(), -1) {}

RecordReader::~RecordReader() {
  for (const int file : files_) {
    if (file >= 0) close(file);
  }
}

int RecordReader::FileOf(std::uint32_t segment) {
  int& file = files_[segment];
  if (file >= 0) return file;
  if (open_ == kFilesOpen) {
    for (int& other : files_) {
      if (other >= 0) close(other);
      other = -1;
    }
    open_ = 0;
  }
  file = open(index_.segments[segment].c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) throw StoreChanged();
  ++open_;
  return file;
}

std::string_view RecordReader::Line(const RecordPlace& place) {
  line_.resize(place.bytes);
  const ssize_t got = pread(FileOf(place.segment), line_.data(), line_.size(), place.offset);
  if (got != static_cast<ssize_t>(place.bytes) || ReadHead(line_).hash != place.hash) throw StoreChanged();
  return line_;
}

void WithIndex(const Store& store, const std::function<void(const RecordIndex&)>& body) {
  for (int scan = 0; scan < kScans; ++scan) {
    const RecordIndex index = store.Scan();
    try {
      body(index);
      return;
    } catch (const StoreChanged&) {
      continue;
    }
  }
  throw UserError({store.path(), 0}, "", "keeps changing: wait until its runs have ended");
}

}  // namespace sushi::sweep
