// The candidate SubGraphs of SushiAbs: a stated, deterministic method (docs/scheduling.md). Each fits
// `capacity` and fills it to at least 98 % unless the SuperNet's box of all SubNets is smaller.
#pragma once

#include <memory>
#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/accel/layer_costs.hpp"
#include "sushi/sched/latency_table.hpp"

namespace sushi {

// The first `count` of one fixed sequence, distinct, none empty; fewer when the sequence ends before:
// it has up to 2 + (convolutions) candidates a SubNet, and only one, "all", when the box of all SubNets
// fits. A larger `count` never drops or renames a candidate. `capacity` of 0 gives none.
std::vector<SubGraphColumn> MakeCandidates(const SuperNet& net, Bytes capacity, int count);

// The same properties, by measured benefit: for every run of neighbouring SubNets, in equal parts, the
// SubGraph that saves most (time + byte_value_ps × off-chip bytes) with them. First all SubNets, then each,
// then the runs of two, three, … The benefit is measured on this hardware by the fast engine, with `costs`.
std::vector<SubGraphColumn> MakeKnapsackCandidates(
    const HardwareConfig& hw, const SuperNet& net, std::int64_t byte_value_ps, int count,
    const std::shared_ptr<LayerCosts>& costs = std::make_shared<LayerCosts>());

// The SubNet's convolutions in order until `capacity` is full (the last one cut by kernels, later
// layers fill what is left): what last_served caches.
SubGraph PrefixThatFits(const SuperNet& net, const SubGraph& wanted, Bytes capacity);

}  // namespace sushi
