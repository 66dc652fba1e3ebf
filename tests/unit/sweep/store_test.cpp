#include "sushi/sweep/store.hpp"

#include <algorithm>
#include <random>

#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/segment.hpp"
#include "sweep_support.hpp"

namespace sushi::sweep::testing {
namespace {

void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

TEST(Store, IsMadeOnceAndOpenedWithItsPlan) {
  const TempDir dir;
  EXPECT_THROW(Store::Open(dir / "store"), UserError);
  const Store store = Store::Make(dir / "store/");
  EXPECT_EQ(store.path(), dir / "store");
  EXPECT_THROW(Store::Open(dir / "store"), UserError);  // no plan yet
  store.WritePlan("{\"axes\":1}");
  EXPECT_EQ(Store::Open(dir / "store").Plan(), "{\"axes\":1}");
  store.WritePlan("{}");
  EXPECT_EQ(Store::Make(dir / "store").Plan(), "{}");
  EXPECT_EQ(std::distance(fs::directory_iterator(dir / "store"), fs::directory_iterator()),
            2);  // nothing left over
}

TEST(Store, IsMadeWhereAScriptHasPutItsLogs) {
  const TempDir dir;
  fs::create_directories(dir / "store/slurm");
  EXPECT_EQ(Store::Make(dir / "store").Scan().places.size(), 0U);
}

TEST(Store, IsNotMadeInADirectoryOfOtherThings) {
  const TempDir dir;
  fs::create_directories(dir / "home");
  WriteText(dir / "home/file", "x");
  EXPECT_THROW(Store::Make(dir / "home"), UserError);
  EXPECT_THROW(Store::Make(dir / "home/file"), UserError);
  EXPECT_THROW(Store::Make(""), UserError);
}

TEST(Store, ARecordTornAtAnyByteIsIgnoredAndAllOthersKept) {
  const TempDir dir;
  const auto ids = MakeIds(3);
  const Store store = Store::Make(dir / "store");
  const std::string first = ResultLine(ids[0], ResultOf(0)), last = ResultLine(ids[1], ResultOf(1));
  const std::string other = ResultLine(ids[2], ResultOf(2));
  for (std::size_t length = 0; length <= last.size(); ++length) {
    const std::string torn = last.substr(0, length);
    const bool whole = length == last.size();
    // At the end of the file, and with more behind it as after a worker was replaced.
    for (const std::string& behind : {std::string(), "\n" + other}) {
      WriteText(store.segments_dir() + "/a.seg", first + torn + behind);
      const RecordIndex index = store.Scan();
      EXPECT_NE(index.Find(ids[0]), nullptr) << length;
      // A line that lacks nothing but its line feed is whole once that comes.
      const bool ended = !behind.empty() && length == last.size() - 1;
      EXPECT_EQ(index.Find(ids[1]) != nullptr, whole || ended) << length;
      EXPECT_EQ(index.Find(ids[2]) != nullptr, !behind.empty()) << length;
    }
  }
}

TEST(Store, LinesLongerThanABlockAndZerosAreRead) {
  const TempDir dir;
  const auto ids = MakeIds(3);
  const Store store = Store::Make(dir / "store");
  PointResult big;
  big.metrics.emplace_back(std::string(3'000'000, 'x'));
  // Zeros are what some file systems leave of a file that was not synced.
  WriteText(store.segments_dir() + "/a.seg", ResultLine(ids[0], ResultOf(0)) + ResultLine(ids[1], big) +
                                                 std::string(5000, '\0') + "\n" +
                                                 ResultLine(ids[2], ResultOf(2)));
  const RecordIndex index = store.Scan();
  ASSERT_EQ(index.places.size(), 3U);
  EXPECT_EQ(index.torn, 1);
  RecordReader reader(index);
  EXPECT_EQ(ReadResult(reader.Line(*index.Find(ids[1]))).metrics, big.metrics);
  EXPECT_EQ(ReadResult(reader.Line(*index.Find(ids[2]))).metrics, ResultOf(2).metrics);
}

TEST(Store, AResultWinsOverFailuresInAnyOrder) {
  const TempDir dir;
  const auto ids = MakeIds(1);
  const Store store = Store::Make(dir / "store");
  const std::string failure = FailureLine(ids[0], {"timeout", 1}), result = ResultLine(ids[0], ResultOf(0));
  for (const std::string& text : {failure + result, result + failure, failure + result + failure}) {
    WriteText(store.segments_dir() + "/a.seg", text);
    const RecordIndex index = store.Scan();
    ASSERT_EQ(index.places.size(), 1U);
    EXPECT_EQ(index.places[0].is_result, 1U);
  }
}

TEST(Store, OfSeveralFailuresTheSameOneIsKeptInAnyOrder) {
  const TempDir dir;
  const auto ids = MakeIds(1);
  const Store store = Store::Make(dir / "store");
  const std::string a = FailureLine(ids[0], {"timeout", 1}), b = FailureLine(ids[0], {"crash", 2});
  WriteText(store.segments_dir() + "/a.seg", a + b);
  const std::string one = FailureOf(store, ids[0]).reason;
  WriteText(store.segments_dir() + "/a.seg", b);
  WriteText(store.segments_dir() + "/b.seg", a);
  EXPECT_EQ(FailureOf(store, ids[0]).reason, one);
}

TEST(Store, EqualResultsOfOneIdAreOneAndDifferentOnesAnErrorThatNamesIt) {
  const TempDir dir;
  const auto ids = MakeIds(2);
  const Store store = Store::Make(dir / "store");
  WriteText(store.segments_dir() + "/a.seg", ResultLine(ids[0], ResultOf(0)));
  WriteText(store.segments_dir() + "/b.seg", ResultLine(ids[0], ResultOf(0)));
  EXPECT_EQ(store.Scan().places.size(), 1U);
  WriteText(store.segments_dir() + "/b.seg", ResultLine(ids[0], ResultOf(1)));
  try {
    store.Scan();
    FAIL() << "expected InternalError";
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(ids[0].Hex()), std::string::npos) << error.what();
  }
}

TEST(Store, RecordsOfAnotherVersionAreRefused) {
  const TempDir dir;
  const Store store = Store::Make(dir / "store");
  WriteText(store.segments_dir() + "/a.seg", "d24ec4f1a98c6e5b a\n");
  EXPECT_THROW(store.Scan(), UserError);
}

TEST(Store, CompactionKeepsEveryRecordAndDropsTornOnes) {
  const TempDir dir;
  const auto ids = MakeIds(4);
  const Store store = Store::Make(dir / "store");
  const auto path = [&](const std::string& name) { return store.segments_dir() + "/" + name + ".seg"; };
  WriteText(path("a"), ResultLine(ids[0], ResultOf(0)) + "torn");
  WriteText(path("b"), FailureLine(ids[1], {"crash", 2}) + ResultLine(ids[2], ResultOf(2)));
  WriteText(path("empty"), "");
  WriteText(path("other"), ResultLine(ids[3], ResultOf(3)));
  store.Compact({path("a"), path("b"), path("empty")});
  EXPECT_EQ(CountSegments(store), 2);
  EXPECT_TRUE(fs::exists(path("other")));
  const RecordIndex index = store.Scan();
  EXPECT_EQ(index.places.size(), 4U);
  EXPECT_EQ(index.torn, 0);
}

TEST(Store, OneSegmentIsNotCopied) {
  const TempDir dir;
  const Store store = Store::Make(dir / "store");
  WriteText(store.segments_dir() + "/a.seg", ResultLine(MakeIds(1)[0], ResultOf(0)));
  store.Compact({store.segments_dir() + "/a.seg"});
  EXPECT_TRUE(fs::exists(store.segments_dir() + "/a.seg"));
}

TEST(Store, AReaderWhoseSegmentsWereCompactedScansAgain) {
  const TempDir dir;
  const auto ids = MakeIds(2);
  const Store store = Store::Make(dir / "store");
  WriteText(store.segments_dir() + "/a.seg", ResultLine(ids[0], ResultOf(0)));
  WriteText(store.segments_dir() + "/b.seg", ResultLine(ids[1], ResultOf(1)));
  int calls = 0;
  WithIndex(store, [&](const RecordIndex& index) {
    if (++calls == 1) store.Compact(index.segments);
    RecordReader reader(index);
    for (const PointId& id : ids) reader.Line(*index.Find(id));
  });
  EXPECT_EQ(calls, 2);
}

TEST(Store, AReaderOpensMoreSegmentsThanItMayHoldOpen) {
  const TempDir dir;
  const auto ids = MakeIds(300);
  const Store store = Store::Make(dir / "store");
  for (int i = 0; i < 300; ++i)
    WriteText(store.segments_dir() + "/" + std::to_string(i) + ".seg", ResultLine(ids[i], ResultOf(i)));
  const RecordIndex index = store.Scan();
  RecordReader reader(index);
  for (int i = 0; i < 300; ++i)
    EXPECT_EQ(ReadResult(reader.Line(*index.Find(ids[i]))).metrics, ResultOf(i).metrics);
}

TEST(WorkListOf, HoldsEachIdOnceInPlanOrderAndFailuresOnlyWhenRetried) {
  const TempDir dir;
  auto ids = MakeIds(6);
  ids.push_back(ids[2]);  // index 6 is the same point as index 2
  const Store store = Store::Make(dir / "store");
  WriteText(store.segments_dir() + "/a.seg",
            ResultLine(ids[0], ResultOf(0)) + FailureLine(ids[3], {"crash", 2}));
  const RecordIndex index = store.Scan();
  const WorkList retry = ListWork(ids, index, {}, true);
  EXPECT_EQ(retry.pending, (std::vector<std::int64_t>{1, 2, 3, 4, 5}));
  EXPECT_EQ(retry.points, 6);
  EXPECT_EQ(retry.done, 1);
  const WorkList keep = ListWork(ids, index, {}, false);
  EXPECT_EQ(keep.pending, (std::vector<std::int64_t>{1, 2, 4, 5}));
  EXPECT_EQ(keep.failed, 1);
  EXPECT_EQ(ListWork(ids, index, {2, 2}, true).pending, (std::vector<std::int64_t>{1, 3, 5}));
  // Where points write directories, a result without one is as good as none, and one without a result, too.
  std::vector<PointId> directories = {ids[1]};
  const WorkList without = ListWork(ids, index, {}, false, &directories);
  EXPECT_EQ(without.pending, (std::vector<std::int64_t>{0, 1, 2, 4, 5}));
  EXPECT_EQ(without.done, 0);
  directories = {ids[0]};
  EXPECT_EQ(ListWork(ids, index, {}, false, &directories).pending, keep.pending);
  const PointCounts counts = CountPoints(ids, index);
  EXPECT_EQ(counts.points, 7);
  EXPECT_EQ(counts.done, 1);
  EXPECT_EQ(counts.failed, 1);
  EXPECT_EQ(counts.missing, 5);
}

TEST(Segment, EndsATornLineOnceAndKnowsItsLastLine) {
  const TempDir dir;
  fs::create_directories(dir / "s");
  const Segment segment(dir / "s");
  EXPECT_EQ(segment.LastLine(), "");
  segment.EndTornLine();
  EXPECT_EQ(segment.size(), 0);
  segment.Append("one\n");
  segment.EndTornLine();
  EXPECT_EQ(segment.LastLine(), "one");
  segment.Append(std::string(10'000, 'x') + "\n");
  EXPECT_EQ(segment.LastLine(), std::string(10'000, 'x'));
  segment.Append("torn");
  EXPECT_EQ(segment.LastLine(), "");
  segment.EndTornLine();
  segment.Append("two\n");
  EXPECT_EQ(segment.LastLine(), "two");
}

}  // namespace
}  // namespace sushi::sweep::testing
