#include "sushi/sweep/emit.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi::sweep {
namespace {

// A sweep that comes back this often makes no progress (a full disk, say).
constexpr int kMostRequeues = 100;

void Check(const EmitOptions& options) {
  if (options.shards < 1) throw UserError("--shards: expected at least 1");
  if (options.jobs < 1) throw UserError("-j: expected at least 1");
  const auto one_line = [](const std::string& text) {
    if (text.find_first_of("\r\n") != std::string::npos)
      throw UserError("a path or option with a line break cannot stand in a script: '" + text + "'");
  };
  for (const std::string& text : {options.binary, options.sweep_file, options.store, options.merged})
    one_line(text);
  std::for_each(options.run_options.begin(), options.run_options.end(), one_line);
  std::for_each(options.slurm_options.begin(), options.slurm_options.end(), one_line);
}

std::string WordsOf(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += " " + ShellQuote(word);
  return text;
}

std::string RunCommand(const EmitOptions& options, const std::string& shard) {
  return ShellQuote(options.binary) + " sweep run " + ShellQuote(options.sweep_file) + " --store " +
         ShellQuote(options.store) + " --shard " + shard + " -j " + std::to_string(options.jobs) +
         WordsOf(options.run_options);
}

std::string MergeCommand(const EmitOptions& options) {
  return ShellQuote(options.binary) + " sweep merge --store " + ShellQuote(options.store) + " --out " +
         ShellQuote(options.merged) + " --force";
}

// Accounts and partitions hold for the merge, too; `--array=1-8%2` does not.
std::vector<std::string> OfBothJobs(const std::vector<std::string>& slurm_options) {
  std::vector<std::string> words;
  for (const std::string& word : slurm_options) {
    if (word.rfind("--array", 0) != 0 && word.rfind("-a", 0) != 0) words.push_back(word);
  }
  return words;
}

// In a file name of Slurm's, % begins a pattern.
std::string SlurmName(const std::string& path) {
  std::string name;
  for (const char c : path) name += c == '%' ? "%%" : std::string(1, c);
  return name;
}

}  // namespace

std::string ShellQuote(const std::string& word) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string("_-./=:,+@").find(c) != std::string::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + "'";
}

std::string EmitCommands(const EmitOptions& options) {
  Check(options);
  std::string text;
  for (int shard = 1; shard <= options.shards; ++shard)
    text += RunCommand(options, std::to_string(shard) + "/" + std::to_string(options.shards)) + "\n";
  return text;
}

std::string EmitParallel(const EmitOptions& options) {
  const std::string lines = EmitCommands(options);
  const std::string joblog = ShellQuote(options.store + "/parallel.joblog");
  return "#!/bin/sh\n"
         "# The shards of a sweep with GNU parallel. Call it again to go on: every shard starts, and "
         "computes "
         "what\n"
         "# the store has no result of. More hosts: PARALLEL='--sshlogin HOST,…'.\n"
         "mkdir -p " +
         ShellQuote(options.store) +
         " || exit\n"
         "parallel --joblog " +
         joblog + " --termseq TERM,60000,KILL,25 <<'SHARDS'\n" + lines +
         "SHARDS\n"
         "status=$?\n" +
         MergeCommand(options) +
         " || exit\n"
         "exit \"$status\"\n";
}

std::string EmitSlurm(const EmitOptions& options) {
  Check(options);
  const std::string logs = options.store + "/slurm";
  const std::string jobs = std::to_string(options.jobs);
  std::string submit = "sbatch --parsable --job-name=sweep --array=1-" + std::to_string(options.shards) +
                       " --cpus-per-task=" + jobs +
                       " --requeue --open-mode=append --signal=USR1@60 \\\n  --output=" +
                       ShellQuote(SlurmName(logs) + "/%A_%a.log") + WordsOf(options.slurm_options);
  std::string merge =
      "sbatch --parsable --job-name=sweep-merge --dependency=afterany:\"$shards\" --requeue " +
      std::string("\\\n  --output=") + ShellQuote(SlurmName(logs) + "/%j_merge.log") +
      WordsOf(OfBothJobs(options.slurm_options));
  return "#!/bin/bash\n"
         "# Submits the shards of a sweep as an array job, and the merge of what they gave. Submit it again "
         "to\n"
         "# go on with points that are missing or failed. Arrays end at MaxArraySize - 1, 1000 by default.\n"
         "set -euo pipefail\n"
         "mkdir -p " +
         ShellQuote(logs) + "\n\nshards=$(" + submit +
         " <<'SHARD'\n"
         "#!/bin/bash\n"
         "# By srun, because Slurm tells steps and not this shell: TERM when the job is preempted, USR1 a "
         "minute\n"
         "# before the time limit. The program stops at the next point, keeps what it has and ends with 75.\n"
         "trap : TERM USR1\n"
         "srun --ntasks=1 --cpus-per-task=" +
         jobs + " --mpi=none --input=none \\\n  " +
         RunCommand(options, "\"$SLURM_ARRAY_TASK_ID\"/" + std::to_string(options.shards)) +
         "\nstatus=$?\n"
         "# 138 and 143: USR1 or TERM came before the program minded signals. A job that is not running was "
         "cancelled.\n"
         "if ((status == 75 || status == 138 || status == 143)) && ((${SLURM_RESTART_COUNT:-0} < " +
         std::to_string(kMostRequeues) +
         ")) &&\n"
         "  [[ $(squeue -h -j \"$SLURM_JOB_ID\" -o %T) == RUNNING ]]; then\n"
         "  scontrol requeue \"$SLURM_JOB_ID\" && exit 0\n"
         "fi\n"
         "exit \"$status\"\n"
         "SHARD\n"
         ")\n"
         "shards=${shards%%;*}  # JOB;CLUSTER where there are several\n\n"
         "# afterany: what there is, is merged; what is missing is listed.\n"
         "merge=$(" +
         merge +
         " <<'MERGE'\n"
         "#!/bin/bash\n"
         "exec " +
         MergeCommand(options) +
         "\n"
         "MERGE\n"
         ")\n"
         "echo \"shards: job $shards; merge: job ${merge%%;*}; logs: \"" +
         ShellQuote(logs) + "\n";
}

}  // namespace sushi::sweep
