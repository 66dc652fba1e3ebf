#include "sushi/formats/csv_reader.hpp"

#include <gmock/gmock.h>

#include "process.hpp"

namespace sushi {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Scratch;

std::string ErrorOf(const std::string& text, const std::function<void(CsvReader&)>& use = nullptr) {
  const Scratch scratch;
  try {
    CsvReader rows(scratch.Write("t.csv", text));
    while (rows.Next()) {
      if (use) use(rows);
    }
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(CsvReader, QuotedCellsHoldCommasQuotesAndLineBreaks) {
  const Scratch scratch;
  CsvReader rows(scratch.Write("t.csv", "a,b\n\"x,\"\"y\"\"\nz\",\"\"\nlast,2"));
  EXPECT_THAT(rows.header(), ElementsAre("a", "b"));
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Text(0), "x,\"y\"\nz");
  EXPECT_EQ(rows.Text(1), "");
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Text(0), "last");
  EXPECT_EQ(rows.Integer(1), 2);
  EXPECT_FALSE(rows.Next());
}

TEST(CsvReader, LinesMayEndAsOnWindows) {
  const Scratch scratch;
  CsvReader rows(scratch.Write("t.csv", "a,b\r\n1,2\r\n"));
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Integer(rows.Column("b")), 2);
}

TEST(CsvReader, ARowHasAsManyCellsAsTheHeader) {
  EXPECT_THAT(ErrorOf("a,b\n1,2\n1,2,3\n"), HasSubstr("t.csv:3: expected 2 cells as in the header, found 3"));
  EXPECT_THAT(ErrorOf("a,b\n1,2\n1\n"), HasSubstr("t.csv:3: expected 2 cells"));
}

TEST(CsvReader, CountsLinesWithinQuotes) {
  EXPECT_THAT(ErrorOf("a,b\n\"1\n2\",3\n4\n"), HasSubstr("t.csv:4: expected 2 cells"));
  EXPECT_THAT(ErrorOf("a,b\n1,2\n\"3,\n4\n"), HasSubstr("t.csv:3: a quote does not end"));
}

TEST(CsvReader, SaysWhereANumberIsNone) {
  EXPECT_THAT(ErrorOf("a,b\n1,2\n1,2x\n", [](CsvReader& rows) { rows.Integer(1); }),
              HasSubstr("t.csv:3: b: expected an integer, found '2x'"));
  EXPECT_THAT(ErrorOf("a\nnan\n", [](CsvReader& rows) { rows.Real(0); }),
              HasSubstr("t.csv:2: a: expected a number"));
  EXPECT_THAT(ErrorOf("a\n1.5\n", [](CsvReader& rows) { rows.Integer(0); }),
              HasSubstr("expected an integer"));
}

TEST(CsvReader, ReadsMicrosecondsAsPicoseconds) {
  const Scratch scratch;
  CsvReader rows(scratch.Write("t.csv", "a\n29149.630001\n1000000000000\n"));
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Picoseconds(0), 29'149'630'001);
  ASSERT_TRUE(rows.Next());
  EXPECT_EQ(rows.Picoseconds(0), 1'000'000'000'000'000'000);
  const auto use = [](CsvReader& row) { row.Picoseconds(0); };
  EXPECT_THAT(ErrorOf("a\n1000000000001\n", use), HasSubstr("t.csv:2: a: expected 0 to 1e12 us"));
  EXPECT_THAT(ErrorOf("a\n-1\n", use), HasSubstr("expected 0 to 1e12 us"));
}

TEST(CsvReader, NeedsAFileWithAHeader) {
  const Scratch scratch;
  EXPECT_THROW(CsvReader(scratch.dir().string()), UserError);
  EXPECT_THROW(CsvReader((scratch.dir() / "absent.csv").string()), UserError);
  EXPECT_THAT(ErrorOf(""), HasSubstr("is empty"));
  CsvReader rows(scratch.Write("t.csv", "a\n"));
  EXPECT_THROW(rows.Column("b"), UserError);
}

}  // namespace
}  // namespace sushi
