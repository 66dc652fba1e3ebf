#include <fstream>
#include <iostream>
#include <optional>

#include "commands.hpp"
#include "sushi/config/experiment.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/formats/trace_csv.hpp"
#include "sushi/query/generators.hpp"

namespace sushi::app {

void GenerateTrace(const TraceOptions& options) {
  std::vector<config::Override> overrides;
  for (const auto& [key, text] : options.set) {
    if (!text) continue;
    config::Node value;
    value.kind = config::Node::Kind::kScalar;
    value.scalar = *text;
    value.mark.file = "trace gen";
    overrides.push_back({"trace.generator." + key, value});
  }
  config::Node nothing;
  nothing.kind = config::Node::Kind::kMap;
  const auto source = MakeGenerator(config::ResolveExperiment(nothing, overrides).trace.generator);
  std::optional<PartialFile> file;
  std::ofstream stream;
  if (!options.out.empty()) {
    file.emplace(options.out, options.force);
    stream.open(file->partial_path(), std::ios::binary);
  }
  std::ostream& out = file ? stream : std::cout;
  Query query;
  bool more = source->Next(query);  // before anything is written: it may be refused
  WriteTraceHeader(out);
  for (; more; more = source->Next(query)) WriteTraceRow(out, query);
  if (!file) return;
  stream.close();
  if (!stream) throw UserError({options.out, 0}, "", "cannot be written (is the disk full?)");
  file->Commit();
}

}  // namespace sushi::app
