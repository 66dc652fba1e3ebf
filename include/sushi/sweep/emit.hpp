// Scripts that run the shards of a sweep on other machines: text only, nothing is started here. Words are
// quoted for the shell. The engine is Slurm's or GNU parallel's; shards need nothing from each other.
#pragma once

#include <string>
#include <vector>

namespace sushi::sweep {

struct EmitOptions {
  std::string binary;  // paths as the other machines see them, so absolute
  std::string sweep_file;
  std::string store;   // on a disk that all of them share
  std::string merged;  // where the merge goes
  int shards = 1;
  int jobs = 1;                            // workers of a shard
  std::vector<std::string> run_options;    // more arguments of `sweep run`
  std::vector<std::string> slurm_options;  // more arguments of `sbatch`; the merge gets all but --array
};

std::string ShellQuote(const std::string& word);

// `BINARY sweep run FILE --store DIR --shard I/N -j JOBS …`, one line a shard.
// All three: UserError for a number of shards or jobs below 1, or a path with a line break.
std::string EmitCommands(const EmitOptions& options);
// A script that feeds these lines to GNU parallel. What a second call has to do is for the store to say: a
// job log knows neither another number of shards nor points that the file got since.
std::string EmitParallel(const EmitOptions& options);
// A script that submits an array job of the shards and a merge that depends on it. A shard that is told to
// end (USR1 a minute before its time limit, or TERM when preempted) stops cleanly and requeues itself.
std::string EmitSlurm(const EmitOptions& options);

}  // namespace sushi::sweep
