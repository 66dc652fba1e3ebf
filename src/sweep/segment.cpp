#include "sushi/sweep/segment.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "files.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {

constexpr std::size_t kBlock = 1 << 20;

}  // namespace

Segment::Segment(const std::string& directory) : path_(directory + "/" + UniqueName() + ".seg") {
  fd_ = open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
  if (fd_ < 0) ThrowCannotWrite(path_, errno);
}

Segment::~Segment() { close(fd_); }

std::int64_t Segment::size() const {
  struct stat info = {};
  return fstat(fd_, &info) == 0 ? info.st_size : 0;
}

void Segment::Append(const std::string& line) const {
  ssize_t written = 0;
  do {
    written = write(fd_, line.data(), line.size());
  } while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(line.size())) return;
  const int reason = written < 0 ? errno : ENOSPC;
  // Only tidier: a torn line would fail its hash.
  if (written > 0 && ftruncate(fd_, size() - written) != 0) EndTornLine();
  throw StorageError(path_, reason);
}

void Segment::Sync() const {
  if (fdatasync(fd_) != 0) throw StorageError(path_, errno);
}

void Segment::EndTornLine() const {
  char last = '\n';
  const std::int64_t bytes = size();
  if (bytes == 0 || pread(fd_, &last, 1, bytes - 1) != 1 || last == '\n') return;
  if (write(fd_, "\n", 1) != 1) throw StorageError(path_, errno);
}

std::string Segment::LastLine() const {
  std::string tail;
  std::int64_t begin = size();
  while (begin > 0) {
    const std::int64_t take = std::min<std::int64_t>(begin, 4096);
    begin -= take;
    std::string block(static_cast<std::size_t>(take), '\0');
    if (pread(fd_, block.data(), block.size(), begin) != take) return "";
    tail.insert(0, block);
    if (tail.back() != '\n') return "";
    const std::size_t feed = tail.size() < 2 ? std::string::npos : tail.rfind('\n', tail.size() - 2);
    if (feed != std::string::npos) return tail.substr(feed + 1, tail.size() - feed - 2);
  }
  return tail.empty() ? "" : tail.substr(0, tail.size() - 1);
}

bool ReadLines(const std::string& path,
               const std::function<void(std::string_view line, std::int64_t offset)>& visit) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 && errno == ENOENT) return false;
  if (file.get() < 0) throw UserError({path, 0}, "", std::string("cannot be read: ") + std::strerror(errno));
  std::vector<char> buffer(kBlock);
  std::size_t held = 0;     // bytes of a line whose end is not read yet
  std::int64_t offset = 0;  // of the buffer in the file
  for (;;) {
    if (held == buffer.size()) buffer.resize(buffer.size() * 2);
    const ssize_t got = read(file.get(), buffer.data() + held, buffer.size() - held);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw UserError({path, 0}, "", std::string("cannot be read: ") + std::strerror(errno));
    if (got == 0) return true;
    const char* const end = buffer.data() + held + got;
    const char* line = buffer.data();
    const char* search = buffer.data() + held;
    while (const void* feed = std::memchr(search, '\n', static_cast<std::size_t>(end - search))) {
      const auto* const stop = static_cast<const char*>(feed);
      visit({line, static_cast<std::size_t>(stop - line)}, offset + (line - buffer.data()));
      line = search = stop + 1;
    }
    offset += line - buffer.data();
    held = static_cast<std::size_t>(end - line);
    std::memmove(buffer.data(), line, held);
  }
}

}  // namespace sushi::sweep
