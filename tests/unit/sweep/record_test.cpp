#include "sushi/sweep/record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "sushi/core/error.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

const PointId kId = {0x0123456789abcdefU, 0xfedcba9876543210U};

std::string_view WithoutFeed(const std::string& line) {
  return std::string_view(line).substr(0, line.size() - 1);
}

TEST(PointIdText, IsThirtyTwoHexDigitsBothWays) {
  EXPECT_EQ(kId.Hex(), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(PointId::Parse(kId.Hex()), kId);
  for (const char* bad : {"", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
                          "0123456789ABCDEFfedcba9876543210", "0123456789abcdeg0123456789abcdef"})
    EXPECT_THROW(PointId::Parse(bad), InternalError) << bad;
}

TEST(ShardText, TakesOneToNOnly) {
  EXPECT_EQ(Shard::Parse("8/8").index, 8);
  EXPECT_EQ(Shard::Parse("1/8").count, 8);
  for (const char* bad :
       {"", "0/8", "9/8", "1", "1/", "/8", "a/8", "1/8 ", "-1/8", "1/0", "1/99999999999999999999"})
    EXPECT_THROW(Shard::Parse(bad), UserError) << bad;
}

TEST(ShardText, EveryPointIsInExactlyOneShard) {
  for (const std::int64_t all : {0, 1, 6, 7, 8, 60, 111, 112, 113, 5000}) {
    std::vector<int> shards(static_cast<std::size_t>(all));
    for (int i = 1; i <= 7; ++i) {
      const std::vector<std::int64_t> points = Shard{i, 7}.Points(all);
      EXPECT_TRUE(std::is_sorted(points.begin(), points.end()));
      for (const std::int64_t point : points) ++shards.at(static_cast<std::size_t>(point));
      const auto number = static_cast<std::int64_t>(points.size());
      EXPECT_TRUE(number == all / 7 || number == all / 7 + 1) << number << " of " << all;
    }
    EXPECT_EQ(std::count(shards.begin(), shards.end(), 1), all);
  }
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ((Shard{2, most}.Points(3)), (std::vector<std::int64_t>{1}));
  EXPECT_EQ((Shard{most, most}.Points(3)), (std::vector<std::int64_t>{}));
}

TEST(ShardText, NeighboursStayTogetherWhereShardsAreLarge) {
  EXPECT_EQ((Shard{2, 3}.Points(9)), (std::vector<std::int64_t>{1, 4, 7}));
  EXPECT_EQ((Shard{2, 2}.Points(33)),
            (std::vector<std::int64_t>{2, 3, 6, 7, 10, 11, 14, 15, 18, 19, 22, 23, 26, 27, 30, 31}));
  const std::vector<std::int64_t> large = Shard{2, 2}.Points(10'000);
  EXPECT_EQ(large[0], 64);
  EXPECT_EQ(large[63], 127);
  EXPECT_EQ(large[64], 192);
}

TEST(Record, CellsComeBackWithTypeAndAllBits) {
  const PointResult result = {
      {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(), 3.0, -0.0, 0.1,
       1e300, 5e-324, "a,\"b\"\\\n\t\x01", "", "größer"},
      {{}, {std::int64_t{0}, 2.5}, {"x"}}};
  const std::string line = ResultLine(kId, result);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const RecordHead head = ReadHead(WithoutFeed(line));
  EXPECT_EQ(head.kind, RecordKind::kResult);
  EXPECT_EQ(head.id, kId);
  const PointResult back = ReadResult(WithoutFeed(line));
  EXPECT_EQ(back.metrics, result.metrics);
  EXPECT_EQ(back.subnets, result.subnets);
  EXPECT_TRUE(std::signbit(std::get<double>(back.metrics[3])));
}

TEST(Record, RealsThatAreNotFiniteComeBack) {
  const double inf = std::numeric_limits<double>::infinity();
  const PointResult back = ReadResult(WithoutFeed(ResultLine(kId, {{inf, -inf, std::nan("")}, {}})));
  EXPECT_EQ(std::get<double>(back.metrics[0]), inf);
  EXPECT_EQ(std::get<double>(back.metrics[1]), -inf);
  EXPECT_TRUE(std::isnan(std::get<double>(back.metrics[2])));
}

TEST(Record, AFailureKeepsItsReasonAndBytesThatAreNoUtf8AreReplaced) {
  const std::string line = FailureLine(kId, {"no \"such\"\nfile", 2});
  EXPECT_EQ(ReadHead(WithoutFeed(line)).kind, RecordKind::kFailure);
  EXPECT_EQ(ReadFailure(WithoutFeed(line)).reason, "no \"such\"\nfile");
  EXPECT_EQ(ReadFailure(WithoutFeed(line)).attempt, 2);
  EXPECT_EQ(ReadFailure(WithoutFeed(FailureLine(kId, {"a\xff", 1}))).reason, "a\xef\xbf\xbd");
}

TEST(Record, NoLineShortenedOrChangedInOneByteIsARecord) {
  const std::string line = ResultLine(kId, ResultOf(7));
  for (std::size_t length = 0; length < line.size() - 1; ++length)
    EXPECT_EQ(ReadHead(std::string_view(line).substr(0, length)).kind, RecordKind::kTorn) << length;
  for (std::size_t at = 0; at < line.size() - 1; ++at) {
    std::string changed = line;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    EXPECT_EQ(ReadHead(WithoutFeed(changed)).kind, RecordKind::kTorn) << at;
  }
}

TEST(Record, MetricsAreReadWithoutTheSubnets) {
  const std::string line = ResultLine(kId, ResultOf(7));
  EXPECT_EQ(ReadMetrics(WithoutFeed(line)), ResultOf(7).metrics);
}

TEST(Record, JsonThatIsNotAsWrittenIsAnErrorNotAGuess) {
  const std::string hash(16, '0'), head = hash + " {\"result\":\"" + kId.Hex() + "\",\"metrics\":";
  for (const char* behind :
       {"", "[", "[1", "[1,", "[1]", "[x],", "[1.5.5],", "[\"a],", "[\"a\\", "[\"\\x\"],", "[{\"real\":1}],",
        "[99999999999999999999],", "[1],\"subnets\":[", "[1],\"subnets\":[[1]", "[1] ,\"subnets\":[]}"})
    EXPECT_THROW(ReadResult(head + behind), InternalError) << behind;
}

TEST(Record, AWholeLineOfAnotherKindIsToldFromATornOne) {
  std::string line = ResultLine(kId, ResultOf(7));
  // "0123…" with the hash of another text of the same length would be torn; hash what another version wrote.
  EXPECT_EQ(ReadHead("ef46db3751d8e999 ").kind, RecordKind::kTorn);
  EXPECT_EQ(ReadHead("d24ec4f1a98c6e5b a").kind, RecordKind::kUnknown);  // XXH64 of "a" is d24ec4f1a98c6e5b
}

}  // namespace
}  // namespace sushi::sweep::testing
