#include "sushi/sweep/point_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include "files.hpp"

namespace sushi::sweep {
namespace fs = std::filesystem;

PointDirectory::PointDirectory(const Store& store, const PointId& id)
    : path_(store.PointPath(id)), partial_(path_ + ".partial-" + UniqueName()) {
  MakeDirectory(partial_);
}

PointDirectory::~PointDirectory() {
  std::error_code error;
  if (!committed_) fs::remove_all(partial_, error);
}

void PointDirectory::Commit() {
  for (const auto& entry : fs::directory_iterator(partial_)) {
    if (entry.is_regular_file()) SyncFile(entry.path().string());
  }
  SyncDirectory(partial_);
  if (std::rename(partial_.c_str(), path_.c_str()) == 0) {
    committed_ = true;
    SyncDirectory(fs::path(path_).parent_path().string());
    return;
  }
  // Another worker was first, with the same content.
  if (errno != ENOTEMPTY && errno != EEXIST) ThrowCannotWrite(path_, errno);
}

}  // namespace sushi::sweep
