// --functional: the data of a run, and the layers to dump.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands.hpp"
#include "sushi/formats/output_directory.hpp"
#include "sushi/functional/data_path.hpp"

namespace sushi::app {

// The index of the SubNet of that name; UserError with the nearest name.
int FindSubNet(const SuperNet& net, const std::string& name);

class FunctionalSession {
 public:
  // Reads all files and opens the dump directories. `net` outlives this. `subnet` is the one that --input is
  // for, kNone when the command has no such option.
  FunctionalSession(const DataOptions& options, const SuperNet& net, int subnet, bool force);
  FunctionalSession(const FunctionalSession&) = delete;
  FunctionalSession& operator=(const FunctionalSession&) = delete;

  // Null when the options ask for no data.
  const FunctionalRun* run() const { return data_ ? &run_ : nullptr; }
  bool dumps() const { return !dumps_.empty(); }
  // The next inference of the SubNet is the one whose layers are dumped. UserError when it has no such layer.
  void DumpNext(int subnet);
  // The result of the last inference; channel, row, column.
  const std::vector<std::uint8_t>& result() const { return result_; }
  int inferences() const { return inferences_; }
  void Commit();  // the dump directories appear

 private:
  struct Dump {
    std::string layer;
    int op = 0;
    std::unique_ptr<OutputDirectory> out;
  };
  void InferenceDone(int subnet, const std::vector<std::uint8_t>& result);

  const SuperNet& net_;
  std::unique_ptr<NetworkData> data_;
  FunctionalRun run_;
  std::vector<Dump> dumps_;
  bool dumping_ = false;
  int inferences_ = 0;
  std::vector<std::uint8_t> result_;
  std::vector<std::vector<std::uint8_t>> result_of_;  // of each SubNet; empty before its first inference
};

}  // namespace sushi::app
