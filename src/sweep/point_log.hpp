// What a worker prints, one point at a time, under two lines: the point and how it ended; host and duration.
// It goes to a file without a name that parent and worker share; only the logs of points that fail, or of all
// if asked for, are kept, as LOGS/ab/ID.log.
#pragma once

#include <cstdint>
#include <string>

#include "files.hpp"
#include "sushi/sweep/store.hpp"

namespace sushi::sweep {

class PointLog {
 public:
  explicit PointLog(const Store& store);  // UserError, StorageError
  void TakeOutput() const;                // in the worker: its stdout and stderr go here
  void Clear() const;
  // Best effort: a log is not worth a result. `started_ns`: of the point, MonotonicNs().
  void Keep(const Store& store, const PointKey& point, const std::string& verdict,
            std::int64_t started_ns) const;

 private:
  Descriptor file_;
};

}  // namespace sushi::sweep
