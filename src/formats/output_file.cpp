#include "sushi/formats/output_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sushi/core/error.hpp"

namespace sushi {
namespace fs = std::filesystem;

void CheckWritable(const std::string& path, bool force) {
  std::error_code error;
  if (fs::is_directory(path, error)) throw UserError({path, 0}, "", "is a directory, expected a file name");
  if (fs::exists(path, error) && !fs::is_regular_file(path, error))
    throw UserError({path, 0}, "", "is no regular file; it is not replaced");
  if (!force && fs::exists(path, error))
    throw UserError({path, 0}, "", "already exists; --force replaces it");
}

void CheckReplaces(const std::string& path, const std::string& beginning, const std::string& kind) {
  std::ifstream in(path, std::ios::binary);
  std::string found(beginning.size(), '\0');
  if (!in || in.peek() == std::ifstream::traits_type::eof()) return;
  in.read(found.data(), static_cast<std::streamsize>(found.size()));
  if (found != beginning) throw UserError({path, 0}, "", "is no " + kind + "; it is not replaced");
}

PartialFile::PartialFile(const std::string& path, bool force) : path_(path) {
  CheckWritable(path, force);
  std::error_code error;  // a link stays, what it points to is replaced
  if (fs::is_symlink(path, error))
    path_ = (fs::path(path).parent_path() / fs::read_symlink(path, error)).string();
  partial_ = path_ + ".partial-" + std::to_string(getpid());
  on_signal_.emplace(std::vector<std::string>{partial_});
  if (!std::ofstream(partial_, std::ios::binary)) throw UserError({path, 0}, "", "cannot be written");
}

PartialFile::~PartialFile() {
  std::error_code error;
  if (!committed_) fs::remove(partial_, error);
}

void PartialFile::Commit() {
  std::error_code error;
  fs::rename(partial_, path_, error);
  if (error) throw UserError({path_, 0}, "", "cannot be written: " + error.message());
  committed_ = true;
  on_signal_.reset();
}

void WriteFile(const std::string& path, const std::string& text, bool force) {
  PartialFile file(path, force);
  std::ofstream out(file.partial_path(), std::ios::binary);
  out << text;
  out.close();
  if (!out) throw UserError({path, 0}, "", "cannot be written (is the disk full?)");
  file.Commit();
}

}  // namespace sushi
