// Result directories: what --force spares, and what an interrupted command leaves.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "refused.hpp"

namespace sushi {
namespace {

using namespace sushi::testing;
namespace fs = std::filesystem;

const std::string kConfigs = SUSHI_SOURCE_DIR "/configs/";
const std::string kTiny = kConfigs + "experiment/tiny.yaml";

// `command` makes `directory`; once it is there, only --force replaces it, and never what somebody put there.
void ExpectSparesForeignFiles(const Scratch& scratch, const std::string& command,
                              const std::string& directory) {
  ASSERT_EQ(scratch.Run(command).exit_code, 0) << command;
  EXPECT_EQ(scratch.Run(command + " --force").exit_code, 0) << "no file of its own is foreign";
  const std::string refused = command + " --force";
  scratch.Write(directory + "/zz.txt", "mine");
  ExpectRefused(scratch, refused, directory + "/zz.txt: is not part of such a result");
  scratch.Write(directory + "/.notes", "mine");
  ExpectRefused(scratch, refused, directory + "/.notes: is not part of such a result");
  EXPECT_EQ(ReadFile(scratch.dir() / directory / "zz.txt"), "mine");
  fs::remove(scratch.dir() / directory / "zz.txt");
  fs::remove(scratch.dir() / directory / ".notes");
  fs::create_directory(scratch.dir() / directory / "plots");
  ExpectRefused(scratch, refused, directory + "/plots: is not part of such a result");
  fs::remove(scratch.dir() / directory / "plots");
  EXPECT_EQ(scratch.Run(refused).exit_code, 0);
}

TEST(Force, OfRunSparesForeignFiles) {
  ExpectSparesForeignFiles(Scratch(), "run " + kTiny + " --quiet --out r", "r");
}

TEST(Force, OfADumpSparesForeignFiles) {
  ExpectSparesForeignFiles(Scratch(), "infer " + kTiny + " --subnet large --dump-layer 0 d", "d");
}

TEST(Force, OfAStudySparesForeignFiles) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                "schema_version: 1\nbase: [experiment/tiny.yaml]\nstudy:\n  kind: streams\n"
                "  plots:\n    - {name: p, x: queries, y: [swaps]}\n");
  ExpectSparesForeignFiles(scratch, "study s.yaml --out o", "o/s");
}

TEST(Force, OfAMergeSparesForeignFiles) {
  const Scratch scratch;
  scratch.Write("s.yaml",
                "schema_version: 1\nbase: [experiment/tiny.yaml]\n"
                "axes:\n  - product: {scheduler.period_queries: [2, 4]}\n");
  ASSERT_EQ(scratch.Run("sweep run s.yaml --store store --quiet").exit_code, 0);
  ExpectSparesForeignFiles(scratch, "sweep merge --store store --out m", "m");
}

TEST(Force, NeverReplacesAResultOfAnotherKind) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("infer " + kTiny + " --subnet large --dump-layer 0 d").exit_code, 0);
  ExpectRefused(scratch, "run " + kTiny + " --out d --force",
                "d: is not a result directory (no manifest.json)");
}

// `sushisim ARGS` is sent `signal` when it has begun to write; returns how it ended, as a shell sees it.
int Interrupt(const Scratch& scratch, const std::string& args, int signal) {
  const std::string command = "cd '" + scratch.dir().string() + "' && exec " SUSHISIM_BINARY " " + args +
                              " > .out 2> .err < /dev/null";
  const pid_t pid = fork();
  if (pid == 0) {
    std::signal(signal, SIG_DFL);  // a job in a shell's background ignores SIGINT
    execl("/bin/sh", "sh", "-c", command.c_str(), nullptr);
    _exit(127);
  }
  const auto begun = [&] {
    const std::set<std::string> files = FilesIn(scratch.dir());
    return std::any_of(files.begin(), files.end(), [](const std::string& file) {
      return file.find("partial") != std::string::npos && file.find("queries.csv") != std::string::npos;
    });
  };
  int status = 0;
  bool running = true;
  for (int tick = 0; running && !begun() && tick < 3000; ++tick) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    running = waitpid(pid, &status, WNOHANG) == 0;
  }
  EXPECT_TRUE(running) << "ended too soon: " << ReadFile(scratch.dir() / ".err");
  if (running) {
    kill(pid, signal);
    waitpid(pid, &status, 0);
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(Interrupted, RunLeavesNothingBehind) {
  const std::string run =
      "run " + kTiny + " --set trace.file= --set trace.generator.queries=100000000 --out r --timeline t.json";
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    const Scratch scratch;
    EXPECT_EQ(Interrupt(scratch, run, signal), 128 + signal);
    EXPECT_EQ(FilesIn(scratch.dir()), std::set<std::string>());
  }
}

TEST(Interrupted, RunLeavesTheOldResult) {
  const Scratch scratch;
  ASSERT_EQ(scratch.Run("run " + kTiny + " --quiet --out r").exit_code, 0);
  const std::set<std::string> before = FilesIn(scratch.dir());
  const std::string summary = ReadFile(scratch.dir() / "r/summary.json");
  EXPECT_EQ(
      Interrupt(scratch,
                "run " + kTiny + " --set trace.file= --set trace.generator.queries=100000000 --out r --force",
                SIGTERM),
      128 + SIGTERM);
  EXPECT_EQ(FilesIn(scratch.dir()), before);
  EXPECT_EQ(ReadFile(scratch.dir() / "r/summary.json"), summary);
}

}  // namespace
}  // namespace sushi
