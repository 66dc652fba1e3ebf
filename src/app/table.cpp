#include <filesystem>
#include <iostream>

#include "commands.hpp"
#include "session.hpp"
#include "sushi/dram/make_memory.hpp"
#include "sushi/formats/output_file.hpp"
#include "sushi/report/latency_table_file.hpp"
#include "sushi/sim/elaboration.hpp"

namespace sushi::app {

void Table(const TableOptions& options) {
  Session session(options.files, options.sets);
  WarnOfServingSystem(session.experiment, "table");
  if (!options.out.empty()) CheckWritable(options.out, options.force);
  const bool prefixes = session.experiment.scheduler.caching == "last_served";
  const Columns columns = MakeColumns(session, !prefixes, prefixes);
  RunInElaboration(*session.planner, MakeMemory(session.experiment.hardware), [&](ServiceModel& model) {
    ServiceBook book(model, static_cast<int>(session.net.subnets.size()), columns.columns, false);
    const LatencyTable table = BuildLatencyTable(session.net, columns.columns, book);
    const std::string text = report::TableText(table, session.identity);
    if (options.json) {
      std::cout << text;
    } else {
      report::PrintTable(session.net, table, std::cout);
    }
    if (!options.out.empty()) WriteFile(options.out, text, options.force);
  });
}

}  // namespace sushi::app
