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
  EXPECT_NE(arguments.find("--joblog " + options.store + "/parallel.joblog"), std::string::npos);
  EXPECT_EQ(arguments.find("--resume"), std::string::npos);  // the store knows better than a job log
  EXPECT_EQ(ReadAll(dir_ / "ran"), "sweep merge --store " + options.store + " --out /scratch/out --force\n");
}

// A pretended Slurm: sbatch keeps its arguments and its script, scontrol what it is told, squeue's job is in
// the state that a file says, srun runs what follows its own options.
class EmitSlurmTest : public EmitTest {
 protected:
  void SetUp() override {
    Script("sbatch",
           "#!/bin/bash\nn=1\n[[ -e job1 ]] && n=2\nprintf '%s\\n' \"$@\" >arguments$n\ncat >job$n\necho "
           "$((40 + n))\n");
    Script("scontrol", "#!/bin/sh\necho \"$@\" >>told\n");
    Script("squeue", "#!/bin/sh\necho \"$@\" >asked\ncat state\n");
    Script("srun", "#!/bin/bash\nwhile [[ $1 == --* ]]; do echo \"$1\" >>step; shift; done\nexec \"$@\"\n");
    State("RUNNING");
    options_ = Small();
    options_.store = dir_ / "a 100% store";
    options_.slurm_options = {"--time=1:00:00", "--partition=a b"};
  }
  void State(const std::string& state) const { std::ofstream(dir_ / "state") << state << "\n"; }
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
            "--signal=USR1@60\n--output=" +
                (dir_ / "a 100%% store") + "/slurm/%A_%a.log\n--time=1:00:00\n--partition=a b\n");
  EXPECT_EQ(ReadAll(dir_ / "arguments2"),
            "--parsable\n--job-name=sweep-merge\n--dependency=afterany:41\n--requeue\n--output=" +
                (dir_ / "a 100%% store") + "/slurm/%j_merge.log\n--time=1:00:00\n--partition=a b\n");
  EXPECT_TRUE(fs::is_directory(dir_ / "a 100% store/slurm"));
  EXPECT_EQ(ReadAll(dir_ / "stdout"),
            "shards: job 41; merge: job 42; logs: " + (dir_ / "a 100% store") + "/slurm\n");
}

TEST_F(EmitSlurmTest, TheMergeIsOneJobHoweverTheArrayIsGiven) {
  options_.slurm_options = {"--array=1-3%1", "-a1-3", "-Aus", "--account=us"};
  Submit("#!/bin/sh\n");
  EXPECT_NE(ReadAll(dir_ / "arguments1").find("--array=1-3%1\n-a1-3\n-Aus\n--account=us\n"),
            std::string::npos);
  const std::string merge = ReadAll(dir_ / "arguments2");
  EXPECT_EQ(merge.find("1-3"), std::string::npos);
  EXPECT_NE(merge.find("-Aus\n--account=us\n"), std::string::npos);
}

TEST_F(EmitSlurmTest, AShardRunsItsPartAsAStepAndKeepsTheExitCode) {
  Submit("#!/bin/sh\necho \"$@\" >ran\nexit 4\n");
  EXPECT_EQ(RunShard(), 4);
  EXPECT_EQ(ReadAll(dir_ / "step"), "--ntasks=1\n--cpus-per-task=2\n--mpi=none\n--input=none\n");
  EXPECT_EQ(ReadAll(dir_ / "ran"),
            "sweep run /home/u/sweep.yaml --store " + options_.store + " --shard 2/3 -j 2\n");
  EXPECT_EQ(Told(), "");
}

TEST_F(EmitSlurmTest, AShardThatIsInterruptedRequeuesItself) {
  // USR1 and TERM kill a program that does not mind them yet.
  for (const char* ending : {"exit 75", "kill -USR1 $$", "kill -TERM $$"}) {
    fs::remove(dir_ / "told");
    fs::remove(dir_ / "job1");
    Submit(std::string("#!/bin/bash\n") + ending + "\n");
    EXPECT_EQ(RunShard(), 0) << ending;
    EXPECT_EQ(ReadAll(dir_ / "asked"), "-h -j 77 -o %T\n");
    EXPECT_EQ(Told(), "requeue 77\n") << ending;
  }
}

TEST_F(EmitSlurmTest, RequeuingEnds) {
  Submit("#!/bin/sh\nexit 75\n");
  EXPECT_EQ(RunShard("", 99), 0);
  EXPECT_EQ(Told(), "requeue 77\n");
  EXPECT_EQ(RunShard("", 100), 75);
  EXPECT_EQ(Told(), "requeue 77\n");
}

TEST_F(EmitSlurmTest, WhatIsCancelledOrCrashedIsNotRequeued) {
  Submit("#!/bin/bash\n[[ -e crash ]] && kill -SEGV $$\nexit 75\n");
  State("COMPLETING");
  EXPECT_EQ(RunShard(), 75);
  State("RUNNING");
  std::ofstream(dir_ / "crash") << "";
  EXPECT_EQ(RunShard(), 139);
  EXPECT_EQ(Told(), "");
}

TEST_F(EmitSlurmTest, ASignalToTheShellLeavesTheEndToTheProgram) {
  Submit("#!/bin/bash\necho >ready\nwhile [[ ! -e go ]]; do sleep 0.01; done\nexit 75\n");
  for (const std::string signal : {"USR1", "TERM"}) {
    for (const char* name : {"ready", "go", "told"}) fs::remove(dir_ / name);
    EXPECT_EQ(RunShard("for i in {1..1000}; do [[ -e ready ]] && break; sleep 0.01; done; kill -" + signal +
                       " $shard; sleep 0.1; echo >go"),
              0);
    EXPECT_EQ(Told(), "requeue 77\n") << signal;
  }
}

}  // namespace
}  // namespace sushi::sweep::testing
