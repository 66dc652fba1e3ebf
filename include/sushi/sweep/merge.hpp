// All results of a sweep as tables, in plan order: the same bytes whatever the order, the workers, the shards
// and the machines that computed them. Points are streamed; what is held of each is its place (RecordIndex).
//
//   sweep.csv     index,id,AXIS…,METRIC…                     a line each point that has a result
//   sweep.jsonl   {"index":…,"id":…,"point":{…},"metrics":{…},"subnets":[{…},…]}
//   failures.csv  index,id,AXIS…,status,attempt,reason       what has none: status failed or missing
//   sweep.sqlite  points("index", id, status, AXIS…)         all; status done, failed or missing
//                 metrics("index", METRIC…)                  of done points
//                 subnets("index", subnet_row, SUBNET…)      rows of done points from 0 on
//                 failures("index", attempt, reason)
//                 sweep                                      a view: points joined with their metrics
//
// In JSON and SQLite an axis cell that looks like a number is one. A metric that is not finite is "nan" or
// "inf" in CSV, null in JSON; in SQLite nan is NULL.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sushi/sweep/point.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

struct SweepColumns {
  std::vector<std::string> axes, metrics, subnets;
};

struct SweepTable {
  SweepColumns columns;
  std::vector<PointId> ids;                                            // by index
  std::function<std::vector<std::string>(std::int64_t index)> labels;  // a cell for each of columns.axes
};

struct PointWithout {
  std::int64_t index = 0;
  PointId id;
  std::string reason;  // empty: missing
};

struct MergeSummary {
  PointCounts counts;
  std::vector<PointWithout> first;  // of those without result; at most ten
  std::int64_t torn = 0;            // as of RecordIndex
  std::string first_torn;
};

// UserError when `out` exists and not `force`, or cannot be written; StorageError when the disk is full;
// InternalError when a record does not have the columns.
MergeSummary Merge(const Store& store, const SweepTable& table, const std::string& out, bool force);

}  // namespace sushi::sweep
