#include "sushi/sched/stream_run.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

// Swaps by (from, to), in the order in which each pair first occurred.
struct SwapUse {
  SubGraphId from = 0, to = 0;
  std::int64_t times = 0;
};

void AddSwap(std::vector<SwapUse>& uses, SubGraphId from, SubGraphId to) {
  const auto found = std::find_if(uses.begin(), uses.end(),
                                  [&](const SwapUse& use) { return use.from == from && use.to == to; });
  if (found == uses.end()) {
    uses.push_back({from, to, 1});
  } else {
    ++found->times;
  }
}

void SumCounters(const std::vector<SwapUse>& swaps, ServiceBook& book, StreamResult& result) {
  for (std::size_t s = 0; s < result.uses.size(); ++s) {
    for (std::size_t c = 0; c < result.uses[s].size(); ++c) {
      const std::int64_t times = result.uses[s][c];
      if (times == 0) continue;
      result.total.AddScaled(book.KnownInference(static_cast<int>(s), static_cast<int>(c)).total, times);
    }
  }
  for (const SwapUse& use : swaps) {
    result.swap_total.AddScaled(book.KnownSwap(use.from, use.to).total, use.times);
  }
  result.total += result.swap_total;
}

// Issued = served; response = waiting + swap + service; and the array's states fill the service time.
void CheckConservation(const StreamResult& result) {
  std::int64_t served = 0;
  for (const std::int64_t count : result.served) served += count;
  if (served != result.queries) throw InternalError("queries issued and served differ");
  if (result.response.sum_ps != result.waiting.sum_ps + result.swap_ps + result.service.sum_ps) {
    throw InternalError("response times do not add up");
  }
}

}  // namespace

ServiceCosts CheckedCosts(ServiceBook& book, const LatencyTable& table) {
  ServiceCosts costs;
  costs.service = [&](int subnet, SubGraphId cached) {
    const Picoseconds simulated = book.Infer(subnet, cached).service;
    if (simulated != table.At(subnet, cached)) {  // only a table from a file can differ
      throw UserError("scheduler.table_file: the latency of SubNet " + table.SubNetName(subnet) + " with " +
                      table.Column(cached).name + " is not what simulation gives; build the table again");
    }
    return simulated;
  };
  costs.swap = [&](SubGraphId from, SubGraphId to) { return book.Swap(from, to).duration; };
  return costs;
}

StreamResult RunStream(QuerySource& source, const StreamSetup& setup, ServiceBook& book,
                       const std::function<void(const QueryRecord&)>& sink) {
  const LatencyTable& table = *setup.table;
  StreamResult result;
  result.exact_quantiles = setup.keep_times;
  result.served.assign(static_cast<std::size_t>(table.subnets()), 0);
  result.uses.assign(static_cast<std::size_t>(table.subnets()),
                     std::vector<std::int64_t>(static_cast<std::size_t>(table.columns()), 0));
  TimeCollector service(setup.keep_times), response(setup.keep_times), waiting(setup.keep_times);
  std::vector<SwapUse> swaps;
  Picoseconds first_arrival;

  const ServiceCosts costs = CheckedCosts(book, table);
  const auto collect = [&](const QueryRecord& record) {
    if (result.queries++ == 0) first_arrival = record.arrival;
    service.Add(record.service);
    response.Add(record.response);
    waiting.Add(record.waiting);
    result.accuracy_violations += record.accuracy_violated;
    result.latency_violations += record.latency_violated;
    const auto subnet = static_cast<std::size_t>(record.choice.subnet);
    ++result.served[subnet];
    ++result.uses[subnet][static_cast<std::size_t>(record.cached)];
    if (record.cached_before != record.cached) {
      ++result.swaps;
      result.swap_ps += record.swap.value();
      AddSwap(swaps, record.cached_before, record.cached);
    }
    result.makespan = record.arrival + record.response - first_arrival;
    if (sink) sink(record);
  };
  ServeStream(source, table, *setup.serving, *setup.caching, setup.period_queries, setup.basis, costs,
              collect);

  result.service = service.Finish();
  result.response = response.Finish();
  result.waiting = waiting.Finish();
  double accuracy = 0;
  for (int s = 0; s < table.subnets(); ++s) {
    accuracy += static_cast<double>(result.served[static_cast<std::size_t>(s)]) * table.Top1Percent(s);
  }
  if (result.queries > 0) result.served_accuracy_percent = accuracy / static_cast<double>(result.queries);
  SumCounters(swaps, book, result);
  CheckConservation(result);
  return result;
}

}  // namespace sushi
