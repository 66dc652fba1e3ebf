// The directory of a point that writes more than metrics: under a temporary name until it is whole, then
// renamed. Two workers on one point are harmless: the second's is dropped.
#pragma once

#include <fstream>
#include <string>
#include <vector>

#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

class PointDirectory {
 public:
  PointDirectory(const Store& store, const PointId& id);  // UserError, StorageError
  PointDirectory(const PointDirectory&) = delete;
  PointDirectory& operator=(const PointDirectory&) = delete;
  ~PointDirectory();  // drops everything unless committed

  const std::string& path() const { return partial_; }  // write files here
  std::ofstream Open(const std::string& name) const;    // UserError, StorageError
  // StorageError when anything could not be written.
  void Close(std::ofstream& file, const std::string& name) const;
  // Syncs the files and renames. To be called before the point's result is recorded. StorageError.
  void Commit();

 private:
  std::string path_, partial_;
  bool committed_ = false;
};

// The points that have a directory, sorted. UserError when the store cannot be read.
std::vector<PointId> ListPointDirectories(const Store& store);
// Removes what processes of this machine left half written when they were killed, as far as it can.
void RemoveAbandonedDirectories(const Store& store);

}  // namespace sushi::sweep
