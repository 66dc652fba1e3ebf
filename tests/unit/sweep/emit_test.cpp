#include "sushi/sweep/emit.hpp"

#include <sys/stat.h>
#include <sys/wait.h>

#include "sushi/core/error.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

EmitOptions Small() {
  EmitOptions options;
  options.binary = "/opt/sushisim";
  options.sweep_file = "/home/u/sweep.yaml";
  options.store = "/scratch/store";
  options.merged = "/scratch/out";
  options.shards = 3;
  options.jobs = 2;
  return options;
}

class EmitTest : public ::testing::Test {
 protected:
  std::string Script(const std::string& name, const std::string& text) const {
    const std::string path = dir_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), 0755);
    return path;
  }
  // Exit code of a shell command whose PATH begins with the test's directory.
  int Shell(const std::string& command) const {
    const std::string line = "cd '" + (dir_ / "") + "' && PATH=\"$PWD:$PATH\" && export PATH && { " +
                             command + "\n} >stdout 2>stderr";
    const int status = std::system(("bash -c " + ShellQuote(line)).c_str());
    return WEXITSTATUS(status);
  }
  TempDir dir_;
};

TEST_F(EmitTest, CommandsAreOneLineAShard) {
  EXPECT_EQ(EmitCommands(Small()),
            "/opt/sushisim sweep run /home/u/sweep.yaml --store /scratch/store --shard 1/3 -j 2\n"
            "/opt/sushisim sweep run /home/u/sweep.yaml --store /scratch/store --shard 2/3 -j 2\n"
            "/opt/sushisim sweep run /home/u/sweep.yaml --store /scratch/store --shard 3/3 -j 2\n");
}

TEST_F(EmitTest, WordsReachTheProgramWhateverTheyHold) {
  EmitOptions options = Small();
  options.binary =
      Script("it's $HOME `x`", "#!/bin/sh\nfor word; do printf '%s\\n' \"$word\"; done >words\n");
  options.store = "a b\\c\"d*";
  options.run_options = {"", "--set=x=[1, 2]", "~", "$(rm x)", "100%"};
  options.shards = 1;
  ASSERT_EQ(Shell(EmitCommands(options)), 0) << ReadAll(dir_ / "stderr");
  EXPECT_EQ(ReadAll(dir_ / "words"),
            "sweep\nrun\n/home/u/sweep.yaml\n--store\na b\\c\"d*\n--shard\n1/1\n-j\n2\n\n--set=x=[1, "
            "2]\n~\n$(rm x)\n100%\n");
}

TEST_F(EmitTest, LineBreaksAndEmptyNumbersAreRefused) {
  for (const auto emit : {EmitCommands, EmitParallel, EmitSlurm}) {
    EmitOptions options = Small();
    options.store = "a\nb";
    EXPECT_THROW(emit(options), UserError);
    options = Small();
    options.run_options = {"a\rb"};
    EXPECT_THROW(emit(options), UserError);
    options = Small();
    options.shards = 0;
    EXPECT_THROW(emit(options), UserError);
    options = Small();
    options.jobs = 0;
    EXPECT_THROW(emit(options), UserError);
  }
}

TEST_F(EmitTest, ParallelGetsTheSameLinesAndItsStatusSurvivesTheMerge) {
  EmitOptions options = Small();
  options.binary = Script("program", "#!/bin/sh\necho \"$@\" >>ran\n");
  options.store = dir_ / "store";
  Script("parallel", "#!/bin/sh\necho \"$@\" >arguments\ncat >lines\nexit 7\n");
  const std::string script = Script("run.sh", EmitParallel(options));
  EXPECT_EQ(Shell("sh " + script), 7);
  EXPECT_EQ(ReadAll(dir_ / "lines"), EmitCommands(options));
  const std::string arguments = ReadAll(dir_ / "arguments");
  EXPECT_NE(arguments.find("--joblog " + options.store + "/parallel.joblog --resume-failed"),
            std::string::npos);
  EXPECT_EQ(ReadAll(dir_ / "ran"), "sweep merge --store " + options.store + " --out /scratch/out --force\n");
}

// A pretended Slurm: sbatch keeps its arguments and its script, scontrol what it is told.
class EmitSlurmTest : public EmitTest {
 protected:
  void SetUp() override {
    Script("sbatch",
           "#!/bin/bash\nn=1\n[[ -e job1 ]] && n=2\nprintf '%s\\n' \"$@\" >arguments$n\ncat >job$n\necho "
           "$((40 + n))\n");
    Script("scontrol", "#!/bin/sh\necho \"$@\" >>told\n");
    options_ = Small();
    options_.store = dir_ / "a 100% store";
    options_.slurm_options = {"--time=1:00:00", "--partition=a b"};
  }
  void Submit(const std::string& program) {
    options_.binary = Script("program", program);
    ASSERT_EQ(Shell("bash " + Script("submit.sh", EmitSlurm(options_))), 0) << ReadAll(dir_ / "stderr");
  }
  int RunShard(const std::string& while_it_runs = "", int restarts = 0) {
    return Shell("export SLURM_ARRAY_TASK_ID=2 SLURM_JOB_ID=77 SLURM_RESTART_COUNT=" +
                 std::to_string(restarts) + "\nbash job1 & shard=$!\n" + while_it_runs + "\nwait $shard");
  }
  std::string Told() { return fs::exists(dir_ / "told") ? ReadAll(dir_ / "told") : ""; }
  EmitOptions options_;
};

TEST_F(EmitSlurmTest, SubmitsAnArrayAndAMergeBehindIt) {
  Submit("#!/bin/sh\n");
  EXPECT_EQ(ReadAll(dir_ / "arguments1"),
            "--parsable\n--job-name=sweep\n--array=1-3\n--cpus-per-task=2\n--requeue\n--open-mode=append\n"
            "--signal=B:USR1@60\n--output=" +
                (dir_ / "a 100%% store") + "/slurm/%A_%a.log\n--time=1:00:00\n--partition=a b\n");
  EXPECT_NE(ReadAll(dir_ / "arguments2").find("--dependency=afterany:41\n"), std::string::npos);
  EXPECT_TRUE(fs::is_directory(dir_ / "a 100% store/slurm"));
  EXPECT_EQ(ReadAll(dir_ / "stdout"),
            "shards: job 41; merge: job 42; logs: " + (dir_ / "a 100% store") + "/slurm\n");
}

TEST_F(EmitSlurmTest, AShardRunsItsPartAndKeepsTheExitCode) {
  Submit("#!/bin/sh\necho \"$@\" >ran\nexit 4\n");
  EXPECT_EQ(RunShard(), 4);
  EXPECT_EQ(ReadAll(dir_ / "ran"),
            "sweep run /home/u/sweep.yaml --store " + options_.store + " --shard 2/3 -j 2\n");
  EXPECT_EQ(Told(), "");
}

TEST_F(EmitSlurmTest, AShardThatIsInterruptedRequeuesItself) {
  Submit("#!/bin/sh\nexit 75\n");
  EXPECT_EQ(RunShard(), 0);
  EXPECT_EQ(Told(), "requeue 77\n");
  EXPECT_EQ(RunShard("", 100), 75);  // not for ever
  EXPECT_EQ(Told(), "requeue 77\n");
}

TEST_F(EmitSlurmTest, SignalsReachTheProgramAndItsOwnExitCodeIsWaitedFor) {
  // Takes its time to end after the signal, as a point does; a second signal is no end.
  Submit(
      "#!/bin/bash\ntrap 'echo >heard; sleep 0.3; echo ended >ended; exit 75' USR1 TERM\necho >ready\n"
      "while :; do sleep 0.01; done\n");
  const std::string until = "for i in {1..1000}; do [[ -e FILE ]] && break; sleep 0.01; done; ";
  const auto wait_for = [&](const std::string& file) {
    return std::string(until).replace(until.find("FILE"), 4, file);
  };
  for (const std::string signal : {"USR1", "TERM"}) {
    for (const char* name : {"ready", "heard", "ended", "told"}) fs::remove(dir_ / name);
    const std::string send = "kill -" + signal + " $shard; ";
    EXPECT_EQ(RunShard(wait_for("ready") + send + wait_for("heard") + send), 0) << ReadAll(dir_ / "stderr");
    EXPECT_TRUE(fs::exists(dir_ / "ended")) << signal;
    EXPECT_EQ(Told(), "requeue 77\n") << signal;
  }
}

TEST_F(EmitSlurmTest, AProgramThatASignalKilledIsRequeuedAndOneThatCrashedIsNot) {
  Submit("#!/bin/bash\necho >ready\n[[ -e crash ]] && kill -SEGV $$\nwhile :; do sleep 0.01; done\n");
  EXPECT_EQ(RunShard("for i in {1..1000}; do [[ -e ready ]] && break; sleep 0.01; done; kill -USR1 $shard"),
            0);
  EXPECT_EQ(Told(), "requeue 77\n");
  fs::remove(dir_ / "told");
  std::ofstream(dir_ / "crash") << "";
  EXPECT_EQ(RunShard(), 139);
  EXPECT_EQ(Told(), "");
}

}  // namespace
}  // namespace sushi::sweep::testing
