// The commands about the installation: presets, schema, completion, man, --version.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "process.hpp"
#include "sushi/config/schema.hpp"

namespace sushi::testing {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string Root() { return SUSHI_SOURCE_DIR; }

TEST(Presets, ListNamesEveryShippedFileWithItsKindAndASentence) {
  const Scratch scratch;
  const Outcome list = scratch.Run("presets list --json");
  ASSERT_EQ(list.exit_code, 0) << list.err;
  std::set<std::string> files;
  for (const Json& preset : Json::parse(list.out)) {
    EXPECT_NE(preset.at("description"), "") << preset;
    EXPECT_THAT(preset.at("description").get<std::string>(), Not(HasSubstr("yaml-language-server")));
    files.insert(fs::path(preset.at("file").get<std::string>()).lexically_relative(Root()).string());
  }
  std::set<std::string> shipped;
  for (const char* folder : {"configs", "models", "traces"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(Root()) / folder)) {
      const std::string extension = entry.path().extension().string();
      if (extension == ".yaml" || extension == ".csv")
        shipped.insert(entry.path().lexically_relative(Root()).string());
    }
  }
  EXPECT_EQ(files, shipped);
}

TEST(Presets, ListFitsIntoATerminalAndCanBeOfOneKind) {
  const Scratch scratch;
  const Outcome all = scratch.Run("presets list");
  std::istringstream lines(all.out);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  const Outcome studies = scratch.Run("presets list study");
  EXPECT_THAT(studies.out, AllOf(StartsWith("study\n  serving_bursty_study"), HasSubstr("\n  sushi_better_"),
                                 Not(HasSubstr("quickstart"))));
  EXPECT_THAT(scratch.Run("presets list experiment").out, Not(HasSubstr("sushi_better")));
  const Outcome none = scratch.Run("presets list hardwar");
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.err, "sushisim: no presets of the kind 'hardwar' (did you mean 'hardware'?)\n");
}

TEST(Presets, ShowSaysWhereTheFileIsAndPrintsIt) {
  const Scratch scratch;
  const std::string file =
      fs::path(Root() + "/configs/hardware/zcu104_no_pb.yaml").lexically_normal().string();
  EXPECT_EQ(scratch.Run("presets show zcu104_no_pb").out, "# " + file + "\n" + ReadFile(file));
}

TEST(Presets, ANameOfSeveralNeedsItsKindAndAnUnknownOneGetsTheNearest) {
  const Scratch scratch;
  const Outcome several = scratch.Run("presets show tiny");
  EXPECT_EQ(several.exit_code, 2);
  EXPECT_EQ(several.err,
            "sushisim: 'tiny' is the name of several presets: experiment/tiny, hardware/tiny, model/tiny\n");
  EXPECT_EQ(scratch.Run("presets show model/tiny").exit_code, 0);
  const Outcome unknown = scratch.Run("presets show zcu105");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_EQ(unknown.err,
            "sushisim: no preset 'zcu105' (did you mean 'zcu104'?) (see sushisim presets list)\n");
}

TEST(Presets, WhatIsShownCanBeKeptAndRunFromAnywhere) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("presets show experiment/tiny", "> mine.yaml").exit_code, 0);
  const Outcome mine = scratch.Run("run mine.yaml --json");
  EXPECT_EQ(mine.exit_code, 0) << mine.err;
  EXPECT_EQ(mine.out, scratch.Run("run tiny --json").out);
}

TEST(Presets, ResultsNamedAfterAPresetDoNotHideIt) {
  const Scratch scratch;
  EXPECT_EQ(scratch.Run("run tiny --out tiny --quiet").exit_code, 0);
  const Outcome again = scratch.Run("run tiny --out tiny --quiet --force");
  EXPECT_EQ(again.exit_code, 0) << again.err;
  const Outcome other = scratch.Run("run tin --quiet");
  EXPECT_THAT(other.err, HasSubstr("did you mean 'tiny'?"));
}

TEST(Schema, TheFilesOfTheRepositoryAreWhatTheProgramPrints) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("schema --out schemas").exit_code, 0);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(scratch.dir() / "schemas")) {
    const std::string name = entry.path().filename().string();
    names.insert(name);
    EXPECT_EQ(ReadFile(entry.path()), ReadFile(Root() + "/schemas/" + name))
        << "sushisim schema --out schemas --force";
    EXPECT_EQ(scratch.Run("schema " + entry.path().stem().string()).out, ReadFile(entry.path()));
  }
  EXPECT_GE(names.size(), config::ConfigSchemaKinds().size() + 1);
  for (const auto& entry : fs::directory_iterator(Root() + "/schemas")) {
    EXPECT_EQ(names.count(entry.path().filename().string()), 1U) << entry.path();
  }
}

TEST(Schema, WithoutAKindAllAreListedAndAnUnknownOneGetsTheNearest) {
  const Scratch scratch;
  const Outcome list = scratch.Run("schema");
  for (const config::SchemaKind& kind : config::ConfigSchemaKinds()) {
    EXPECT_THAT(list.out, ContainsRegex(kind.name + " +[A-Za-z]"));
  }
  const Outcome unknown = scratch.Run("schema hardwares");
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.err, HasSubstr("no schema 'hardwares' (did you mean 'hardware'?)"));
}

TEST(Schema, AKeyHasTypeRangeDefaultAndUnitOfTheFieldTable) {
  const Scratch scratch;
  const Json schema = Json::parse(scratch.Run("schema hardware").out);
  const Json& pb = schema.at("properties").at("accel").at("properties").at("pb").at("properties");
  const Json& capacity = pb.at("capacity_kib");
  EXPECT_EQ(capacity.at("type"), "integer");
  EXPECT_EQ(capacity.at("minimum"), 0);
  EXPECT_EQ(capacity.at("maximum"), 4194304);
  EXPECT_EQ(capacity.at("default"), 1728);
  EXPECT_THAT(capacity.at("description").get<std::string>(), HasSubstr("(KiB)"));
  EXPECT_FALSE(schema.at("properties").contains("scheduler"));
}

std::vector<std::string> CandidatesOf(const Scratch& scratch, const std::string& words) {
  std::istringstream lines(scratch.Run("__complete " + words).out);
  std::vector<std::string> found;
  for (std::string line; std::getline(lines, line);) found.push_back(line.substr(0, line.find('\t')));
  return found;
}
using Words = std::vector<std::string>;

TEST(Completion, GoesThroughCommandsOptionsAndTheirValues) {
  const Scratch scratch;
  EXPECT_EQ(CandidatesOf(scratch, "tr"), Words{"trace"});
  EXPECT_EQ(CandidatesOf(scratch, "trace ''"), (Words{"gen", "stats", "import"}));
  EXPECT_EQ(CandidatesOf(scratch, "trace import --from azure-f"), Words{"azure-functions-2021"});
  EXPECT_EQ(CandidatesOf(scratch, "dram --pattern ''"), (Words{"sequential", "random", "strided"}));
  EXPECT_EQ(CandidatesOf(scratch, "dram --pattern random --memory hb"), (Words{"hbm2", ":files"}));
  EXPECT_EQ(CandidatesOf(scratch, "run quickstart --out ''"), Words{":dirs"});
  EXPECT_EQ(CandidatesOf(scratch, "run --force quicks"), (Words{"quickstart", ":files"}));
  EXPECT_EQ(CandidatesOf(scratch, "run a.yaml quicks"), (Words{"quickstart", ":files"}));
  EXPECT_EQ(CandidatesOf(scratch, "model show tiny ''"), Words{});
  EXPECT_EQ(CandidatesOf(scratch, "trace gen --kind ph"), Words{"phases"});
  EXPECT_EQ(CandidatesOf(scratch, "run --dump-layer 1 dumps quicks"), (Words{"quickstart", ":files"}));
  EXPECT_EQ(CandidatesOf(scratch, "run --out=results quicks"), (Words{"quickstart", ":files"}));
  EXPECT_EQ(CandidatesOf(scratch, "check r --allow ''"),
            (Words{"hardware", "model", "trace", "configuration", "timing_model_version"}));
  EXPECT_EQ(CandidatesOf(scratch, "nonsense"), Words{});
}

TEST(Completion, KnowsKeysAndTheirValues) {
  const Scratch scratch;
  EXPECT_EQ(CandidatesOf(scratch, "run a --set accel.db.p"), Words{"accel.db.ping_pong="});
  EXPECT_EQ(CandidatesOf(scratch, "run a --set accel.db.ping_pong="),
            (Words{"accel.db.ping_pong=true", "accel.db.ping_pong=false"}));
  EXPECT_EQ(CandidatesOf(scratch, "run a --set trace.file="), Words{":files"});
  EXPECT_EQ(CandidatesOf(scratch, "run a --set scheduler.caching=av"), Words{"scheduler.caching=avgnet"});
  EXPECT_EQ(CandidatesOf(scratch, "run a --set no.such="), Words{});
}

TEST(Completion, ShellsGetAScriptAndOthersAreRefused) {
  const Scratch scratch;
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(scratch.Run(std::string("completion ") + shell).out, HasSubstr("__complete")) << shell;
  }
  const Outcome other = scratch.Run("completion bsh");
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("expected bash, zsh or fish (did you mean 'bash'?)"));
}

TEST(Man, HasEveryCommandWithItsOptionsAndNoOther) {
  const Scratch scratch;
  const std::string man = scratch.Run("man").out;
  EXPECT_THAT(man, StartsWith(".TH SUSHISIM 1"));
  for (std::string command : CandidatesOf(scratch, "''")) {
    command = std::regex_replace(command, std::regex("-"), "\\-");
    EXPECT_THAT(man, HasSubstr("\n.SS \\fBsushisim " + command)) << command;
  }
  EXPECT_THAT(man, HasSubstr("\\fB\\-\\-no\\-records\\fR\nno queries.csv"));
  EXPECT_THAT(man, HasSubstr("(default: fast)"));
  EXPECT_THAT(man, Not(HasSubstr("sushisim man")));
  EXPECT_THAT(scratch.Run("--help").out, Not(HasSubstr("\n  man ")));
}

TEST(Version, TellsBuildCompilerAndSystemC) {
  const Scratch scratch;
  EXPECT_THAT(scratch.Run("--version").out,
              ContainsRegex("^sushisim [0-9]+\\.[0-9]+\\.[0-9]+ \\(timing model [0-9]+, [A-Za-z]+, "
                            "[A-Za-z]+ [0-9.]+, SystemC 2[^)]*\\)\n$"));
}

}  // namespace
}  // namespace sushi::testing
