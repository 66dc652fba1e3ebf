#include "sushi/formats/arrival_import.hpp"

#include <gtest/gtest.h>

#include "process.hpp"
#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using testing::Scratch;

ImportedArrivals Read(const std::string& format, const std::string& text) {
  const Scratch scratch;
  return ReadArrivals(format, scratch.Write("log.csv", text));
}

// Without the directory.
std::string ErrorOf(const std::string& format, const std::string& text) {
  const Scratch scratch;
  try {
    ReadArrivals(format, scratch.Write("log.csv", text));
  } catch (const UserError& error) {
    const std::string message = error.what();
    const std::size_t name = message.find("log.csv");
    return name == std::string::npos ? message : message.substr(name);
  }
  return "no error";
}

const std::string kLlm = "TIMESTAMP,ContextTokens,GeneratedTokens\r\n";
const std::string kFunctions = "app,func,end_timestamp,duration\n";
using Times = std::vector<std::int64_t>;

TEST(AzureLlm, TimesCountFromTheFirstArrivalToTheNanosecond) {
  const ImportedArrivals log =
      Read("azure-llm", kLlm +
                            "2023-11-16 18:17:03.9799600,4808,10\r\n2023-11-16 18:17:04.0319601,1,8\r\n"
                            "2023-11-16 18:17:05,1,8");
  EXPECT_EQ(log.at_ns, (Times{0, 52'000'100, 1'020'040'000}));
  EXPECT_EQ(log.out_of_order, 0);
}

TEST(AzureLlm, KnowsTheCalendar) {
  const auto seconds = [](const std::string& from, const std::string& to) {
    return Read("azure-llm", kLlm + from + ",1,1\n" + to + ",1,1\n").at_ns.back() / 1'000'000'000;
  };
  EXPECT_EQ(seconds("2023-12-31 23:59:59", "2024-01-01 00:00:00"), 1);
  EXPECT_EQ(seconds("2024-02-28 00:00:00", "2024-03-01 00:00:00"), 2 * 86400);
  EXPECT_EQ(seconds("2023-02-28 00:00:00", "2023-03-01 00:00:00+00:00"), 86400);
  EXPECT_EQ(seconds("1970-01-01 00:00:00", "2024-05-10 00:00:00"), 1'715'299'200);
}

TEST(AzureLlm, RowsOutOfOrderAreSortedAndCounted) {
  const ImportedArrivals log = Read("azure-llm", kLlm +
                                                     "2023-11-16 18:17:05,1,1\n2023-11-16 18:17:03,1,1\n"
                                                     "2023-11-16 18:17:04,1,1\n2023-11-16 18:17:06,1,1\n");
  EXPECT_EQ(log.at_ns, (Times{0, 1'000'000'000, 2'000'000'000, 3'000'000'000}));
  EXPECT_EQ(log.out_of_order, 2);
}

TEST(AzureLlm, ABadRowIsNamedWithItsLine) {
  for (const std::string bad :
       {"", "2023-11-16", "2023-13-16 18:17:03", "2023-02-29 18:17:03", "2023-11-16 24:00:00",
        "2023-11-16 18:17:03.", "2023-11-16 18:17:03.0123456789", "2023-11-16 18:17:03Z",
        "16/11/2023 18:17"}) {
    EXPECT_EQ(ErrorOf("azure-llm", kLlm + "2023-11-16 18:17:05,1,1\n" + bad + ",1,1\n"),
              "log.csv:3: TIMESTAMP: expected a time like 2023-11-16 18:17:03.9799600, found '" + bad + "'");
  }
  EXPECT_EQ(ErrorOf("azure-llm", kLlm + "2023-11-16 18:17:05,1\n"),
            "log.csv:2: expected 3 cells as in the header, found 2");
  EXPECT_EQ(ErrorOf("azure-llm", kFunctions), "log.csv:1: no column 'TIMESTAMP'");
  EXPECT_EQ(ErrorOf("azure-llm", kLlm), "log.csv: no request: expected a row after the header");
  EXPECT_EQ(
      ErrorOf("azure-lm", kLlm),
      "--from: no format 'azure-lm' (did you mean 'azure-llm'?), expected azure-llm or azure-functions-2021");
}

TEST(AzureFunctions, ARequestArrivesItsDurationBeforeItsEnd) {
  const ImportedArrivals log =
      Read("azure-functions-2021", kFunctions + "a,f,2.5,0.5\nb,g,3,2.75\nb,g,3.5,0\n");
  EXPECT_EQ(log.at_ns, (Times{0, 1'750'000'000, 3'250'000'000}));
  EXPECT_EQ(log.out_of_order, 1);
}

TEST(AzureFunctions, ABadRowIsNamedWithItsLine) {
  EXPECT_EQ(ErrorOf("azure-functions-2021", kFunctions + "a,f,2.5,0.5\na,f,x,1\n"),
            "log.csv:3: end_timestamp: expected a number, found 'x'");
  EXPECT_EQ(ErrorOf("azure-functions-2021", kFunctions + "a,f,2,-1\n"),
            "log.csv:2: duration: expected 0 to 1e9 seconds, found '-1'");
}

const Times kSeconds{0, 1'000'000'000, 2'000'000'000, 4'000'000'000};
std::vector<std::int64_t> Ps(const SelectedArrivals& selected) {
  std::vector<std::int64_t> ps;
  ps.reserve(selected.at.size());
  for (const Picoseconds at : selected.at) ps.push_back(at.value());
  return ps;
}

std::string SelectError(const Times& at_ns, const ArrivalSelection& selection) {
  try {
    SelectArrivals(at_ns, selection);
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(SelectArrivals, AWindowHoldsItsBeginningAndNotItsEnd) {
  ArrivalSelection selection;
  selection.from_s = 1;
  selection.to_s = 4;
  EXPECT_EQ(Ps(SelectArrivals(kSeconds, selection)), (Times{0, 1'000'000'000'000}));
  selection.from_s = 0.5;
  selection.to_s.reset();
  selection.limit = 2;
  EXPECT_EQ(Ps(SelectArrivals(kSeconds, selection)), (Times{500'000'000'000, 1'500'000'000'000}));
  selection.from_s = 4.5;
  EXPECT_EQ(SelectError(kSeconds, selection),
            "--from-time, --to-time: no arrival is left; those of the file are from 0 to 4.000 s");
}

TEST(SelectArrivals, RatesAreScaledOrMadeTheMeanRate) {
  ArrivalSelection selection;
  selection.scale_rate = 4;
  EXPECT_EQ(Ps(SelectArrivals(kSeconds, selection)),
            (Times{0, 250'000'000'000, 500'000'000'000, 1'000'000'000'000}));
  selection = {};
  selection.rate_qps = 1.5;  // three gaps in 4 s are 0.75/s
  EXPECT_DOUBLE_EQ(SelectArrivals(kSeconds, selection).scale, 2);
  EXPECT_EQ(Ps(SelectArrivals(kSeconds, selection)).back(), 2'000'000'000'000);
  selection.limit = 1;
  EXPECT_EQ(SelectError(kSeconds, selection), "--rate: the arrivals that are kept are all at one time");
}

TEST(SelectArrivals, BeyondWhatATraceMayHoldAreRefused) {
  const Times last{0, 1'000'000'000'000'000};  // 10^12 us
  EXPECT_EQ(Ps(SelectArrivals(last, {})).back(), 1'000'000'000'000'000'000);
  EXPECT_EQ(SelectError({0, last[1] + 1000}, {}),
            "--to-time: expected arrivals within 1e12 us; take a shorter window or a higher rate");
  ArrivalSelection selection;
  selection.scale_rate = 2;
  EXPECT_EQ(Ps(SelectArrivals({0, 2 * last[1]}, selection)).back(), 1'000'000'000'000'000'000);
}

// Counts from the files themselves.
TEST(AzureFiles, AreReadWhole) {
  const std::string data = SUSHI_SHARED_DATA;
  if (!std::filesystem::exists(data + "/azure_llm_2023_conv.csv")) {
    GTEST_SKIP() << "no " << data << "/azure_llm_2023_conv.csv";
  }
  EXPECT_EQ(ReadArrivals("azure-llm", data + "/azure_llm_2023_conv.csv").at_ns.size(), 19'366u);
  EXPECT_EQ(ReadArrivals("azure-llm", data + "/azure_llm_2023_code.csv").at_ns.size(), 8'819u);
  EXPECT_EQ(ReadArrivals("azure-functions-2021", data + "/azure_functions_2021_sample200.csv").at_ns.size(),
            199u);
}

}  // namespace
}  // namespace sushi
