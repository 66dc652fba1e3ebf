#include "sushi/sweep/point_directory.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <functional>

#include "files.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace fs = std::filesystem;
namespace {

const char* const kPartial = ".partial-";

// Of points/*/: `visit` is told the path and the name of what is there. Ends at the first error.
std::error_code VisitPoints(const Store& store,
                            const std::function<void(const fs::path&, const std::string&)>& visit) {
  std::error_code error;
  if (!fs::exists(store.PointsDir(), error)) return error;
  fs::directory_iterator prefix(store.PointsDir(), error);
  for (const fs::directory_iterator end; !error && prefix != end; prefix.increment(error)) {
    if (!prefix->is_directory(error)) continue;
    fs::directory_iterator entry(prefix->path(), error);
    for (; !error && entry != end; entry.increment(error))
      visit(entry->path(), entry->path().filename().string());
  }
  return error;
}

bool IsId(const std::string& name) {
  return name.size() == 32 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

PointDirectory::PointDirectory(const Store& store, const PointId& id)
    : path_(store.PointPath(id)), partial_(path_ + kPartial + UniqueName()) {
  MakeDirectory(partial_);
}

PointDirectory::~PointDirectory() {
  std::error_code error;
  if (!committed_) fs::remove_all(partial_, error);
}

std::ofstream PointDirectory::Open(const std::string& name) const {
  std::ofstream file(partial_ + "/" + name, std::ios::binary);
  if (!file) ThrowCannotWrite(partial_ + "/" + name, errno);
  return file;
}

void PointDirectory::Close(std::ofstream& file, const std::string& name) const {
  file.close();
  // A stream does not keep the reason; of a file that could be opened it is never the point's fault.
  if (!file) throw StorageError(path_ + "/" + name + ": cannot be written (is the disk full?)");
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

std::vector<PointId> ListPointDirectories(const Store& store) {
  std::vector<PointId> ids;
  const std::error_code error = VisitPoints(store, [&](const fs::path&, const std::string& name) {
    if (IsId(name)) ids.push_back(PointId::Parse(name));
  });
  if (error) throw UserError({store.PointsDir(), 0}, "", "cannot be read: " + error.message());
  std::sort(ids.begin(), ids.end());
  return ids;
}

void RemoveAbandonedDirectories(const Store& store) {
  std::vector<fs::path> abandoned;
  VisitPoints(store, [&](const fs::path& path, const std::string& name) {
    const std::size_t at = name.find(kPartial);
    if (at != std::string::npos && IsAbandoned(name.substr(at + std::string(kPartial).size())))
      abandoned.push_back(path);
  });
  std::error_code error;
  for (const fs::path& path : abandoned) fs::remove_all(path, error);
}

}  // namespace sushi::sweep
