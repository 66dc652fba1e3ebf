#include "sushi/sweep/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <set>

#include "files.hpp"
#include "sushi/core/error.hpp"
#include "sushi/sweep/record.hpp"
#include "sushi/sweep/segment.hpp"
#include "sushi/sweep/storage_error.hpp"

namespace sushi::sweep {
namespace {
namespace fs = std::filesystem;

std::vector<std::string> ListSegments(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path().extension() == ".seg") paths.push_back(entry->path().string());
  }
  if (error) throw UserError({directory, 0}, "", "cannot be read: " + error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

void ReadSegment(const std::string& path, RecordIndex* index) {
  const auto segment = static_cast<std::uint32_t>(index->segments.size());
  const std::size_t places = index->places.size();
  const std::int64_t torn = index->torn;
  const auto visit = [&](std::string_view line, std::int64_t offset) {
    const RecordHead head = ReadHead(line);
    if (head.kind == RecordKind::kTorn) {
      if (!line.empty()) ++index->torn;
      return;
    }
    if (head.kind == RecordKind::kUnknown || line.size() > std::numeric_limits<std::uint32_t>::max())
      throw UserError({path, 0}, "", "holds records that this version of the program does not know");
    RecordPlace place = {};
    place.id = head.id;
    place.hash = head.hash;
    place.offset = offset;
    place.bytes = static_cast<std::uint32_t>(line.size());
    place.segment = segment & 0x7fffffffU;
    place.is_result = head.kind == RecordKind::kResult ? 1 : 0;
    index->places.push_back(place);
  };
  if (!ReadLines(path, visit)) return;
  index->segments.push_back(path);
  std::error_code error;  // a file without a line end has no lines
  if (index->places.size() == places && index->torn == torn && fs::file_size(path, error) > 0) ++index->torn;
  if (index->torn > torn && index->first_torn.empty()) index->first_torn = path;
}

// Results before failures; of several failures the one of least hash, which does not depend on any order.
bool Before(const RecordPlace& a, const RecordPlace& b) {
  if (a.id != b.id) return a.id < b.id;
  if (a.is_result != b.is_result) return a.is_result > b.is_result;
  if (a.hash != b.hash) return a.hash < b.hash;
  return a.segment != b.segment ? a.segment < b.segment : a.offset < b.offset;
}

void KeepOneAnId(RecordIndex* index) {
  std::vector<RecordPlace>& places = index->places;
  if (!std::is_sorted(places.begin(), places.end(), Before)) std::sort(places.begin(), places.end(), Before);
  std::size_t kept = 0;
  for (const RecordPlace& place : places) {
    if (kept == 0 || places[kept - 1].id != place.id) {
      places[kept++] = place;
      continue;
    }
    const RecordPlace& first = places[kept - 1];
    if (first.is_result != 0 && place.is_result != 0 && first.hash != place.hash) {
      throw InternalError("point " + place.id.Hex() + " has two different results, in " +
                          index->segments[first.segment] + " and " + index->segments[place.segment] +
                          ": equal ids must give equal results");
    }
  }
  places.resize(kept);
  places.shrink_to_fit();
}

// Anything that no store has in it. Others may be making the same store now.
bool HoldsOtherThings(const std::string& directory) {
  static const char* const kOurs[] = {"segments", "plan.json", "points", "logs", "slurm", "parallel.joblog"};
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (std::none_of(std::begin(kOurs), std::end(kOurs),
                     [&](const std::string& ours) { return name.rfind(ours, 0) == 0; }))
      return true;
  }
  return false;
}

}  // namespace

const RecordPlace* RecordIndex::Find(const PointId& id) const {
  const auto found = std::lower_bound(places.begin(), places.end(), id,
                                      [](const RecordPlace& a, const PointId& b) { return a.id < b; });
  return found == places.end() || found->id != id ? nullptr : &*found;
}

Store::Store(const std::string& path) : path_(path) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) throw UserError("--store: expected a directory name, found an empty one");
}

Store Store::Make(const std::string& path) {
  Store store(path);
  std::error_code error;
  if (!fs::is_directory(store.segments_dir(), error) && HoldsOtherThings(store.path_))
    throw UserError({store.path_, 0}, "", "is neither empty nor a sweep's store (no segments/)");
  MakeDirectory(store.segments_dir());
  SyncDirectory(store.path_);
  return store;
}

Store Store::Open(const std::string& path) {
  Store store(path);
  std::error_code error;
  if (!fs::is_directory(store.segments_dir(), error) || !store.HasPlan())
    throw UserError({store.path_, 0}, "", "is not a sweep's store (no plan.json and segments/)");
  return store;
}

bool Store::HasPlan() const {
  std::error_code error;
  return fs::exists(path_ + "/plan.json", error);
}

std::string Store::Plan() const { return ReadWholeFile(path_ + "/plan.json"); }

void Store::WritePlan(const std::string& text) const {
  if (!HasPlan() || Plan() != text) WriteFileAtomically(path_ + "/plan.json", text);
}

std::string Store::PointPath(const PointId& id) const {
  const std::string hex = id.Hex();
  return PointsDir() + "/" + hex.substr(0, 2) + "/" + hex;
}

std::string Store::LogPath(const PointId& id) const {
  const std::string hex = id.Hex();
  return path_ + "/logs/" + hex.substr(0, 2) + "/" + hex + ".log";
}

RecordIndex Store::Scan() const {
  RecordIndex index;
  std::set<std::string> known;
  // A run that compacts its segments moves records into a file that a listing may not have seen: until a
  // listing shows nothing new.
  for (bool again = true; again;) {
    again = false;
    for (const std::string& path : ListSegments(segments_dir())) {
      if (!known.insert(path).second) continue;
      ReadSegment(path, &index);
      again = true;
    }
  }
  KeepOneAnId(&index);
  return index;
}

void Store::Compact(const std::vector<std::string>& segments) const {
  std::vector<std::string> filled, empty;
  for (const std::string& path : segments) {
    std::error_code error;
    (fs::file_size(path, error) > 0 && !error ? filled : empty).push_back(path);
  }
  for (const std::string& path : empty) unlink(path.c_str());
  if (filled.size() < 2) return;
  const std::string name = segments_dir() + "/" + UniqueName();
  const std::string partial = name + ".partial";
  {
    const Descriptor out(open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
    if (out.get() < 0) ThrowCannotWrite(partial, errno);
    std::string block;
    const auto flush = [&] {
      if (write(out.get(), block.data(), block.size()) != static_cast<ssize_t>(block.size())) {
        unlink(partial.c_str());
        throw StorageError(partial, ENOSPC);
      }
      block.clear();
    };
    for (const std::string& path : filled) {
      ReadLines(path, [&](std::string_view line, std::int64_t) {
        if (ReadHead(line).kind == RecordKind::kTorn) return;
        block.append(line) += '\n';
        if (block.size() >= 1U << 20) flush();
      });
    }
    flush();
    if (fdatasync(out.get()) != 0) {
      unlink(partial.c_str());
      throw StorageError(partial, errno);
    }
  }
  if (rename(partial.c_str(), (name + ".seg").c_str()) != 0) ThrowCannotWrite(partial, errno);
  SyncDirectory(segments_dir());
  for (const std::string& path : filled) unlink(path.c_str());
}

PointCounts CountPoints(const std::vector<PointId>& ids, const RecordIndex& index, const Shard& shard) {
  PointCounts counts;
  for (const std::int64_t i : shard.Points(static_cast<std::int64_t>(ids.size()))) {
    const RecordPlace* const place = index.Find(ids[static_cast<std::size_t>(i)]);
    ++counts.points;
    ++(place == nullptr ? counts.missing : place->is_result != 0 ? counts.done : counts.failed);
  }
  return counts;
}

WorkList ListWork(const std::vector<PointId>& ids, const RecordIndex& index, const Shard& shard,
                  bool retry_failed, const std::vector<PointId>* directories) {
  std::vector<std::int64_t> points = shard.Points(static_cast<std::int64_t>(ids.size()));
  const auto id = [&](std::int64_t i) -> const PointId& { return ids[static_cast<std::size_t>(i)]; };
  std::sort(points.begin(), points.end(),
            [&](std::int64_t a, std::int64_t b) { return id(a) != id(b) ? id(a) < id(b) : a < b; });
  points.erase(std::unique(points.begin(), points.end(),
                           [&](std::int64_t a, std::int64_t b) { return id(a) == id(b); }),
               points.end());
  const auto whole = [&](const PointId& point) {
    return directories == nullptr || std::binary_search(directories->begin(), directories->end(), point);
  };
  WorkList work;
  work.points = static_cast<std::int64_t>(points.size());
  for (const std::int64_t point : points) {
    const RecordPlace* const place = index.Find(id(point));
    const bool result = place != nullptr && place->is_result != 0;
    if (result && whole(id(point))) {
      ++work.done;
    } else if (place != nullptr && !result && !retry_failed) {
      ++work.failed;
    } else {
      work.pending.push_back(point);
    }
  }
  std::sort(work.pending.begin(), work.pending.end());
  return work;
}

}  // namespace sushi::sweep
