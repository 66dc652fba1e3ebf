// Sweeps of made-up points, and memory in which workers leave marks for the test.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sushi/sweep/merge.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/runner.hpp"

namespace sushi::sweep::testing {
namespace fs = std::filesystem;

class TempDir {
 public:
  TempDir() {
    std::string name = (fs::temp_directory_path() / "sushi-sweep-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline std::string ReadAll(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// Ids whose order is not that of the indices, as hashes are.
inline std::vector<PointId> MakeIds(std::int64_t points) {
  std::vector<PointId> ids;
  for (std::int64_t i = 0; i < points; ++i)
    ids.push_back({static_cast<std::uint64_t>(i + 1) * 0x9E3779B97F4A7C15U, static_cast<std::uint64_t>(i)});
  return ids;
}

inline PointResult ResultOf(std::int64_t index) {
  const double real = static_cast<double>(index) / 3;
  return {{index * 10, real, "text " + std::to_string(index % 3)}, {{"A", index}, {"B", index + 1}}};
}

inline PointResult EvaluateResult(const PointKey& key) { return ResultOf(key.index); }

inline EvaluateFactory FactoryOf(const Evaluate& evaluate) {
  return [evaluate] { return evaluate; };
}

inline SweepTable TableOf(const std::vector<PointId>& ids) {
  SweepTable table;
  table.columns = {{"accel.size_kib", "policy"}, {"cycles", "latency_us", "note"}, {"subnet", "cycles"}};
  table.ids = ids;
  table.labels = [](std::int64_t index) {
    return std::vector<std::string>{std::to_string(index % 4 * 512),
                                    index % 2 == 0 ? "strict, \"a\"" : "none"};
  };
  return table;
}

// All that a merge writes, one after the other.
inline std::string MergedBytes(const Store& store, const std::vector<PointId>& ids, const std::string& out) {
  Merge(store, TableOf(ids), out, true);
  std::string bytes;
  for (const char* name : {"sweep.csv", "sweep.jsonl", "failures.csv", "sweep.sqlite"})
    bytes += ReadAll(out + "/" + name);
  return bytes;
}

// What an undisturbed run with one worker gives.
inline std::string ReferenceBytes(const TempDir& dir, const std::vector<PointId>& ids) {
  const Store store = Store::Make(dir / "reference");
  const RunOutcome outcome = RunSweep(store, ids, FactoryOf(EvaluateResult), {});
  EXPECT_EQ(outcome.done, static_cast<std::int64_t>(ids.size()));
  return MergedBytes(store, ids, dir / "reference.out");
}

inline PointFailure FailureOf(const Store& store, const PointId& id) {
  const RecordIndex index = store.Scan();
  const RecordPlace* const place = index.Find(id);
  if (place == nullptr || place->is_result != 0) return {"(no failure recorded)", 0};
  RecordReader reader(index);
  return ReadFailure(reader.Line(*place));
}

// Integers that the test and all its processes see.
class SharedNumbers {
 public:
  static constexpr int kCount = 64;
  SharedNumbers() {
    void* const memory = mmap(nullptr, sizeof(std::atomic<int>) * kCount, PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    numbers_ = static_cast<std::atomic<int>*>(memory);
  }
  ~SharedNumbers() { munmap(numbers_, sizeof(std::atomic<int>) * kCount); }
  SharedNumbers(const SharedNumbers&) = delete;
  SharedNumbers& operator=(const SharedNumbers&) = delete;
  std::atomic<int>& operator[](int i) const { return numbers_[i]; }

 private:
  std::atomic<int>* numbers_ = nullptr;
};

// Gone, or only waiting to be buried.
inline bool IsDead(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(stat, text)) return true;
  return text.find(") Z ") != std::string::npos || text.find(") X ") != std::string::npos;
}

inline bool DiesWithin(pid_t pid, double seconds) {
  for (int i = 0; i < static_cast<int>(seconds * 100); ++i) {
    if (IsDead(pid)) return true;
    usleep(10'000);
  }
  return IsDead(pid);
}

inline int CountSegments(const Store& store) {
  int count = 0;
  for (const auto& entry : fs::directory_iterator(store.segments_dir()))
    count += entry.path().extension() == ".seg" ? 1 : 0;
  return count;
}

}  // namespace sushi::sweep::testing
