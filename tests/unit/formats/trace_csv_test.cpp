#include "sushi/formats/trace_csv.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "sushi/core/error.hpp"
#include "sushi/query/generators.hpp"

namespace sushi {
namespace {

const std::string kHead = "query,arrival_us,accuracy_min_percent,latency_max_us\n";

class TraceCsv : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = std::filesystem::temp_directory_path() / ("sushi_trace_csv_" + std::to_string(getpid()));
    std::filesystem::create_directory(dir_);
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  std::string Write(const std::string& text) const {
    const std::string path = (dir_ / "t.csv").string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  static std::vector<Query> ReadAll(const std::string& path) {
    std::vector<Query> queries;
    const std::unique_ptr<QuerySource> source = OpenTraceCsv(path);
    for (Query query; source->Next(query);) queries.push_back(query);
    return queries;
  }

  // The message without the path.
  std::string ErrorOf(const std::string& text) const {
    const std::string path = Write(text);
    try {
      ReadAll(path);
    } catch (const UserError& error) {
      const std::string message = error.what();
      EXPECT_EQ(message.rfind(path + ":", 0), 0u) << message;
      return message.substr(path.size() + 1);
    }
    return "no error";
  }

  std::filesystem::path dir_;
};

TEST_F(TraceCsv, ReadsOpenLoopQueries) {
  const std::vector<Query> queries = ReadAll(Write(kHead + "0,0,75.5,1000\n7,12.345678,80,0.000001\n"));
  ASSERT_EQ(queries.size(), 2u);
  EXPECT_EQ(queries[0].arrival, Picoseconds(0));
  EXPECT_EQ(queries[0].accuracy_min_percent, 75.5);
  EXPECT_EQ(queries[0].latency_max, Picoseconds(1'000'000'000));
  EXPECT_EQ(queries[1].id, 7);
  EXPECT_EQ(queries[1].arrival, Picoseconds(12'345'678));
  EXPECT_EQ(queries[1].latency_max, Picoseconds(1));
}

TEST_F(TraceCsv, AnEmptyArrivalInEveryRowMeansClosedLoop) {
  for (const Query& query : ReadAll(Write(kHead + "0,,75,10\n1,,76,20\n"))) {
    EXPECT_FALSE(query.arrival.has_value());
  }
}

TEST_F(TraceCsv, ToleratesCrLfAByteOrderMarkAndAMissingLastLineEnd) {
  EXPECT_EQ(ReadAll(Write("\xef\xbb\xbfquery,arrival_us,accuracy_min_percent,latency_max_us\r\n"
                          "0,,75,10\r\n1,,75,10"))
                .size(),
            2u);
}

TEST_F(TraceCsv, KeepsPicosecondsThatADoubleCannotHold) {
  const std::vector<Query> queries = ReadAll(Write(kHead + "0,999999999999.999999,0,1\n"));
  EXPECT_EQ(queries[0].arrival, Picoseconds(999'999'999'999'999'999));
}

TEST_F(TraceCsv, RoundsWhatIsBelowAPicosecondAndReadsExponents) {
  const std::vector<Query> queries = ReadAll(Write(kHead + "0,1e3,0,1.0000005\n1,1e3,0,1.00000049\n"));
  EXPECT_EQ(queries[0].arrival, Picoseconds(1'000'000'000));
  EXPECT_EQ(queries[0].latency_max, Picoseconds(1'000'001));
  EXPECT_EQ(queries[1].latency_max, Picoseconds(1'000'000));
}

TEST_F(TraceCsv, GivesBackEveryQueryItWrote) {
  Random random(21);
  std::ostringstream text;
  std::vector<Query> written;
  WriteTraceHeader(text);
  Picoseconds arrival;
  for (std::int64_t id = 0; id < 2000; ++id) {
    Query query;
    query.id = id * 3;
    arrival += Picoseconds(random.Integer(0, 1) * random.Integer(0, 400'000'000'000'000));
    query.arrival = arrival;
    query.accuracy_min_percent = random.Uniform(0, 100) * (random.Uniform() < 0.1 ? 1e-6 : 1);
    query.latency_max = Picoseconds(random.Integer(1, std::int64_t{1} << random.Integer(1, 59)));
    written.push_back(query);
    WriteTraceRow(text, query);
  }
  const std::vector<Query> read = ReadAll(Write(text.str()));
  ASSERT_EQ(read.size(), written.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].id, written[i].id);
    EXPECT_EQ(read[i].arrival, written[i].arrival);
    EXPECT_EQ(read[i].accuracy_min_percent, written[i].accuracy_min_percent);
    EXPECT_EQ(read[i].latency_max, written[i].latency_max);
  }
}

TEST_F(TraceCsv, WritesNoMoreDigitsThanNeeded) {
  std::ostringstream text;
  Query query;
  query.id = 4;
  query.accuracy_min_percent = 75.1;
  query.latency_max = Picoseconds(1'500'000);
  WriteTraceRow(text, query);
  query.arrival = Picoseconds(2'000'010);
  WriteTraceRow(text, query);
  EXPECT_EQ(text.str(), "4,,75.1,1.5\n4,2.00001,75.1,1.5\n");
}

struct Bad {
  const char* name;
  std::string text;
  std::string message;  // after "FILE:"
};

class BadTraceCsv : public TraceCsv, public testing::WithParamInterface<Bad> {};

TEST_P(BadTraceCsv, IsRefusedWithLineColumnAndWhatWasExpected) {
  EXPECT_EQ(ErrorOf(GetParam().text), GetParam().message);
}

const std::string kHeaderQuoted = "'query,arrival_us,accuracy_min_percent,latency_max_us'";
INSTANTIATE_TEST_SUITE_P(
    Inputs, BadTraceCsv,
    testing::Values(
        Bad{"EmptyFile", "", " is empty; expected the header " + kHeaderQuoted},
        Bad{"HeaderOnly", kHead, "1: no query: expected at least one row after the header"},
        Bad{"NoHeader", "0,,75,10\n", "1: expected the header " + kHeaderQuoted + ", found '0,,75,10'"},
        Bad{"UnprintableHeader", "a\x01\xff\n", "1: expected the header " + kHeaderQuoted + ", found 'a..'"},
        Bad{"Gzip", "\x1f\x8b\x08zzz", "1: is compressed with gzip; expected a plain CSV trace"},
        Bad{"Binary", kHead + std::string("0,\0,", 4), "2: is binary; expected a plain CSV trace"},
        Bad{"LongLine", kHead + std::string(4097, '1'), "2: expected at most 4096 bytes in a line"},
        Bad{"VeryLongLine", kHead + std::string(100'000, '1'), "2: expected at most 4096 bytes in a line"},
        Bad{"BlankLine", kHead + "0,,75,10\n\n", "3: expected 4 fields, found a blank line"},
        Bad{"TooFewFields", kHead + "0,,75\n", "2: expected 4 fields, found 3"},
        Bad{"TooManyFields", kHead + "0,,75,10,\n", "2: expected 4 fields, found 5"},
        Bad{"IdNotANumber", kHead + "x,,75,10\n", "2: query: expected an integer of at least 0, found 'x'"},
        Bad{"IdNegative", kHead + "-1,,75,10\n", "2: query: expected an integer of at least 0, found '-1'"},
        Bad{"IdTooLarge", kHead + "9223372036854775808,,75,10\n",
            "2: query: expected an integer of at least 0, found '9223372036854775808'"},
        Bad{"IdRepeated", kHead + "3,,75,10\n3,,75,10\n",
            "3: query: expected an id above the previous row's 3, found 3"},
        Bad{"ArrivalNegative", kHead + "0,-1,75,10\n",
            "2: arrival_us: expected a number from 0 to 1e12, or nothing for closed loop, found '-1'"},
        Bad{"ArrivalTooLarge", kHead + "0,1000000000001,75,10\n",
            "2: arrival_us: expected a number from 0 to 1e12, or nothing for closed loop, found "
            "'1000000000001'"},
        Bad{"ArrivalGoesBack", kHead + "0,5,75,10\n1,4.999999,75,10\n",
            "3: arrival_us: expected no earlier arrival than the previous row's, found '4.999999'"},
        Bad{"ArrivalMissing", kHead + "0,5,75,10\n1,,75,10\n",
            "3: arrival_us: expected a number as in the rows before, found it empty"},
        Bad{"ArrivalUnexpected", kHead + "0,,75,10\n1,5,75,10\n",
            "3: arrival_us: expected it empty as in the rows before, found '5'"},
        Bad{"AccuracyNan", kHead + "0,,nan,10\n",
            "2: accuracy_min_percent: expected a number from 0 to 100, found 'nan'"},
        Bad{"AccuracyEmpty", kHead + "0,,,10\n",
            "2: accuracy_min_percent: expected a number from 0 to 100, found ''"},
        Bad{"AccuracyAbove100", kHead + "0,,100.01,10\n",
            "2: accuracy_min_percent: expected a number from 0 to 100, found '100.01'"},
        Bad{"AccuracyTrailing", kHead + "0,,75%,10\n",
            "2: accuracy_min_percent: expected a number from 0 to 100, found '75%'"},
        Bad{"LatencyZero", kHead + "0,,75,0\n",
            "2: latency_max_us: expected a number above 0 (at least 1 ps) and at most 1e12, found '0'"},
        Bad{"LatencyInfinite", kHead + "0,,75,inf\n",
            "2: latency_max_us: expected a number above 0 (at least 1 ps) and at most 1e12, found 'inf'"},
        Bad{"LatencyOverflows", kHead + "0,,75,1e999\n",
            "2: latency_max_us: expected a number above 0 (at least 1 ps) and at most 1e12, found '1e999'"},
        Bad{"LatencySpace", kHead + "0,,75, 10\n",
            "2: latency_max_us: expected a number above 0 (at least 1 ps) and at most 1e12, found ' 10'"}),
    [](const auto& test) { return test.param.name; });

TEST_F(TraceCsv, RefusesADirectoryAndAMissingFile) {
  const auto error_of = [](const std::string& path) {
    try {
      OpenTraceCsv(path);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_EQ(error_of(dir_.string()), dir_.string() + ": is a directory; expected a CSV trace");
  const std::string missing = (dir_ / "missing.csv").string();
  EXPECT_EQ(error_of(missing), missing + ": cannot be opened: No such file or directory");
}

TEST_F(TraceCsv, ReadsALineOfTheLargestSize) {
  const std::string row = "0,,75," + std::string(4096 - 8, '0') + "10";
  EXPECT_EQ(ReadAll(Write(kHead + row.substr(0, 4094) + "10\r\n")).size(), 1u);
}

}  // namespace
}  // namespace sushi
