// When requests arrive: streams of the tenants, closed loops, cascades.
#pragma once

#include <optional>
#include <vector>

#include "sushi/serving/serving_core.hpp"

namespace sushi {

class ArrivalBook {
 public:
  ArrivalBook(const std::vector<Tenant>& tenants, std::vector<TenantSource> sources);

  // The earliest arrival that is known; none when all streams are at their end or wait for an answer.
  std::optional<Picoseconds> Next() const;
  // Takes the earliest that has arrived by `now`; of several the lowest tenant's. False: none.
  bool Take(Picoseconds now, Request& request);
  // A request is served or dropped: a closed loop goes on.
  void Ended(const Request& request, Picoseconds now);
  // A request found the queue full: a closed loop asks again when there is room.
  void Rejected(const Request& request);
  void HasRoom(Picoseconds now);
  // The cascade that a request begins: one for each tenant that depends on it, arriving `now`.
  std::vector<Request> Children(const Request& parent, Picoseconds now);
  bool exhausted() const;

 private:
  struct Stream {
    TenantSource from;
    std::optional<Request> next;
    bool closed_waits = false;  // the next one arrives when the one before has ended
    bool rejected = false;      // the one before found the queue full
    bool ended = false;
    std::int64_t frames = 0;
  };

  void Fetch(int tenant, Picoseconds now);
  Stream& StreamOf(int tenant) { return streams_[static_cast<std::size_t>(tenant)]; }

  const std::vector<Tenant>& tenants_;
  std::vector<Stream> streams_;
};

}  // namespace sushi
