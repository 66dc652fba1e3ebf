#include "sushi/sweep/merge.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

// Every row of a query, its cells joined by '|'.
std::vector<std::string> Query(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  std::vector<std::string> rows;
  while (statement != nullptr && sqlite3_step(statement) == SQLITE_ROW) {
    std::string row;
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row += (i == 0 ? "" : "|") + std::string(text == nullptr ? "NULL" : text);
    }
    rows.push_back(row);
  }
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

class MergeTest : public ::testing::Test {
 protected:
  void WriteSegment(const std::string& name, const std::string& text) const {
    std::ofstream(store_.segments_dir() + "/" + name + ".seg", std::ios::binary) << text;
  }
  // Two done, one failed, one missing.
  void WriteSmall() {
    ids_ = MakeIds(4);
    WriteSegment("a", ResultLine(ids_[0], ResultOf(0)) + ResultLine(ids_[2], ResultOf(2)) +
                          FailureLine(ids_[1], {"no \"room\"", 2}));
  }

  TempDir dir_;
  Store store_ = Store::Make(dir_ / "store");
  std::vector<PointId> ids_ = MakeIds(60);
};

TEST_F(MergeTest, BytesDoNotDependOnOrderSegmentsOrDuplicates) {
  std::vector<std::string> lines;
  for (std::int64_t i = 0; i < 60; ++i) {
    if (i % 10 != 3) lines.push_back(ResultLine(ids_[i], ResultOf(i)));
    if (i % 5 == 3) lines.push_back(FailureLine(ids_[i], {"timeout", 1}));
  }
  std::string first;
  std::mt19937 random(3);
  for (int trial = 0; trial < 8; ++trial) {
    fs::remove_all(store_.segments_dir());
    fs::create_directories(store_.segments_dir());
    std::shuffle(lines.begin(), lines.end(), random);
    std::vector<std::string> texts(static_cast<std::size_t>(trial + 1));
    for (const std::string& line : lines) {
      texts[random() % texts.size()] += line;
      if (random() % 4 == 0) texts[random() % texts.size()] += line;  // computed twice
    }
    for (std::size_t i = 0; i < texts.size(); ++i) WriteSegment("s" + std::to_string(random()), texts[i]);
    const std::string bytes = MergedBytes(store_, ids_, dir_ / "out");
    if (first.empty()) first = bytes;
    EXPECT_TRUE(bytes == first) << trial;
  }
}

TEST_F(MergeTest, TheTablesSayWhatIsDone) {
  WriteSmall();
  const MergeSummary summary = Merge(store_, TableOf(ids_), dir_ / "out", false);
  EXPECT_EQ(summary.counts.done, 2);
  EXPECT_EQ(summary.counts.failed, 1);
  EXPECT_EQ(summary.counts.missing, 1);
  ASSERT_EQ(summary.first.size(), 2U);
  EXPECT_EQ(summary.first[0].reason, "no \"room\"");
  EXPECT_EQ(summary.first[1].reason, "");
  EXPECT_EQ(ReadAll(dir_ / "out/sweep.csv"),
            "index,id,accel.size_kib,policy,cycles,latency_us,note\n"
            "0," +
                ids_[0].Hex() +
                ",0,\"strict, \"\"a\"\"\",0,0,text 0\n"
                "2," +
                ids_[2].Hex() + ",1024,\"strict, \"\"a\"\"\",20,0.6666666666666666,text 2\n");
  EXPECT_EQ(ReadAll(dir_ / "out/failures.csv"),
            "index,id,accel.size_kib,policy,status,attempt,reason\n"
            "1," +
                ids_[1].Hex() +
                ",512,none,failed,2,\"no \"\"room\"\"\"\n"
                "3," +
                ids_[3].Hex() + ",1536,none,missing,,\n");
  const std::string jsonl = ReadAll(dir_ / "out/sweep.jsonl");
  EXPECT_EQ(jsonl.substr(0, jsonl.find('\n')),
            "{\"index\":0,\"id\":\"" + ids_[0].Hex() +
                "\",\"point\":{\"accel.size_kib\":0,\"policy\":\"strict, \\\"a\\\"\"},"
                "\"metrics\":{\"cycles\":0,\"latency_us\":0.0,\"note\":\"text 0\"},"
                "\"subnets\":[{\"subnet\":\"A\",\"cycles\":0},{\"subnet\":\"B\",\"cycles\":1}]}");
}

TEST_F(MergeTest, TheDatabaseHasTheDocumentedTablesAndTypes) {
  WriteSmall();
  Merge(store_, TableOf(ids_), dir_ / "out", false);
  const std::string db = dir_ / "out/sweep.sqlite";
  EXPECT_EQ(Query(db,
                  "SELECT \"index\", status, \"accel.size_kib\", typeof(\"accel.size_kib\"), typeof(policy) "
                  "FROM points ORDER BY 1"),
            (std::vector<std::string>{"0|done|0|integer|text", "1|failed|512|integer|text",
                                      "2|done|1024|integer|text", "3|missing|1536|integer|text"}));
  EXPECT_EQ(Query(db, "SELECT \"index\", cycles, typeof(cycles), typeof(latency_us), note FROM metrics"),
            (std::vector<std::string>{"0|0|integer|real|text 0", "2|20|integer|real|text 2"}));
  EXPECT_EQ(Query(db, "SELECT * FROM subnets"),
            (std::vector<std::string>{"0|0|A|0", "0|1|B|1", "2|0|A|2", "2|1|B|3"}));
  EXPECT_EQ(Query(db, "SELECT * FROM failures"), (std::vector<std::string>{"1|2|no \"room\""}));
  EXPECT_EQ(Query(db, "SELECT id FROM sweep WHERE cycles > 10 AND \"accel.size_kib\" >= 1024"),
            (std::vector<std::string>{ids_[2].Hex()}));
  EXPECT_EQ(Query(db, "PRAGMA integrity_check"), (std::vector<std::string>{"ok"}));
}

TEST_F(MergeTest, NumbersThatAreNotFiniteAreNullInJson) {
  ids_ = MakeIds(1);
  WriteSegment("a",
               ResultLine(ids_[0], {{std::int64_t{1}, std::numeric_limits<double>::quiet_NaN(), "x"}, {}}));
  Merge(store_, TableOf(ids_), dir_ / "out", false);
  EXPECT_NE(ReadAll(dir_ / "out/sweep.jsonl").find("\"latency_us\":null"), std::string::npos);
  EXPECT_NE(ReadAll(dir_ / "out/sweep.csv").find(",1,nan,x\n"), std::string::npos);
  EXPECT_EQ(Query(dir_ / "out/sweep.sqlite", "SELECT latency_us FROM metrics"),
            (std::vector<std::string>{"NULL"}));
}

TEST_F(MergeTest, AnAxisCellIsANumberInJsonOnlyIfJsonSaysSo) {
  const std::vector<std::string> cells = {"0",    "-1.5e3", "010", "1.", ".5", "+1",
                                          "0x10", "nan",    "",    "1e", "-"};
  ids_ = MakeIds(1);
  WriteSegment("a", ResultLine(ids_[0], {{}, {}}));
  SweepTable table;
  table.ids = ids_;
  for (std::size_t i = 0; i < cells.size(); ++i) table.columns.axes.push_back("a" + std::to_string(i));
  table.labels = [&](std::int64_t) { return cells; };
  Merge(store_, table, dir_ / "out", false);
  const auto json = nlohmann::json::parse(ReadAll(dir_ / "out/sweep.jsonl"));
  for (std::size_t i = 0; i < cells.size(); ++i)
    EXPECT_EQ(json["point"]["a" + std::to_string(i)].is_number(), i < 2) << cells[i];
}

TEST_F(MergeTest, AnEmptyStoreGivesEmptyTables) {
  const MergeSummary summary = Merge(store_, TableOf(ids_), dir_ / "out", false);
  EXPECT_EQ(summary.counts.missing, 60);
  EXPECT_EQ(summary.first.size(), 10U);
  const std::string csv = ReadAll(dir_ / "out/sweep.csv");
  EXPECT_EQ(csv.find('\n'), csv.size() - 1);
}

TEST_F(MergeTest, TheOutputIsReplacedOnlyWhenForcedAndOnlyIfItIsAMerge) {
  WriteSmall();
  Merge(store_, TableOf(ids_), dir_ / "out", false);
  EXPECT_THROW(Merge(store_, TableOf(ids_), dir_ / "out", false), UserError);
  Merge(store_, TableOf(ids_), dir_ / "out", true);
  EXPECT_THROW(Merge(store_, TableOf(ids_), dir_ / "store", true), UserError);
}

TEST_F(MergeTest, AResultThatLacksAColumnIsAnError) {
  ids_ = MakeIds(1);
  WriteSegment("a", ResultLine(ids_[0], {{std::int64_t{1}}, {}}));
  EXPECT_THROW(Merge(store_, TableOf(ids_), dir_ / "out", false), InternalError);
  EXPECT_FALSE(fs::exists(dir_ / "out"));
}

}  // namespace
}  // namespace sushi::sweep::testing
