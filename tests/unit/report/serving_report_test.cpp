// What a serving run reports: the summary on the terminal and as JSON, and its tables.
#include "sushi/report/serving_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "../check/check_fixture.hpp"
#include "six_requests.hpp"
#include "sushi/check/comparison.hpp"

namespace sushi::report {
namespace {

using test::Us;
using ::testing::HasSubstr;
using ::testing::Not;

struct Six {
  Six() {
    names.profile = &bench.profile;
    names.tenants = bench.setup.tenants;
    names.tenants[0].name = "video";
    names.tenants[1].name = "photos";
    names.tenants[1].priority = 3;
    names.models = {"resnet", "mobilenet"};
    names.accelerators = {{"near", "zcu104"}, {"far", "zcu104"}};
  }
  ServingReport Report() {
    ServingReport report;
    report.names = names;
    report.metrics = bench.Of(test::TellSix);
    report.scheduler = "slackfit";
    report.caching = "avgnet";
    report.engine = "approximate";
    report.trace = "six.csv";
    report.queue_limit = 1000;
    report.identity = {"c", "h", "m", "t"};
    report.seeds = {{"video", 1}, {"photos", 18446744073709551615U}};
    report.energy_table = "table";
    return report;
  }
  test::MetricsBench bench;
  ServingNames names;
};

std::string Printed(const ServingReport& report) {
  std::ostringstream out;
  PrintServingSummary(report, out);
  return out.str();
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(ServingReport, TheSummaryIsTheSameBytesAsEver) {
  nlohmann::ordered_json json = ServingSummaryJson(Six().Report());
  json["identity"]["timing_model_version"] = 0;
  std::ifstream in(std::string(SUSHI_SOURCE_DIR) + "/tests/golden/serving_summary.json");
  const std::string golden((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(json.dump(2) + "\n", golden);
}

TEST(ServingReport, NoRequestIsLostFromTheSummary) {
  const nlohmann::ordered_json json = ServingSummaryJson(Six().Report());
  std::int64_t issued = 0;
  const auto conserved = [](const nlohmann::ordered_json& r) {
    return r.at("served").get<int>() + r.at("queue_full").get<int>() + r.at("dropped").get<int>() +
           r.at("cancelled").get<int>();
  };
  for (const auto& [name, tenant] : json.at("tenants").items()) {
    const auto& requests = tenant.at("requests");
    EXPECT_EQ(requests.at("issued"), conserved(requests)) << name;
    issued += requests.at("issued").get<int>();
  }
  EXPECT_EQ(json.at("all").at("requests").at("issued"), issued);
  EXPECT_EQ(conserved(json.at("all").at("requests")), 6);
}

TEST(ServingReport, UnmeasuredErrorIsNullAndAMeasuredOneInPercent) {
  Six six;
  ServingReport report = six.Report();
  EXPECT_TRUE(ServingSummaryJson(report).at("approximate_error").is_null());
  ServingMetrics tlm = report.metrics;
  tlm.all.response.sum_ps *= 2;
  tlm.all.response.p99_ps = Us(560).value();
  tlm.all.in_time = 3;
  tlm.background_pj += tlm.EnergyPj();
  report.error = ErrorAgainstTlm(report.metrics, tlm);
  const nlohmann::ordered_json error = ServingSummaryJson(report).at("approximate_error");
  EXPECT_EQ(error.at("requests"), 6);
  EXPECT_DOUBLE_EQ(error.at("mean_response_percent"), -50);
  EXPECT_DOUBLE_EQ(error.at("p99_response_percent"), 25);
  EXPECT_DOUBLE_EQ(error.at("attainment_points"), 100 * (2.0 / 6 - 3.0 / 6));
  EXPECT_DOUBLE_EQ(error.at("energy_percent"), -50);
  const std::string text = Printed(report);
  EXPECT_THAT(text, HasSubstr("mean response -50.00 %, p99 +25.00 %,"));
  EXPECT_THAT(text, HasSubstr("attainment -16.67 points, energy -50.00 %"));
}

TEST(ServingReport, TheTextSaysWhatIsBeyondCapacityAndWhatWasLost) {
  Six six;
  ServingReport report = six.Report();
  report.metrics.offered_per_s = report.metrics.capacity_per_s = 100;
  EXPECT_THAT(Printed(report), HasSubstr("100.0/s offered, capacity 100.0/s: within it, lost 3 (50.0 %)\n"));
  report.metrics.offered_per_s = 0;
  EXPECT_THAT(Printed(report), HasSubstr("all offered at once, capacity 100.0/s, lost 3 (50.0 %)\n"));
  report.metrics.offered_per_s = 100.5;
  const std::string text = Printed(report);
  EXPECT_THAT(text, HasSubstr("100.5/s offered, capacity 100.0/s: BEYOND CAPACITY, lost 3 (50.0 %)\n"));
  EXPECT_THAT(text, HasSubstr("queue full 1 (limit 1 000), dropped by the scheduler 1, cancelled 1\n"));
  EXPECT_THAT(text, HasSubstr("in time 2 of 6 (attainment 33.3 %), late 1\n"));
  EXPECT_THAT(text, HasSubstr("STP 0.595, ANTT 1.667, fairness 0.923, UXCost 1.875\n"));
  EXPECT_THAT(text, HasSubstr("against tlm not measured"));
  report.engine = "tlm";
  EXPECT_THAT(Printed(report), Not(HasSubstr("not measured")));
}

TEST(ServingReport, TheTextFitsWhateverTheNamesAndNumbers) {
  Six six;
  ServingReport report = six.Report();
  const std::string endless = "\x1b[31m" + std::string(50, 'n') + "\n" + std::string(50, 'm');
  std::string accents;  // two bytes each
  for (int i = 0; i < 50; ++i) accents += "\xc3\xa9";
  for (Tenant& tenant : report.names.tenants) tenant.name = endless;
  report.names.models = {accents, accents};
  report.names.accelerators = {{endless, "x" + accents}, {accents, endless}};
  report.scheduler = report.caching = report.energy_table = report.trace = endless;
  report.queue_limit = 1'000'000'000;
  ServingMetrics& m = report.metrics;
  m.exact_quantiles = false;
  m.offered_per_s = m.capacity_per_s = m.throughput_per_s = m.goodput_per_s = 1e9 / 3;
  m.antt = m.stp = m.ux_cost = 1e12 / 3;
  const std::int64_t many = 999'999'999, longest = std::int64_t{1} << 62;
  m.tenants.push_back(m.all);
  for (TenantMetrics& tenant : m.tenants) {
    tenant.issued = tenant.in_time = tenant.dropped = many;
    tenant.response.p50_ps = tenant.response.p99_ps = tenant.response.max_ps = longest;
  }
  m.all = m.tenants.back();
  m.tenants.pop_back();
  for (AcceleratorMetrics& at : m.accelerators) {
    at.jobs = at.swaps = at.preemptions = many;
    at.stall_ps = longest;
  }
  report.error = ApproximateError{many, 1e6, 1e6, 1, 1e6};
  for (const std::string& line : Lines(Printed(report))) {
    EXPECT_LE(line.size(), 80U) << line;
    EXPECT_EQ(line.find('\x1b'), std::string::npos) << line;
    // Cut between characters: what follows a first byte of two is a second one.
    for (std::size_t i = line.find('\xc3'); i != std::string::npos; i = line.find('\xc3', i + 1)) {
      ASSERT_LT(i + 1, line.size());
      EXPECT_EQ(line[i + 1], '\xa9') << line;
    }
  }
}

TEST(ServingReport, QueriesHaveARowEachInTheOrderOfTheirEnds) {
  Six six;
  std::ostringstream out;
  ServingQueryTable table(six.names, out);
  ServingSinks sinks;
  sinks.request = [&](const RequestRecord& record) { table.Write(record); };
  sinks.job = [](const JobRecord&) {};
  test::TellSix(sinks);
  EXPECT_EQ(out.str(),
            "query,tenant,frame,arrival_us,deadline_us,fate,dispatched_us,finished_us,waiting_us,response_us,"
            "service_us,accelerator,job,batch,subnet,cached,level,top1_percent,accuracy_min_percent,in_time,"
            "accuracy_met,preemptions\n"
            "0,video,0,60,400,queue_full,,60,,,,,,,,,,,0,0,0,0\n"
            "0,video,0,70,190,dropped,,200,,,,,,,,,,,0,0,0,0\n"
            "0,photos,0,200,900,cancelled,,200,,,,,,,,,,,0,0,0,0\n"
            "0,video,0,0,350,served,100,350,100,350,200,near,1,2,big,one,0,80,85,1,0,0\n"
            "0,video,0,50,349,served,100,350,50,300,200,near,1,2,big,one,0,80,80,0,1,0\n"
            "0,photos,0,0,1000,served,0,700,0,700,440,near,0,1,other,empty,0,75,75,1,1,1\n");
}

TEST(ServingReport, JobsHaveTheirTimesEnergyAndBytes) {
  Six six;
  std::ostringstream out;
  ServingJobTable table(six.names, six.bench.energy, out);
  JobRecord job;
  job.id = 7;
  job.accelerator = 1;
  job.shape = {1, 0, 1, 0, 1, 3};
  job.started = Us(1.5);
  job.finished = Us(60);
  job.swap = Us(8);
  job.service = Us(50);
  job.moving = Us(0.25);
  job.profiled = Us(40);
  job.preemptions = 2;
  job.moved_bytes = 16;
  job.counters = test::Work(1000, Traffic::kIActs, 64);
  job.counters.pb_hit_bytes = 5;
  job.swap_counters = test::Work(0, Traffic::kSwap, 32);
  table.Write(job);
  EXPECT_EQ(
      out.str(),
      "job,model,accelerator,started_us,finished_us,batch,subnet,cached,level,swap_us,service_us,moving_us,"
      "profiled_us,stall_us,preemptions,energy_pj,moved_bytes,pb_hit_bytes,off_chip_bytes,weights_bytes,"
      "quant_params_bytes,iacts_bytes,oacts_bytes,residuals_bytes,pb_swap_bytes\n"
      "7,mobilenet,far,1.5,60,3,other,one,1,8,50,0.25,40,10,2,1210,16,5,96,0,0,64,0,0,32\n");
}

TEST(ServingReport, NamesAreQuotedByRfc4180) {
  Six six;
  six.names.tenants[0].name = "a, \"b\"";
  six.names.models[0] = "<script>alert(1)</script>";
  six.names.accelerators[0].name = "two\nlines";
  std::ostringstream queries, jobs;
  ServingQueryTable query_table(six.names, queries);
  ServingJobTable job_table(six.names, six.bench.energy, jobs);
  ServingSinks sinks;
  sinks.request = [&](const RequestRecord& record) { query_table.Write(record); };
  sinks.job = [&](const JobRecord& record) { job_table.Write(record); };
  test::TellSix(sinks);
  EXPECT_THAT(queries.str(), HasSubstr("0,\"a, \"\"b\"\"\",0,0,350,served"));
  EXPECT_THAT(queries.str(), HasSubstr("200,\"two\nlines\",1,2,big"));
  EXPECT_THAT(jobs.str(), HasSubstr("1,<script>alert(1)</script>,\"two\nlines\",100,350,2,big"));
}

TEST(ServingReport, CheckFindsWhatMoved) {
  Six six;
  ServingReport report = six.Report();
  const std::string baseline = ServingSummaryJson(report).dump(1);
  EXPECT_EQ(check::CompareTexts(baseline, baseline).Failed(), 0U);
  report.metrics.tenants[0].in_time = 2;
  const std::string result = ServingSummaryJson(report).dump(1);
  const check::Comparison moved = check::CompareTexts(baseline, result);
  EXPECT_TRUE(check::Find(moved, "tenants.video.attainment_percent").failed);
  EXPECT_FALSE(check::Find(moved, "tenants.photos.attainment_percent").failed);
  EXPECT_EQ(moved.Failed(), 3U);  // with the count and the mean accuracy of what is in time
  EXPECT_EQ(check::CompareTexts(baseline, result, {"tenants.video.*=100"}).Failed(), 0U);
  report.identity.hardware_hash = "other";
  EXPECT_EQ(
      check::CompareTexts(baseline, ServingSummaryJson(report).dump(1), {"tenants.video.*=100"}).Failed(),
      1U);
}

}  // namespace
}  // namespace sushi::report
