#include "files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "sushi/core/error.hpp"
#include "sushi/sweep/point.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace fs = std::filesystem;
namespace {

// What process ids hold for: containers may share a host's name but not its processes.
std::string ProcessIds() {
  struct stat info = {};
  const bool known = stat("/proc/self/ns/pid", &info) == 0;
  return HostName() + "-" + std::to_string(known ? info.st_ino : 0) + "-";
}

// Or only waiting to be buried.
bool IsGone(pid_t pid) {
  if (kill(pid, 0) != 0) return errno == ESRCH;
  std::string stat;
  std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), stat);
  const std::size_t behind_name = stat.rfind(") ");
  return behind_name != std::string::npos && (stat[behind_name + 2] == 'Z' || stat[behind_name + 2] == 'X');
}

}  // namespace

StorageError::StorageError(const std::string& path, int error_number)
    : std::runtime_error(path + ": cannot be written: " + std::strerror(error_number)) {}

void ThrowCannotWrite(const std::string& path, int reason) {
  switch (reason) {
    case EACCES:
    case EPERM:
    case EROFS:
    case ENOENT:
    case ENOTDIR:
    case EEXIST:
      throw UserError({path, 0}, "", std::string("cannot be written: ") + std::strerror(reason));
    default:
      throw StorageError(path, reason);
  }
}

Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

std::string HostName() {
  char host[256] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  std::string name;
  for (const char* c = host; *c != '\0'; ++c) {
    const bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z');
    name += plain ? *c : '_';
  }
  return name;
}

std::string UniqueName() {
  std::random_device random;
  const PointId number{std::uint64_t{random()} << 32 | random(), 0};
  return ProcessIds() + std::to_string(getpid()) + "-" + number.Hex().substr(0, 12);
}

bool IsAbandoned(const std::string& unique_name) {
  const std::string ours = ProcessIds();
  if (unique_name.rfind(ours, 0) != 0) return false;
  const pid_t pid = std::atoi(unique_name.c_str() + ours.size());
  return pid > 0 && IsGone(pid);
}

void MakeDirectory(const std::string& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) ThrowCannotWrite(path, error.value());
}

void SyncDirectory(const std::string& path) {
  const Descriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems know no fsync of a directory (EINVAL).
  if (directory.get() >= 0 && fsync(directory.get()) != 0 && errno != EINVAL) ThrowCannotWrite(path, errno);
}

void SyncFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || fsync(file.get()) != 0) ThrowCannotWrite(path, errno);
}

void WriteFileAtomically(const std::string& path, const std::string& text) {
  const std::string partial = path + ".partial-" + UniqueName();
  const auto fail = [&](int reason) {
    unlink(partial.c_str());
    ThrowCannotWrite(path, reason);
  };
  {
    const Descriptor file(open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (file.get() < 0) ThrowCannotWrite(path, errno);
    for (std::size_t done = 0; done < text.size();) {
      const ssize_t written = write(file.get(), text.data() + done, text.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail(written < 0 ? errno : ENOSPC);
      done += static_cast<std::size_t>(written);
    }
    if (fsync(file.get()) != 0) fail(errno);
  }
  if (rename(partial.c_str(), path.c_str()) != 0) fail(errno);
  SyncDirectory(fs::path(path).parent_path().string());
}

bool CanRead(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

std::string ReadWholeFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  return text.str();
}

}  // namespace sushi::sweep
