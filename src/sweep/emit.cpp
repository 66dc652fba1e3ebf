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

std::string RunCommand(const EmitOptions& options, const std::string& shard) {
  std::string text = ShellQuote(options.binary) + " sweep run " + ShellQuote(options.sweep_file) +
                     " --store " + ShellQuote(options.store) + " --shard " + shard + " -j " +
                     std::to_string(options.jobs);
  for (const std::string& word : options.run_options) text += " " + ShellQuote(word);
  return text;
}

std::string MergeCommand(const EmitOptions& options) {
  return ShellQuote(options.binary) + " sweep merge --store " + ShellQuote(options.store) + " --out " +
         ShellQuote(options.merged) + " --force";
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
         "# The shards of a sweep with GNU parallel. Call it again to go on: shards that ended well are not\n"
         "# started again, others continue where they were. More hosts: PARALLEL='--sshlogin HOST,…'.\n"
         "mkdir -p " +
         ShellQuote(options.store) +
         " || exit\n"
         "parallel --joblog " +
         joblog + " --resume-failed --termseq TERM,60000,KILL,25 <<'SHARDS'\n" + lines +
         "SHARDS\n"
         "status=$?\n" +
         MergeCommand(options) +
         " || exit\n"
         "exit \"$status\"\n";
}

std::string EmitSlurm(const EmitOptions& options) {
  Check(options);
  const std::string logs = options.store + "/slurm";
  std::string submit = "sbatch --parsable --job-name=sweep --array=1-" + std::to_string(options.shards) +
                       " --cpus-per-task=" + std::to_string(options.jobs) +
                       " --requeue --open-mode=append --signal=B:USR1@60 \\\n  --output=" +
                       ShellQuote(SlurmName(logs) + "/%A_%a.log");
  for (const std::string& word : options.slurm_options) submit += " " + ShellQuote(word);
  const std::string run = RunCommand(options, "\"$SLURM_ARRAY_TASK_ID\"/" + std::to_string(options.shards));
  return "#!/bin/bash\n"
         "# Submits the shards of a sweep as an array job, and the merge of what they gave. Submit it again "
         "to\n"
         "# go on with points that are missing or failed. Arrays end at MaxArraySize - 1, 1000 by default.\n"
         "set -euo pipefail\n"
         "mkdir -p " +
         ShellQuote(logs) + "\n\nshards=$(" + submit +
         " <<'SHARD'\n"
         "#!/bin/bash\n"
         "# USR1 comes to this shell a minute before the time limit, TERM when the job is preempted. The "
         "program\n"
         "# stops at the next point, keeps what it has and ends with 75.\n"
         "told=\n"
         "times=0\n"
         "child=\n"
         "tell() { told=$1; ((++times)); [[ -z $child ]] || kill -\"$1\" \"$child\" 2>/dev/null; }\n"
         "trap 'tell USR1' USR1\n"
         "trap 'tell TERM' TERM\n" +
         run +
         " &\n"
         "child=$!\n"
         "[[ -z $told ]] || tell \"$told\"  # it came before there was a child\n"
         "while\n"
         "  heard=$times\n"
         "  wait \"$child\"\n"
         "  status=$?\n"
         "  ((heard != times))  # the trap ended wait, not the program\n"
         "do :; done\n"
         "# A signal before the program minds signals kills it, with nothing lost.\n"
         "[[ -z $told ]] || ((status <= 128)) || status=75\n"
         "if ((status == 75 && ${SLURM_RESTART_COUNT:-0} < " +
         std::to_string(kMostRequeues) +
         ")); then\n"
         "  scontrol requeue \"$SLURM_JOB_ID\" && exit 0\n"
         "fi\n"
         "exit \"$status\"\n"
         "SHARD\n"
         ")\n"
         "shards=${shards%%;*}  # JOB;CLUSTER where there are several\n\n"
         "# afterany: what there is, is merged; what is missing is listed.\n"
         "merge=$(sbatch --parsable --job-name=sweep-merge --dependency=afterany:\"$shards\" --requeue \\\n"
         "  --output=" +
         ShellQuote(SlurmName(logs) + "/%j_merge.log") +
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
