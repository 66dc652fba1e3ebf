#include "arrival_book.hpp"

#include <algorithm>
#include <utility>

#include "sushi/core/error.hpp"

namespace sushi {

ArrivalBook::ArrivalBook(const std::vector<Tenant>& tenants, std::vector<TenantSource> sources)
    : tenants_(tenants) {
  if (sources.size() != tenants.size()) throw InternalError("one source a tenant");
  for (TenantSource& source : sources)
    streams_.push_back({std::move(source), std::nullopt, false, false, false, 0});
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    const bool cascade = tenants_[i].parent >= 0;
    if (cascade == (streams_[i].from.source != nullptr))
      throw InternalError("a tenant has either a stream or a parent");
    if (cascade) {
      streams_[i].ended = true;
    } else {
      Fetch(static_cast<int>(i), Picoseconds(0));
    }
  }
}

// The stream's next request; in a closed loop it arrives `now`.
void ArrivalBook::Fetch(int tenant, Picoseconds now) {
  Stream& stream = StreamOf(tenant);
  Query query;
  stream.closed_waits = false;
  if (!stream.from.source->Next(query)) {
    stream.ended = true;
    stream.next.reset();
    return;
  }
  Request request;
  request.tenant = tenant;
  request.frame = stream.frames++;
  request.arrival = request.frame_start = query.arrival.value_or(now);
  request.deadline = request.arrival + stream.from.slo.value_or(query.latency_max);
  request.accuracy_min_percent = stream.from.accuracy_min_percent.value_or(query.accuracy_min_percent);
  stream.closed_waits = !query.arrival.has_value();
  stream.next = request;
}

std::optional<Picoseconds> ArrivalBook::Next() const {
  std::optional<Picoseconds> first;
  for (const Stream& stream : streams_) {
    if (stream.next && (!first || stream.next->arrival < *first)) first = stream.next->arrival;
  }
  return first;
}

bool ArrivalBook::Take(Picoseconds now, Request& request) {
  Stream* first = nullptr;
  for (Stream& stream : streams_) {
    if (!stream.next || stream.next->arrival > now) continue;
    if (first == nullptr || stream.next->arrival < first->next->arrival) first = &stream;
  }
  if (first == nullptr) return false;
  request = *first->next;
  first->next.reset();
  if (!first->closed_waits) Fetch(request.tenant, now);
  return true;
}

void ArrivalBook::Ended(const Request& request, Picoseconds now) {
  Stream& stream = StreamOf(request.tenant);
  if (!stream.ended && stream.closed_waits && !stream.next) Fetch(request.tenant, now);
}

void ArrivalBook::Rejected(const Request& request) {
  Stream& stream = StreamOf(request.tenant);
  stream.rejected = !stream.ended && stream.closed_waits && !stream.next;
}

void ArrivalBook::HasRoom(Picoseconds now) {
  for (std::size_t i = 0; i < streams_.size(); ++i) {
    if (!streams_[i].rejected) continue;
    streams_[i].rejected = false;
    Fetch(static_cast<int>(i), now);
  }
}

std::vector<Request> ArrivalBook::Children(const Request& parent, Picoseconds now) {
  std::vector<Request> children;
  for (std::size_t i = 0; i < tenants_.size(); ++i) {
    if (tenants_[i].parent != parent.tenant) continue;
    const TenantSource& from = streams_[i].from;
    Request& child = children.emplace_back(parent);
    child.tenant = static_cast<int>(i);
    child.arrival = now;
    if (from.slo) child.deadline = parent.frame_start + *from.slo;
    child.accuracy_min_percent = from.accuracy_min_percent.value_or(parent.accuracy_min_percent);
  }
  return children;
}

bool ArrivalBook::exhausted() const {
  return std::all_of(streams_.begin(), streams_.end(),
                     [](const Stream& stream) { return stream.ended && !stream.next; });
}

}  // namespace sushi
