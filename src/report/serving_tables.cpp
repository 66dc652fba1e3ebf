// queries.csv and jobs.csv of a serving run.
#include "csv_row.hpp"
#include "sushi/formats/number.hpp"
#include "sushi/report/serving_report.hpp"

namespace sushi::report {
namespace {

void WriteHeader(const std::vector<ServingColumn>& columns, std::ostream& out) {
  for (std::size_t i = 0; i < columns.size(); ++i) out << (i == 0 ? "" : ",") << columns[i].name;
  out << '\n';
}

class Row {
 public:
  explicit Row(std::int64_t id) : text_(std::to_string(id)) {}
  void Name(const std::string& name) { AddCell(text_, CsvCell(name)); }
  void Integer(std::int64_t value) { AddCell(text_, std::to_string(value)); }
  void Real(double value) { AddCell(text_, RealText(value)); }
  void Time(Picoseconds time) { AddCell(text_, MicrosText(time.value())); }
  void Flag(bool value) { AddCell(text_, value ? "1" : "0"); }
  void Empty(int cells) { text_.append(static_cast<std::size_t>(cells), ','); }
  void WriteTo(std::ostream& out) {
    text_ += '\n';
    out << text_;
  }

 private:
  std::string text_;
};

void AddShape(const ServingNames& names, const JobShape& shape, Row& row) {
  const LatencyTable& table = names.profile->table(shape.model, shape.type);
  row.Integer(shape.batch);
  row.Name(table.SubNetName(shape.subnet));
  row.Name(table.Column(shape.cached).name);
  row.Integer(shape.level);
}

}  // namespace

std::vector<ServingColumn> ServingQueryColumns() {
  return {{"query", "integer"},
          {"tenant", "string"},
          {"frame", "integer"},
          {"arrival_us", "number"},
          {"deadline_us", "number"},
          {"fate", "string"},
          {"dispatched_us", "number", true},
          {"finished_us", "number"},
          {"waiting_us", "number", true},
          {"response_us", "number", true},
          {"service_us", "number", true},
          {"accelerator", "string", true},
          {"job", "integer", true},
          {"batch", "integer", true},
          {"subnet", "string", true},
          {"cached", "string", true},
          {"level", "integer", true},
          {"top1_percent", "number", true},
          {"accuracy_min_percent", "number"},
          {"in_time", "integer"},
          {"accuracy_met", "integer"},
          {"preemptions", "integer"}};
}

std::vector<ServingColumn> ServingJobColumns() {
  std::vector<ServingColumn> columns{
      {"job", "integer"},           {"model", "string"},        {"accelerator", "string"},
      {"started_us", "number"},     {"finished_us", "number"},  {"batch", "integer"},
      {"subnet", "string"},         {"cached", "string"},       {"level", "integer"},
      {"swap_us", "number"},        {"service_us", "number"},   {"moving_us", "number"},
      {"profiled_us", "number"},    {"stall_us", "number"},     {"preemptions", "integer"},
      {"energy_pj", "number"},      {"moved_bytes", "integer"}, {"pb_hit_bytes", "integer"},
      {"off_chip_bytes", "integer"}};
  for (std::size_t i = 0; i < static_cast<std::size_t>(Traffic::kCount); ++i)
    columns.push_back({std::string(Name(static_cast<Traffic>(i))) + "_bytes", "integer"});
  return columns;
}

ServingQueryTable::ServingQueryTable(const ServingNames& names, std::ostream& out)
    : names_(names), out_(out) {
  WriteHeader(ServingQueryColumns(), out_);
}

void ServingQueryTable::Write(const RequestRecord& record) {
  const Request& request = record.request;
  const bool served = record.Served();
  Row row(request.id);
  row.Name(names_.tenants[static_cast<std::size_t>(request.tenant)].name);
  row.Integer(request.frame);
  row.Time(request.arrival);
  row.Time(request.deadline);
  row.Name(Name(record.fate));
  if (served) {
    row.Time(record.dispatched);
    row.Time(record.finished);
    row.Time(record.dispatched - request.arrival);
    row.Time(record.finished - request.arrival);
    row.Time(record.service);
    row.Name(names_.accelerators[static_cast<std::size_t>(record.accelerator)].name);
    row.Integer(record.job);
    AddShape(names_, record.shape, row);
    row.Real(record.top1_percent);
  } else {
    row.Empty(1);
    row.Time(record.finished);
    row.Empty(10);
  }
  row.Real(request.accuracy_min_percent);
  row.Flag(record.InTime());
  row.Flag(served && record.top1_percent >= request.accuracy_min_percent);
  row.Integer(record.preemptions);
  row.WriteTo(out_);
}

ServingJobTable::ServingJobTable(const ServingNames& names, const EnergyTable& energy, std::ostream& out)
    : names_(names), energy_(energy), out_(out) {
  WriteHeader(ServingJobColumns(), out_);
}

void ServingJobTable::Write(const JobRecord& record) {
  const JobShape& shape = record.shape;
  const PowerLevel& level = names_.profile->levels(shape.type)[static_cast<std::size_t>(shape.level)];
  Counters counters = record.counters;
  counters += record.swap_counters;
  Row row(record.id);
  row.Name(names_.models[static_cast<std::size_t>(shape.model)]);
  row.Name(names_.accelerators[static_cast<std::size_t>(record.accelerator)].name);
  row.Time(record.started);
  row.Time(record.finished);
  AddShape(names_, shape, row);
  row.Time(record.swap);
  row.Time(record.service);
  row.Time(record.moving);
  row.Time(record.profiled);
  row.Time(record.service - record.profiled);
  row.Integer(record.preemptions);
  row.Real(ScaledEnergyPj(energy_, counters, level.energy_scale));
  row.Integer(record.moved_bytes);
  row.Integer(counters.pb_hit_bytes);
  row.Integer(counters.TrafficBytes());
  for (const std::int64_t bytes : counters.traffic_bytes.values) row.Integer(bytes);
  row.WriteTo(out_);
}

}  // namespace sushi::report
