// `sushisim check` as a CI job meets it: exit codes, files, environment.
#include <gmock/gmock.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "process.hpp"

namespace sushi {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Outcome;
using testing::ReadFile;
using Json = nlohmann::ordered_json;

const std::string kRoot = SUSHI_SOURCE_DIR;
const std::string kTiny = kRoot + "/configs/experiment/tiny.yaml";
const std::string kGolden = kRoot + "/tests/golden/tiny_summary.json";
const std::string kAgainst = " --baseline '" + kGolden + "'";

class CheckCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    unsetenv("GITHUB_ACTIONS");
    unsetenv("GITHUB_STEP_SUMMARY");
  }

  // The golden summary with one member set, as the file NAME.
  template <typename T>
  void WriteChanged(const std::string& name, const std::string& pointer, const T& value) const {
    Json json = Json::parse(ReadFile(kGolden));
    json[Json::json_pointer(pointer)] = value;
    scratch_.Write(name, json.dump(2) + "\n");
  }

  void ExpectExit(const std::string& args, int exit_code, const std::string& said) const {
    const Outcome outcome = scratch_.Run("check " + args);
    EXPECT_EQ(outcome.exit_code, exit_code) << args << '\n' << outcome.out << outcome.err;
    EXPECT_THAT(outcome.out + outcome.err, HasSubstr(said)) << args;
  }

  std::size_t Files() const {
    const std::filesystem::directory_iterator all(scratch_.dir());
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  testing::Scratch scratch_;
};

TEST_F(CheckCommand, ARunThatIsAsItWasPassesFromItsDirectoryAndFromItsFile) {
  ASSERT_EQ(scratch_.Run("run " + kTiny + " --out r").exit_code, 0);
  ExpectExit("r" + kAgainst, 0, "0 of 191 metrics out of tolerance; 0 moved, 0 missing, 0 new\n");
  ExpectExit("r/summary.json" + kAgainst, 0, "0 of 191 metrics");
}

TEST_F(CheckCommand, WhatMovesTooFarEndsWith3) {
  WriteChanged("s.json", "/latency/service/p99_us", 72.27);
  ExpectExit("s.json" + kAgainst, 3, "FAIL     72.26   72.27  +0.01 %    exact  latency.service.p99_us\n");
  ExpectExit("s.json" + kAgainst + " --tol 'latency.*=0.02%'", 0, "ok ");
  ExpectExit("s.json" + kAgainst + " --tol latency=0.01", 3, "FAIL");
  WriteChanged("s.json", "/policy", "strict_latency");
  ExpectExit("s.json" + kAgainst, 3, "policy");
}

TEST_F(CheckCommand, AnotherIdentityEndsWith3UnlessAllowed) {
  WriteChanged("s.json", "/identity/trace", "0");
  ExpectExit("s.json" + kAgainst, 3, "another trace (325e7235… -> 0); is that meant? --allow trace");
  ExpectExit("s.json" + kAgainst + " --allow trace", 0, "allowed");
  ExpectExit("s.json" + kAgainst + " --allow model,trace", 0, "allowed");
  ExpectExit("s.json" + kAgainst + " --allow model --allow hardware", 3, "another trace");
}

TEST_F(CheckCommand, BadInputEndsWith2AndSaysWhatIsWrong) {
  WriteChanged("s.json", "/queries", 50);
  ExpectExit("none" + kAgainst, 2, "none: cannot open the file");
  ExpectExit("." + kAgainst, 2, ".: holds no summary.json");
  ExpectExit("s.json --baseline none.json", 2, "none.json: cannot open the file");
  ExpectExit("s.json --baseline .", 2, ".: is a directory");
  ExpectExit("s.json", 2, "--baseline is required");
  ExpectExit("s.json" + kAgainst + " --tol latency.servce=1", 2, "did you mean 'latency.service'?");
  ExpectExit("s.json" + kAgainst + " --tol latency=-1", 2, "a number from 0, or inf, found '-1'");
  ExpectExit("s.json" + kAgainst + " --allow everything", 2, "--allow: no part 'everything'");
  ExpectExit("s.json --baseline ./s.json", 2, "is the result itself");
  ExpectExit("s.json" + kAgainst + " --force", 2, "--force: is for --junit");
  ExpectExit("s.json" + kAgainst + " --junit ''", 2, "--junit: expected a file name");
  scratch_.Write("torn.json", ReadFile(kGolden).substr(0, 300));
  scratch_.Write("bare.json", "{\"schema_version\": 1, \"identity\": {\"hardware\": \"h\"}}");
  ExpectExit("s.json --baseline bare.json", 2, "bare.json: holds no metrics beside its identity");
  ExpectExit("bare.json" + kAgainst, 2, "bare.json: holds no metrics beside its identity");
  ExpectExit("torn.json" + kAgainst, 2, "torn.json:10: is no JSON: ");
  ExpectExit("s.json --baseline torn.json", 2, "torn.json:10: is no JSON: ");
}

TEST_F(CheckCommand, JsonGoesToStdoutAlone) {
  WriteChanged("s.json", "/queries", 51);
  const Outcome outcome = scratch_.Run("check s.json --json --github" + kAgainst);
  EXPECT_EQ(outcome.exit_code, 3);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["passed"], false);
  EXPECT_EQ(json["metrics"][0]["metric"], "queries");
  EXPECT_DOUBLE_EQ(json["metrics"][0]["change_percent"].get<double>(), 2);
  EXPECT_THAT(outcome.err, HasSubstr("::error file="));
}

TEST_F(CheckCommand, JUnitIsWrittenAlsoWhenTheCheckFailsAndReplacedOnlyWhenAsked) {
  WriteChanged("s.json", "/queries", 51);
  const auto files = Files();
  ExpectExit("s.json" + kAgainst + " --junit j.xml", 3, "queries");
  const std::string first = ReadFile(scratch_.dir() / "j.xml");
  EXPECT_THAT(first, HasSubstr("<testsuite name=\"sushisim check\" tests=\"196\" failures=\"1\""));
  ExpectExit("s.json" + kAgainst + " --tol queries=2 --junit j.xml", 2,
             "j.xml: already exists; --force replaces it");
  EXPECT_EQ(ReadFile(scratch_.dir() / "j.xml"), first);
  ExpectExit("s.json" + kAgainst + " --tol queries=2 --junit j.xml --force", 0, "0 of 191");
  EXPECT_THAT(ReadFile(scratch_.dir() / "j.xml"), HasSubstr("failures=\"0\""));
  EXPECT_EQ(Files(), files + 3) << "j.xml and what the run printed; nothing half-written";
}

TEST_F(CheckCommand, JUnitNeverReplacesTheResultOrTheBaseline) {
  WriteChanged("s.json", "/queries", 51);
  WriteChanged("b.json", "/queries", 50);
  const std::string result = ReadFile(scratch_.dir() / "s.json"),
                    baseline = ReadFile(scratch_.dir() / "b.json");
  ExpectExit("s.json --baseline b.json --force --junit ./b.json", 2, "--junit: would replace the baseline");
  ExpectExit("s.json --baseline b.json --force --junit ./s.json", 2, "--junit: would replace the result");
  EXPECT_EQ(ReadFile(scratch_.dir() / "s.json"), result);
  EXPECT_EQ(ReadFile(scratch_.dir() / "b.json"), baseline);
}

TEST_F(CheckCommand, JUnitThatCannotBeWrittenIsNoPass) {
  WriteChanged("s.json", "/queries", 50);
  ExpectExit("s.json" + kAgainst + " --junit nowhere/j.xml", 2, "nowhere/j.xml: cannot be written");
  if (std::filesystem::exists("/dev/full")) {
    const Outcome outcome = scratch_.Run("check s.json" + kAgainst, "> /dev/full");
    EXPECT_EQ(outcome.exit_code, 2) << outcome.err;
  }
}

TEST_F(CheckCommand, ABaselineChangesOnlyByUpdate) {
  WriteChanged("b.json", "/queries", 50);
  WriteChanged("s.json", "/queries", 51);
  const std::string before = ReadFile(scratch_.dir() / "b.json");
  ExpectExit("s.json --baseline b.json", 3, "queries");
  EXPECT_EQ(ReadFile(scratch_.dir() / "b.json"), before);
  ExpectExit("s.json --baseline b.json --update", 0, "+2.00 %    exact  queries\n");
  EXPECT_EQ(ReadFile(scratch_.dir() / "b.json"), ReadFile(scratch_.dir() / "s.json"));
  ExpectExit("s.json --baseline b.json", 0, "0 of 191");
  ExpectExit("s.json --baseline b.json --update", 0, "nothing to change in b.json");
  ExpectExit("s.json --baseline new.json --update --tol nope=1", 2, "--tol nope=1: matches no metric");
  ExpectExit("s.json --baseline new.json --update --allow nope", 2, "--allow: no part 'nope'");
  EXPECT_FALSE(std::filesystem::exists(scratch_.dir() / "new.json"));
  ExpectExit("s.json --baseline new.json --update", 0, "made new.json");
  EXPECT_EQ(ReadFile(scratch_.dir() / "new.json"), ReadFile(scratch_.dir() / "s.json"));
}

TEST_F(CheckCommand, UpdateReplacesNothingButASummary) {
  WriteChanged("s.json", "/queries", 51);
  scratch_.Write("main.cpp", "int main() {}\n");
  ExpectExit("s.json --baseline main.cpp --update", 2, "main.cpp:1: is no JSON");
  EXPECT_EQ(ReadFile(scratch_.dir() / "main.cpp"), "int main() {}\n");
  ExpectExit("s.json --baseline nowhere/b.json --update", 2, "nowhere/b.json: cannot be written");
  scratch_.Write("torn.json", "{");
  ExpectExit("torn.json --baseline b.json --update", 2, "torn.json:1: is no JSON");
  EXPECT_FALSE(std::filesystem::exists(scratch_.dir() / "b.json")) << "a torn result makes no baseline";
}

TEST_F(CheckCommand, GitHubGetsAnnotationsAndASummaryOfTheJobWhereItRuns) {
  WriteChanged("s.json", "/queries", 51);
  EXPECT_THAT(scratch_.Run("check s.json" + kAgainst).out, Not(HasSubstr("::error")));
  setenv("GITHUB_ACTIONS", "true", 1);
  setenv("GITHUB_STEP_SUMMARY", scratch_.Write("page.md", "before\n").c_str(), 1);
  const Outcome outcome = scratch_.Run("check s.json" + kAgainst);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_THAT(outcome.out,
              HasSubstr("\n::error file=" + kGolden +
                        ",title=sushisim check%3A queries::50 -> 51, +2.00 %25, tolerance 0 %25\n"));
  const std::string page = ReadFile(scratch_.dir() / "page.md");
  EXPECT_EQ(page.rfind("before\n### sushisim check failed\n", 0), 0u) << page;
  EXPECT_THAT(page, HasSubstr("| FAIL | queries | 50 | 51 |"));
  setenv("GITHUB_STEP_SUMMARY", "/nonexistent/page.md", 1);
  const Outcome warned = scratch_.Run("check s.json --tol queries=2" + kAgainst);
  EXPECT_EQ(warned.exit_code, 0) << "the page is no verdict";
  EXPECT_THAT(warned.err, HasSubstr("GITHUB_STEP_SUMMARY: /nonexistent/page.md cannot be written"));
}

}  // namespace
}  // namespace sushi
