// Tables of results and the pictures of them.
#include "sushi/report/result_table.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "config_fixture.hpp"

namespace sushi::report {
namespace {

ResultTable Table() {
  return {{"kib", "name", "saved"},
          {{std::int64_t{512}, std::string("a"), 1.5},
           {std::int64_t{0}, std::string("a"), 0.0},
           {std::int64_t{512}, std::string("b, c"), 2.25}}};
}

TEST(ResultTableText, IsCsvWithQuotedCellsAndShortestNumbers) {
  std::ostringstream out;
  WriteTableCsv(Table(), out);
  EXPECT_EQ(out.str(), "kib,name,saved\n512,a,1.5\n0,a,0\n512,\"b, c\",2.25\n");
}

TEST(ResultTableText, IsJsonWithTypedCells) {
  EXPECT_EQ(TableRowsJson(Table()).dump(),
            R"([{"kib":512,"name":"a","saved":1.5},{"kib":0,"name":"a","saved":0.0},)"
            R"({"kib":512,"name":"b, c","saved":2.25}])");
}

TEST(GnuplotScriptText, HasACurveASeriesSortedByX) {
  config::StudyPlot plot;
  plot.name = "p";
  plot.x = "kib";
  plot.y = {"saved"};
  plot.series = {"name"};
  const std::string script = GnuplotScript(Table(), plot, "T");
  EXPECT_NE(script.find("set output \"p.svg\""), std::string::npos);
  EXPECT_NE(script.find("$curve0 << END\n0 0\n512 1.5\nEND\n"), std::string::npos) << script;
  EXPECT_NE(script.find("$curve1 << END\n512 2.25\nEND\n"), std::string::npos) << script;
  EXPECT_NE(script.find("title \"b, c\""), std::string::npos);
}

TEST(GnuplotScriptText, TakesTheRowsOfWhereAndNamesTheTicsOfTexts) {
  config::StudyPlot plot;
  plot.name = "p";
  plot.x = "name";
  plot.y = {"saved"};
  plot.where = {{"kib", "512"}};
  const std::string script = GnuplotScript(Table(), plot, "T");
  EXPECT_NE(script.find("$curve0 << END\n0 1.5\n1 2.25\nEND\n"), std::string::npos) << script;
  EXPECT_NE(script.find("(\"a\" 0, \"b, c\" 1)"), std::string::npos) << script;
  plot.where = {{"kib", "7"}};
  EXPECT_NE(GnuplotScript(Table(), plot, "T").find("plot NaN notitle"), std::string::npos);
}

TEST(GnuplotScriptText, QuotesWhatUsersWrite) {
  config::StudyPlot plot;
  plot.name = "p";
  plot.x = "kib";
  plot.y = {"saved"};
  const std::string script = GnuplotScript(Table(), plot, "a\"; x \\");
  EXPECT_NE(script.find("set title \"a\\\"; x \\\\\"\n"), std::string::npos) << script;
}

TEST(CheckPlot, RefusesColumnsThatAreNotThere) {
  config::StudyPlot plot;
  plot.mark = {"s.yaml", 3};
  plot.x = "kib";
  plot.y = {"save"};
  EXPECT_EQ(config::ErrorOf([&] { CheckPlot(plot, Table().columns); }),
            "s.yaml:3: study.plots: the table has no column 'save' (did you mean 'saved'?)");
  plot.y = {"saved"};
  EXPECT_NO_THROW(CheckPlot(plot, Table().columns));
  plot.where = {{"kb", "1"}};
  EXPECT_THROW(CheckPlot(plot, Table().columns), UserError);
}

}  // namespace
}  // namespace sushi::report
