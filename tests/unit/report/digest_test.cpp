#include "sushi/report/digest.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "process.hpp"
#include "sushi/core/error.hpp"

namespace sushi::report {
namespace {

using ::testing::HasSubstr;
using testing::Scratch;
using Json = nlohmann::ordered_json;

constexpr char kHeader[] =
    "query,service_us,response_us,waiting_us,subnet,cached_subgraph,latency_max_us,accuracy_min_percent\n";

// Query i takes i us and waits 2·i; SubNets alternate, the PB changes after every 10.
std::string Queries(int count) {
  std::string text = kHeader;
  for (int i = 0; i < count; ++i) {
    const std::string n = std::to_string(i);
    text += n + "," + n + "," + std::to_string(3 * i) + "," + std::to_string(2 * i) +
            (i % 2 == 0 ? ",A" : ",B") + ",g" + std::to_string(i / 10 % 3) + ",50,75.5\n";
  }
  return text;
}

Json Digest(const std::string& text, std::int64_t queries) {
  const Scratch scratch;
  return DigestQueries(scratch.Write("queries.csv", text), queries, {"A", "B"});
}

template <typename Action>
std::string ErrorOf(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

TEST(QueryDigest, EveryQueryIsAPointUpToTheMost) {
  const Json json = Digest(Queries(kMaxQueryPoints), kMaxQueryPoints);
  EXPECT_EQ(json["per_point"], 1);
  EXPECT_EQ(json["points"]["service"].size(), static_cast<std::size_t>(kMaxQueryPoints));
  EXPECT_EQ(json["points"]["service"][7], 7.0);
  EXPECT_EQ(json["points"]["served"][7], Json({0, 1}));
}

TEST(QueryDigest, OneMoreAveragesPairsAndLeavesTheRestAlone) {
  const Json json = Digest(Queries(kMaxQueryPoints + 1), kMaxQueryPoints + 1);
  EXPECT_EQ(json["per_point"], 2);
  const Json& points = json["points"];
  ASSERT_EQ(points["service"].size(), static_cast<std::size_t>(kMaxQueryPoints / 2 + 1));
  EXPECT_EQ(points["service"][3], 6.5);  // of 6 and 7
  EXPECT_EQ(points["response"][3], 19.5);
  EXPECT_EQ(points["response_min"][3], 18.0);
  EXPECT_EQ(points["response_max"][3], 21.0);
  EXPECT_EQ(points["waiting"][3], 13.0);
  EXPECT_EQ(points["served"][3], Json({1, 1}));
  EXPECT_EQ(points["service"].back(), kMaxQueryPoints);
  EXPECT_EQ(points["served"].back(), Json({1, 0}));
}

TEST(QueryDigest, ContentsAreStretchesWithOneSubGraphCached) {
  const Json json = Digest(Queries(25), 25);
  EXPECT_EQ(json["subgraphs"], Json({"g0", "g1", "g2"}));
  EXPECT_EQ(json["contents"], Json::parse("[[0,10,0,[5,5]],[10,10,1,[5,5]],[20,5,2,[3,2]]]"));
  EXPECT_EQ(json["contents_left_out"], 0);
}

TEST(QueryDigest, ContentsBeyondTheMostAreCountedOnly) {
  std::string text = kHeader;
  for (int i = 0; i <= kMaxContents; ++i)
    text += std::to_string(i) + ",1,1,0,A," + std::to_string(i % 2) + ",50,75\n";
  const Json json = Digest(text, kMaxContents + 1);
  EXPECT_EQ(json["contents"].size(), static_cast<std::size_t>(kMaxContents));
  EXPECT_EQ(json["contents"].back(), Json::parse("[" + std::to_string(kMaxContents - 1) + ",1,1,[1]]"));
  EXPECT_EQ(json["contents_left_out"], 1);
}

TEST(QueryDigest, QuantilesAreExactAndBinsHoldEveryQuery) {
  const Json json = Digest(Queries(1000), 1000);
  const Json& cdf = json["cdf"];
  for (std::size_t i = 0; i < cdf["share"].size(); ++i) {
    // Nearest rank: the smallest value with at least ⌈q·1000⌉ at or below it; values are 0 … 999 us.
    const auto rank = static_cast<std::int64_t>(std::ceil(cdf["share"][i].get<double>() * 1000 - 1e-6));
    EXPECT_EQ(cdf["service"][i], static_cast<double>(std::max<std::int64_t>(rank, 1) - 1)) << cdf["share"][i];
  }
  const Json& bins = json["histogram"]["response"];
  EXPECT_EQ(bins["from"], 0.0);
  EXPECT_EQ(bins["to"], 2997.0);
  std::int64_t total = 0;
  for (const Json& subnet : bins["counts"]) {
    ASSERT_EQ(subnet.size(), 60u);
    for (const Json& count : subnet) total += count.get<std::int64_t>();
  }
  EXPECT_EQ(total, 1000);
  EXPECT_EQ(bins["counts"][0][0], 9);      // 0, 6, … 48 of A: a bin is 49.95 us wide
  EXPECT_GT(bins["counts"][1].back(), 0);  // the greatest is in the last bin, not beyond it
}

TEST(QueryDigest, EqualTimesAreOneBin) {
  const Json bins =
      Digest(std::string(kHeader) + "0,7,7,0,A,g,1,1\n1,7,7,0,A,g,1,1\n", 2)["histogram"]["service"];
  EXPECT_EQ(bins["counts"], Json::parse("[[2]]"));
  EXPECT_EQ(bins["from"], bins["to"]);
}

TEST(QueryDigest, RowsAreAsManyAsTheSummarySays) {
  EXPECT_THAT(ErrorOf([] { Digest(Queries(5), 4); }),
              HasSubstr("queries.csv:6: query: more rows than summary.json"));
  EXPECT_THAT(ErrorOf([] { Digest(Queries(5), 6); }),
              HasSubstr("queries.csv: holds 5 queries, summary.json says 6"));
}

// Also of columns that no chart shows.
TEST(QueryDigest, EveryCellIsWhatRunWrites) {
  const std::string header =
      "query,arrival_us,service_us,response_us,waiting_us,subnet,cached_subgraph,latency_max_us,"
      "accuracy_min_percent,accuracy_violated,feasible_subnets,pb_hit_bytes,energy_pj,reason_text\n";
  const std::string first = "3,0,1,1,0,A,g,50,75,0,2,0,1.5,none\n";
  const auto error = [&](const std::string& second) {
    return ErrorOf([&] { Digest(header + first + second + "\n", 2); });
  };
  EXPECT_EQ(error("4,1,1,1,0,B,g,50,75,1,0,9,0,any"), "no error");
  EXPECT_THAT(error("4,1e400,1,1,0,B,g,50,75,1,0,9,0,"),
              HasSubstr("queries.csv:3: arrival_us: expected a number, found '1e400'"));
  EXPECT_THAT(error("4,-1,1,1,0,B,g,50,75,1,0,9,0,"), HasSubstr(":3: arrival_us: expected 0 to 1e12 us"));
  EXPECT_THAT(error("3,1,1,1,0,B,g,50,75,1,0,9,0,"), HasSubstr(":3: query: expected more than 3, found 3"));
  EXPECT_THAT(error("x,1,1,1,0,B,g,50,75,1,0,9,0,"), HasSubstr(":3: query: expected an integer"));
  EXPECT_THAT(error("4,1,1,1,0,b,g,50,75,1,0,9,0,"), HasSubstr(":3: subnet: no SubNet 'b' in summary.json"));
  EXPECT_THAT(error("4,1,1,1,0,B,g,50,75,2,0,9,0,"), HasSubstr(":3: accuracy_violated: expected 0 or 1"));
  EXPECT_THAT(error("4,1,1,1,0,B,g,50,75,1,-1,9,0,"), HasSubstr(":3: feasible_subnets: expected at least 0"));
  EXPECT_THAT(error("4,1,1,1,0,B,g,50,75,1,0,x,0,"), HasSubstr(":3: pb_hit_bytes: expected an integer"));
  EXPECT_THAT(error("4,1,1,1,0,B,g,50,75,1,0,9,-2,"), HasSubstr(":3: energy_pj: expected at least 0"));
  EXPECT_THAT(error("4,1,1,1,0,B,g,50,nan,1,0,9,0,"),
              HasSubstr(":3: accuracy_min_percent: expected a number"));
}

std::string Layers(int pairs) {
  std::string text =
      "subnet,cached_subgraph,queries,op,name,kind,supernet_layer,kernels,channels,kernel_h,kernel_w,in_h,in_"
      "w,stride,"
      "cycles,compute_cycles,fill_cycles,weights_bytes,iacts_bytes,pb_hit_bytes,useful_macs,energy_pj\n";
  for (int pair = 0; pair < pairs; ++pair) {
    for (int op = 0; op < 2; ++op) {
      text += "A,g" + std::to_string(pair) + "," + std::to_string(pair + 1) + "," + std::to_string(op) +
              ",conv,conv,0,1,2,3,3,4,4,1,10,7,3,100,50,25,1000,1.5\n";
    }
  }
  return text;
}

Json DigestedLayers(const std::string& text) {
  const Scratch scratch;
  return DigestLayers(scratch.Write("layers.csv", text));
}

TEST(LayerDigest, KeepsThePairsThatServedMost) {
  EXPECT_EQ(DigestedLayers(Layers(kMaxLayerPairs))["pairs_left_out"], 0);
  const Json json = DigestedLayers(Layers(kMaxLayerPairs + 1));
  EXPECT_EQ(json["pairs_left_out"], 1);
  ASSERT_EQ(json["pairs"].size(), static_cast<std::size_t>(kMaxLayerPairs));
  EXPECT_EQ(json["pairs"].front()["cached"], "g" + std::to_string(kMaxLayerPairs));
  EXPECT_EQ(json["pairs"].back()["cached"], "g1");
}

TEST(LayerDigest, TakesStatesAndKindsFromTheHeader) {
  const Json json = DigestedLayers(Layers(1));
  EXPECT_EQ(json["states"], Json({"compute", "fill"}));
  EXPECT_EQ(json["kinds"], Json({"weights", "iacts"}));
  EXPECT_EQ(json["pairs"][0]["states"], Json::parse("[[7,7],[3,3]]"));
  EXPECT_EQ(json["pairs"][0]["bytes"], Json::parse("[[100,100],[50,50]]"));
  EXPECT_EQ(json["pairs"][0]["hits"], Json({25, 25}));
  EXPECT_EQ(json["ops"]["A"]["macs"], Json({1000, 1000}));
}

TEST(LayerDigest, OpsOfAPairStandInOrder) {
  std::string text = Layers(1);
  text.replace(text.find("g0,1,1"), 6, "g0,1,2");
  EXPECT_THAT(ErrorOf([&] { DigestedLayers(text); }), HasSubstr("layers.csv:3: op: expected op 1"));
  EXPECT_THAT(ErrorOf([] {
                DigestedLayers(Layers(1) + "B,g0,1,2,c,conv,0,1,2,3,3,4,4,1,10,7,3,100,50,25,1000,1.5\n");
              }),
              HasSubstr("layers.csv:4: subnet: another SubNet"));
}

std::string Point(int index) {
  const std::string n = std::to_string(index);
  return "{\"index\":" + n + ",\"id\":\"id" + n + "\",\"point\":{\"k\":" + n + "},\"metrics\":{\"m\":" + n +
         ".5},\"subnets\":[]}\n";
}

Json DigestedSweep(const std::string& points, const std::string& failures = "") {
  const Scratch scratch;
  scratch.Write("sweep.jsonl", points);
  if (!failures.empty()) scratch.Write("failures.csv", failures);
  return DigestSweep(scratch.dir().string());
}

TEST(LayerDigest, EveryPairOfASubNetHasItsOps) {
  const std::string text = Layers(2);
  const std::string cut = text.substr(0, text.rfind("A,g1"));
  EXPECT_THAT(ErrorOf([&] { DigestedLayers(cut); }), HasSubstr("layers.csv:5: op: the rows before lack ops"));
  const std::string between =
      cut + text.substr(text.find("A,g0"), text.find("A,g0", text.find("A,g0") + 1) - text.find("A,g0"));
  EXPECT_THAT(ErrorOf([&] { DigestedLayers(between); }), HasSubstr("lack ops"));
}

TEST(LayerDigest, CountsAreNotNegative) {
  std::string text = Layers(1);
  text.replace(text.find(",10,7,"), 6, ",10,-7,");
  EXPECT_THAT(ErrorOf([&] { DigestedLayers(text); }),
              HasSubstr("layers.csv:2: compute_cycles: expected a count, found -7"));
}

TEST(SweepDigest, HoldsEveryPointUpToTheMostThenEveryOther) {
  std::string points;
  for (int i = 0; i < kMaxSweepPoints; ++i) points += Point(i);
  EXPECT_EQ(DigestedSweep(points)["index"].size(), static_cast<std::size_t>(kMaxSweepPoints));
  const Json json = DigestedSweep(points + Point(kMaxSweepPoints));
  EXPECT_EQ(json["points"], kMaxSweepPoints + 1);
  EXPECT_EQ(json["per_point"], 2);
  EXPECT_EQ(json["index"].size(), static_cast<std::size_t>(kMaxSweepPoints / 2 + 1));
  EXPECT_EQ(json["metrics"]["m"][1], 2.5);
  EXPECT_EQ(json["axes"]["k"].back(), kMaxSweepPoints);
}

TEST(SweepDigest, CountsWhatFailed) {
  const Json json = DigestedSweep(
      Point(0), "index,id,k,status,attempt,reason\n1,a,1,failed,1,x\n2,b,2,missing,,\n3,c,3,missing,,\n");
  EXPECT_EQ(json["failed"], 1);
  EXPECT_EQ(json["missing"], 2);
}

TEST(SweepDigest, SaysWhichLineIsBroken) {
  EXPECT_THAT(ErrorOf([] { DigestedSweep(Point(0) + "{\"index\":\n"); }),
              HasSubstr("sweep.jsonl:2: is not JSON"));
  EXPECT_THAT(ErrorOf([] {
                DigestedSweep(Point(0) + "{\"index\":1,\"id\":\"x\",\"point\":{\"k\":1},\"metrics\":{}}\n");
              }),
              HasSubstr("sweep.jsonl:2: metrics: expected"));
  EXPECT_THAT(
      ErrorOf([] {
        DigestedSweep(Point(0) + "{\"index\":1,\"id\":\"x\",\"point\":{\"l\":1},\"metrics\":{\"m\":1}}\n");
      }),
      HasSubstr("sweep.jsonl:2: point: expected the members of the first point's"));
  EXPECT_THAT(ErrorOf([] { DigestedSweep(""); }), HasSubstr("holds no point"));
}

}  // namespace
}  // namespace sushi::report
