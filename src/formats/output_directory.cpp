#include "sushi/formats/output_directory.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "sushi/core/error.hpp"

namespace sushi {
namespace fs = std::filesystem;

namespace {

// Whatever else lies there is somebody's, and --force is no leave to destroy it.
void CheckReplaces(const std::string& path, const ResultFileNames& files) {
  std::error_code error;
  if (!fs::is_directory(path, error)) throw UserError({path, 0}, "", "is no directory; it is not replaced");
  std::vector<std::string> foreign;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    const std::string name = entry.path().filename().string();
    const bool ours =
        std::find(files.begin(), files.end(), name) != files.end() && !entry.is_directory(error);
    if (!ours) foreign.push_back(name);
  }
  if (error) throw UserError({path, 0}, "", "cannot be read: " + error.message());
  if (!fs::is_empty(path, error) && !fs::exists(fs::path(path) / files.front(), error))
    throw UserError({path, 0}, "", "is not a result directory (no " + files.front() + "); not replaced");
  if (foreign.empty()) return;
  throw UserError({path + "/" + *std::min_element(foreign.begin(), foreign.end()), 0}, "",
                  "is not part of such a result; " + path + " is not replaced");
}

}  // namespace

OutputDirectory::OutputDirectory(const std::string& path, bool force, const ResultFileNames& files)
    : path_(path), files_(files) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) throw UserError("expected a directory name, found an empty one");
  std::error_code error;
  if (fs::exists(path_, error)) {
    const bool empty = fs::is_directory(path_, error) && fs::is_empty(path_, error);
    if (!force && !empty) throw UserError({path_, 0}, "", "already exists; --force replaces it");
    CheckReplaces(path_, files_);
  }
  partial_ = path_ + ".partial-" + std::to_string(getpid());
  fs::remove_all(partial_, error);
  std::vector<std::string> inside;
  for (const std::string& name : files_) inside.push_back(PathOf(name));
  on_signal_.emplace(inside, partial_);
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
  if (fs::exists(path_, error)) CheckReplaces(path_, files_);
  on_signal_.reset();  // from here on nothing is lost
  const std::string old = path_ + ".old-" + std::to_string(getpid());
  if (fs::exists(path_, error)) fs::rename(path_, old, error);
  fs::rename(partial_, path_, error);
  if (error) throw UserError({path_, 0}, "", "cannot be made: " + error.message());
  committed_ = true;
  fs::remove_all(old, error);
}

}  // namespace sushi
