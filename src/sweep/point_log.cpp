#include "point_log.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>

#include "board.hpp"

namespace sushi::sweep {
namespace {

constexpr std::int64_t kMostBytes = 1 << 20;  // of a log; the end is what matters

std::int64_t SizeOf(int file) {
  struct stat info = {};
  return fstat(file, &info) == 0 ? info.st_size : 0;
}

}  // namespace

PointLog::PointLog(const Store& store) {
  const std::string directory = store.path() + "/logs";
  MakeDirectory(directory);
  const std::string path = directory + "/" + UniqueName() + ".partial";
  file_ = Descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666));
  if (file_.get() < 0) ThrowCannotWrite(path, errno);
  unlink(path.c_str());
}

void PointLog::TakeOutput() const {
  dup2(file_.get(), STDOUT_FILENO);
  dup2(file_.get(), STDERR_FILENO);
}

void PointLog::Clear() const {
  std::fflush(nullptr);
  if (SizeOf(file_.get()) > 0 && ftruncate(file_.get(), 0) != 0) return;  // then the next log is longer
}

void PointLog::Keep(const Store& store, const PointKey& point, const std::string& verdict,
                    std::int64_t started_ns) const {
  std::fflush(nullptr);
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.6f", static_cast<double>(MonotonicNs() - started_ns) / 1e9);
  const std::int64_t size = SizeOf(file_.get());
  const std::int64_t bytes = size < kMostBytes ? size : kMostBytes;
  std::string text(static_cast<std::size_t>(bytes), '\0');
  const ssize_t got = pread(file_.get(), text.data(), text.size(), size - bytes);
  text.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
  try {
    const std::filesystem::path path = store.LogPath(PointId::Parse(point.id));
    MakeDirectory(path.parent_path().string());
    const std::string partial = path.string() + ".partial-" + UniqueName();
    std::ofstream out(partial, std::ios::binary);
    out << "point " << point.index << ' ' << point.id << ": " << verdict << '\n'
        << "host " << HostName() << ", " << seconds << " s\n";
    if (size > bytes) out << "(the first " << size - bytes << " bytes of output are left out)\n";
    out << text;
    out.close();
    std::error_code error;
    if (out) std::filesystem::rename(partial, path, error);
    if (!out || error) std::filesystem::remove(partial, error);
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace sushi::sweep
