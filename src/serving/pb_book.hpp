// What each accelerator's Persistent Buffer holds, and who decides it: a caching policy for every accelerator
// and model, or the scheduler itself. A PB holds a SubGraph of one model at a time.
#pragma once

#include <memory>
#include <vector>

#include "sushi/serving/serving_core.hpp"

namespace sushi {

class PbBook {
 public:
  explicit PbBook(const ServingSetup& setup);

  // A job of `model` is about to be dispatched: the column it runs with, and what the PB held of that model
  // (equal: nothing to fetch). `wanted` is the scheduler's, if it decides.
  struct Loaded {
    SubGraphId from = kEmptySubGraphId, to = kEmptySubGraphId;
  };
  Loaded Dispatch(int accelerator, int model, std::optional<SubGraphId> wanted);
  // A job has been served as `subnet`, `requests` of them. `waiting` may be seen in advance by the oracle.
  void Served(int accelerator, int model, int subnet, int requests,
              const std::vector<const Request*>& waiting, const std::vector<Tenant>& tenants,
              Picoseconds now);
  // What to show: the model and column that the next dispatch of that model finds.
  void Show(int accelerator, AcceleratorState& state) const;

 private:
  struct Policy {
    std::unique_ptr<CachingPolicy> policy;
    std::vector<int> served;
  };
  struct Buffer {
    int model = 0;
    SubGraphId held = kEmptySubGraphId, next = kEmptySubGraphId;  // of model
    std::vector<Policy> policies;                                 // by model; made when first needed
  };

  Policy& PolicyOf(int accelerator, int model);
  void Want(Buffer& buffer, int model, SubGraphId column);

  const ServingSetup& setup_;
  std::vector<Buffer> buffers_;
};

}  // namespace sushi
