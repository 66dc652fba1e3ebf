// The merged sweep as an SQLite database (schema: sushi/sweep/merge.hpp). What is added in the same order
// gives the same bytes: fixed page size, one transaction, no journal, no times.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sushi/sweep/merge.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace sushi::sweep {

class SweepDatabase {
 public:
  // Makes the file. All members: StorageError when the disk is full, else InternalError.
  SweepDatabase(const std::string& path, const SweepColumns& columns);
  SweepDatabase(const SweepDatabase&) = delete;
  SweepDatabase& operator=(const SweepDatabase&) = delete;
  ~SweepDatabase();

  void AddPoint(const PointKey& key, const std::string& status, const std::vector<std::string>& labels);
  void AddResult(std::int64_t index, const PointResult& result);
  void AddFailure(std::int64_t index, const PointFailure& failure);
  void Commit();

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  void Execute(const std::string& sql);
  Statement InsertInto(const std::string& table, std::size_t columns);
  void Bind(sqlite3_stmt* statement, int place, const Cell& cell);
  void Step(sqlite3_stmt* statement);
  void Check(int code);

  std::string path_;
  sqlite3* database_ = nullptr;
  Statement point_, metrics_, subnet_, failure_;
};

}  // namespace sushi::sweep
