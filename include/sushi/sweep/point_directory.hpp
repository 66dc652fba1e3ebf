// The directory of a point that writes more than metrics: under a temporary name until it is whole, then
// renamed. Two workers on one point are harmless: the second's is dropped.
#pragma once

#include <string>

#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

class PointDirectory {
 public:
  PointDirectory(const Store& store, const PointId& id);  // UserError, StorageError
  PointDirectory(const PointDirectory&) = delete;
  PointDirectory& operator=(const PointDirectory&) = delete;
  ~PointDirectory();  // drops everything unless committed

  const std::string& path() const { return partial_; }  // write files here
  // Syncs the files and renames. To be called before the point's result is recorded. StorageError.
  void Commit();

 private:
  std::string path_, partial_;
  bool committed_ = false;
};

}  // namespace sushi::sweep
