// A sweep's results on disk: any number of writers on any number of machines, with no lock.
//
//   plan.json        the sweep as resolved; its text is the caller's
//   segments/*.seg   records (record.hpp), each file with one writer
//   points/ab/ID/    what a point wrote beside its metrics (point_directory.hpp)
//   logs/ab/ID.log   what a point printed, that failed or was asked to keep a log
//
// A result wins over failures of the same id. Results of one id must be equal.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sushi/sweep/point.hpp"

namespace sushi::sweep {

// Where the record of a point stands.
struct RecordPlace {
  PointId id;
  std::uint64_t hash = 0;
  std::int64_t offset = 0;
  std::uint32_t bytes = 0;     // without the line feed
  std::uint32_t segment : 31;  // in RecordIndex::segments
  std::uint32_t is_result : 1;
};

// All that the store has, one place an id, sorted by id: 40 bytes a point.
struct RecordIndex {
  std::vector<std::string> segments;  // paths
  std::vector<RecordPlace> places;
  std::int64_t torn = 0;   // lines that were no records
  std::string first_torn;  // the segment of the first of them

  const RecordPlace* Find(const PointId& id) const;  // null when absent
};

struct PointCounts {
  std::int64_t points = 0, done = 0, failed = 0, missing = 0;  // done + failed + missing = points
};

class Store {
 public:
  // Makes what is missing of the directory. UserError when it cannot be made or is something else's,
  // StorageError when the disk is full.
  static Store Make(const std::string& path);
  // UserError unless it is a store with a plan.
  static Store Open(const std::string& path);

  const std::string& path() const { return path_; }
  bool HasPlan() const;
  std::string Plan() const;
  void WritePlan(const std::string& text) const;  // nothing when it is there already

  std::string segments_dir() const { return path_ + "/segments"; }
  std::string PointsDir() const { return path_ + "/points"; }
  std::string PointPath(const PointId& id) const;
  std::string LogPath(const PointId& id) const;

  // InternalError when two results of one id differ. Safe while others write.
  RecordIndex Scan() const;

  // Copies the records of `segments` into a new one and removes them; nothing is lost at any moment. A
  // segment without records goes in any case. StorageError leaves all as it was.
  void Compact(const std::vector<std::string>& segments) const;

 private:
  explicit Store(const std::string& path);
  std::string path_;
};

// The points of the plan (ids[index]) that lie in `shard`, equal ids counted each.
PointCounts CountPoints(const std::vector<PointId>& ids, const RecordIndex& index, const Shard& shard = {});

// What a run has to do, equal ids counted once.
struct WorkList {
  // Indices in plan order: no result yet (or no directory), and no failure unless `retry_failed`.
  std::vector<std::int64_t> pending;
  std::int64_t points = 0, done = 0, failed = 0;  // failed: kept as they are
};
// `directories`: a result counts only for these points, sorted; null: for any.
WorkList ListWork(const std::vector<PointId>& ids, const RecordIndex& index, const Shard& shard,
                  bool retry_failed, const std::vector<PointId>* directories = nullptr);

// Reads records by place; keeps some files open. Not valid longer than its index.
class RecordReader {
 public:
  explicit RecordReader(const RecordIndex& index);
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;
  ~RecordReader();
  // The line; StoreChanged when it is gone. Valid until the next call.
  std::string_view Line(const RecordPlace& place);

 private:
  int FileOf(std::uint32_t segment);
  const RecordIndex& index_;
  std::vector<int> files_;  // −1: not open
  int open_ = 0;
  std::string line_;
};

// A record went elsewhere because its run compacted its segments: scan again.
class StoreChanged {};

// Calls `body` with a fresh index until no StoreChanged comes out of it; UserError after several times.
void WithIndex(const Store& store, const std::function<void(const RecordIndex&)>& body);

}  // namespace sushi::sweep
