#include "sushi/formats/output_directory.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sushi/core/error.hpp"

namespace sushi {
namespace fs = std::filesystem;

OutputDirectory::OutputDirectory(const std::string& path, bool force, const std::string& marker)
    : path_(path) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) throw UserError("expected a directory name, found an empty one");
  std::error_code error;
  if (fs::exists(path_, error)) {
    const bool empty = fs::is_directory(path_, error) && fs::is_empty(path_, error);
    if (!force && !empty) throw UserError({path_, 0}, "", "already exists; --force replaces it");
    const bool ours = empty || fs::exists(fs::path(path_) / marker, error);
    if (!ours) throw UserError({path_, 0}, "", "is not a result directory (no " + marker + "); not replaced");
  }
  partial_ = path_ + ".partial-" + std::to_string(getpid());
  fs::remove_all(partial_, error);
  fs::create_directories(partial_, error);
  if (error) throw UserError({path_, 0}, "", "cannot be made: " + error.message());
}

OutputDirectory::~OutputDirectory() {
  std::error_code error;
  if (!committed_) fs::remove_all(partial_, error);
}

std::ofstream OutputDirectory::Open(const std::string& name) const {
  std::ofstream file(fs::path(partial_) / name, std::ios::binary);
  if (!file)
    throw UserError({path_ + "/" + name, 0}, "", std::string("cannot be written: ") + std::strerror(errno));
  return file;
}

void OutputDirectory::Close(std::ofstream& file, const std::string& name) {
  file.close();
  if (!file) throw UserError({name, 0}, "", "cannot be written (is the disk full?)");
}

void OutputDirectory::Write(const std::string& name, const std::string& text) const {
  std::ofstream file = Open(name);
  file << text;
  Close(file, path_ + "/" + name);
}

void OutputDirectory::Commit() {
  std::error_code error;
  const std::string old = path_ + ".old-" + std::to_string(getpid());
  if (fs::exists(path_, error)) fs::rename(path_, old, error);
  fs::rename(partial_, path_, error);
  if (error) throw UserError({path_, 0}, "", "cannot be made: " + error.message());
  committed_ = true;
  fs::remove_all(old, error);
}

}  // namespace sushi
