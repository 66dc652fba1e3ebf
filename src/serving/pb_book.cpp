#include "pb_book.hpp"

#include "sushi/core/error.hpp"

namespace sushi {

PbBook::PbBook(const ServingSetup& setup) : setup_(setup), buffers_(setup.types.size()) {
  for (Buffer& buffer : buffers_) buffer.policies.resize(static_cast<std::size_t>(setup.profile->models()));
}

PbBook::Policy& PbBook::PolicyOf(int accelerator, int model) {
  Buffer& buffer = buffers_[static_cast<std::size_t>(accelerator)];
  Policy& policy = buffer.policies[static_cast<std::size_t>(model)];
  if (policy.policy != nullptr || !setup_.make_caching) return policy;
  policy.policy = setup_.make_caching(accelerator, model);
  if (policy.policy == nullptr || buffer.held != kEmptySubGraphId || buffer.next != kEmptySubGraphId)
    return policy;
  if (const auto initial = policy.policy->Initial()) Want(buffer, model, *initial);
  return policy;
}

// What a model's policy wants evicts another model's SubGraph at once; it is fetched when a job needs it.
void PbBook::Want(Buffer& buffer, int model, SubGraphId column) {
  if (buffer.model != model) {
    buffer.model = model;
    buffer.held = kEmptySubGraphId;
  }
  buffer.next = column;
}

PbBook::Loaded PbBook::Dispatch(int accelerator, int model, std::optional<SubGraphId> wanted) {
  Buffer& buffer = buffers_[static_cast<std::size_t>(accelerator)];
  if (wanted) {
    Want(buffer, model, *wanted);
  } else {
    PolicyOf(accelerator, model);
  }
  if (buffer.model != model) return {};
  const Loaded loaded{buffer.held, buffer.next};
  buffer.held = buffer.next;
  return loaded;
}

void PbBook::Served(int accelerator, int model, int subnet, int requests,
                    const std::vector<const Request*>& waiting, const std::vector<Tenant>& tenants,
                    Picoseconds now) {
  Policy& policy = PolicyOf(accelerator, model);
  if (policy.policy == nullptr || !policy.policy->active()) return;
  Buffer& buffer = buffers_[static_cast<std::size_t>(accelerator)];
  for (int i = 0; i < requests; ++i) {
    policy.served.push_back(subnet);
    if (static_cast<int>(policy.served.size()) < setup_.period_queries) continue;
    std::vector<Query> upcoming;
    for (const Request* request : waiting) {
      if (static_cast<int>(upcoming.size()) == policy.policy->lookahead()) break;
      if (tenants[static_cast<std::size_t>(request->tenant)].model != model) continue;
      upcoming.push_back(
          {request->id, request->arrival, request->accuracy_min_percent, request->deadline - now});
    }
    const SubGraphId cached = buffer.model == model ? buffer.next : kEmptySubGraphId;
    const SubGraphId column = policy.policy->Decide(policy.served, cached, upcoming);
    policy.served.clear();
    if (column != cached) Want(buffer, model, column);
  }
}

void PbBook::Show(int accelerator, AcceleratorState& state) const {
  const Buffer& buffer = buffers_[static_cast<std::size_t>(accelerator)];
  state.cached_model = buffer.model;
  state.cached = buffer.next;
}

}  // namespace sushi
