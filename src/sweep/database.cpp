#include "database.hpp"

#include <sqlite3.h>

#include <cerrno>

#include "sushi/core/error.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {

std::string Columns(const std::vector<std::string>& names, const std::string& type) {
  std::string sql;
  for (const std::string& name : names) {
    sql += ", \"";
    for (const char c : name) sql += c == '"' ? "\"\"" : std::string(1, c);
    sql += "\"" + type;
  }
  return sql;
}

}  // namespace

void SweepDatabase::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

SweepDatabase::SweepDatabase(const std::string& path, const SweepColumns& columns) : path_(path) {
  Check(sqlite3_open_v2(path.c_str(), &database_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr));
  for (const char* setting :
       {"page_size = 4096", "encoding = 'UTF-8'", "auto_vacuum = NONE", "journal_mode = OFF",
        "synchronous = OFF", "locking_mode = EXCLUSIVE", "user_version = 1"})
    Execute(std::string("PRAGMA ") + setting);
  Execute("BEGIN");
  // NUMERIC turns an axis cell that looks like a number into one; metrics have the type of their cells.
  Execute("CREATE TABLE points(\"index\" INTEGER PRIMARY KEY, id TEXT NOT NULL, status TEXT NOT NULL" +
          Columns(columns.axes, " NUMERIC") + ")");
  Execute("CREATE TABLE metrics(\"index\" INTEGER PRIMARY KEY REFERENCES points" +
          Columns(columns.metrics, "") + ")");
  Execute("CREATE TABLE subnets(\"index\" INTEGER NOT NULL REFERENCES points, subnet_row INTEGER NOT NULL" +
          Columns(columns.subnets, "") + ", PRIMARY KEY(\"index\", subnet_row)) WITHOUT ROWID");
  Execute(
      "CREATE TABLE failures(\"index\" INTEGER PRIMARY KEY REFERENCES points, attempt INTEGER, reason TEXT)");
  Execute("CREATE VIEW sweep AS SELECT * FROM points JOIN metrics USING (\"index\")");
  point_ = InsertInto("points", 3 + columns.axes.size());
  metrics_ = InsertInto("metrics", 1 + columns.metrics.size());
  subnet_ = InsertInto("subnets", 2 + columns.subnets.size());
  failure_ = InsertInto("failures", 3);
}

SweepDatabase::~SweepDatabase() {
  for (Statement* statement : {&point_, &metrics_, &subnet_, &failure_}) statement->reset();
  sqlite3_close(database_);
}

void SweepDatabase::Check(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  if (code == SQLITE_FULL) throw StorageError(path_, ENOSPC);
  if ((code & 0xff) == SQLITE_IOERR) throw StorageError(path_, EIO);
  throw InternalError(path_ + ": SQLite: " + sqlite3_errmsg(database_));
}

void SweepDatabase::Execute(const std::string& sql) {
  Check(sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr));
}

SweepDatabase::Statement SweepDatabase::InsertInto(const std::string& table, std::size_t columns) {
  std::string sql = "INSERT INTO " + table + " VALUES(?";
  for (std::size_t i = 1; i < columns; ++i) sql += ",?";
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v2(database_, (sql + ")").c_str(), -1, &statement, nullptr));
  return Statement(statement);
}

void SweepDatabase::Bind(sqlite3_stmt* statement, int place, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) {
    Check(sqlite3_bind_text64(statement, place, text->data(), text->size(), SQLITE_TRANSIENT, SQLITE_UTF8));
  } else if (const auto* integer = std::get_if<std::int64_t>(&cell)) {
    Check(sqlite3_bind_int64(statement, place, *integer));
  } else {
    Check(sqlite3_bind_double(statement, place, std::get<double>(cell)));
  }
}

void SweepDatabase::Step(sqlite3_stmt* statement) {
  Check(sqlite3_step(statement));
  Check(sqlite3_reset(statement));
}

void SweepDatabase::AddPoint(const PointKey& key, const std::string& status,
                             const std::vector<std::string>& labels) {
  Bind(point_.get(), 1, key.index);
  Bind(point_.get(), 2, key.id);
  Bind(point_.get(), 3, status);
  for (std::size_t i = 0; i < labels.size(); ++i) Bind(point_.get(), static_cast<int>(i) + 4, labels[i]);
  Step(point_.get());
}

void SweepDatabase::AddResult(std::int64_t index, const PointResult& result) {
  Bind(metrics_.get(), 1, index);
  for (std::size_t i = 0; i < result.metrics.size(); ++i)
    Bind(metrics_.get(), static_cast<int>(i) + 2, result.metrics[i]);
  Step(metrics_.get());
  for (std::size_t row = 0; row < result.subnets.size(); ++row) {
    Bind(subnet_.get(), 1, index);
    Bind(subnet_.get(), 2, static_cast<std::int64_t>(row));
    const std::vector<Cell>& cells = result.subnets[row];
    for (std::size_t i = 0; i < cells.size(); ++i) Bind(subnet_.get(), static_cast<int>(i) + 3, cells[i]);
    Step(subnet_.get());
  }
}

void SweepDatabase::AddFailure(std::int64_t index, const PointFailure& failure) {
  Bind(failure_.get(), 1, index);
  Bind(failure_.get(), 2, static_cast<std::int64_t>(failure.attempt));
  Bind(failure_.get(), 3, failure.reason);
  Step(failure_.get());
}

void SweepDatabase::Commit() { Execute("COMMIT"); }

}  // namespace sushi::sweep
