#include <fstream>
#include <iostream>
#include <optional>

#include "commands.hpp"
#include "sushi/core/error.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/formats/trace_csv.hpp"

namespace sushi::app {

void GenerateTrace(const TraceOptions& options) {
  const auto source = MakeGenerator(options.generator);
  if (source == nullptr) {
    throw UserError("--kind: no generator '" + options.generator.kind.substr(0, 60) + "'" +
                    DidYouMean(options.generator.kind, GeneratorKinds()));
  }
  std::optional<PartialFile> file;
  std::ofstream stream;
  if (!options.out.empty()) {
    file.emplace(options.out, options.force);
    stream.open(file->partial_path(), std::ios::binary);
  }
  std::ostream& out = file ? stream : std::cout;
  WriteTraceHeader(out);
  Query query;
  while (source->Next(query)) WriteTraceRow(out, query);
  if (!file) return;
  stream.close();
  if (!stream) throw UserError({options.out, 0}, "", "cannot be written (is the disk full?)");
  file->Commit();
}

}  // namespace sushi::app
