// What `sushisim model show` prints of a SuperNet, as aligned text and as JSON.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <ostream>

#include "sushi/supernet/supernet.hpp"

namespace sushi::report {

// One line a SubNet: input, convolutions, int8 weights, parameters, work, accuracy.
void PrintSubNets(const SuperNet& net, std::ostream& out);
// MiB of weights that SubNets have in common, by pairs; what all have in common; the bounding box.
void PrintSharedWeights(const SuperNet& net, std::ostream& out);
// One line an op of net.subnets[subnet].
void PrintLayers(const SuperNet& net, int subnet, std::ostream& out);

// All of the above of every SubNet, in bytes and counts.
nlohmann::ordered_json ModelJson(const SuperNet& net);
// One op of it.
nlohmann::ordered_json OpJson(const Op& op);

}  // namespace sushi::report
