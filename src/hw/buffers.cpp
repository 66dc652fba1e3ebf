#include "sushi/hw/buffers.hpp"

#include <algorithm>
#include <string>

#include "sushi/core/error.hpp"

namespace sushi {

OnChipBuffer::OnChipBuffer(const sc_core::sc_module_name& name, Bytes capacity)
    : sc_module(name), capacity_(capacity) {}

void OnChipBuffer::Hold(Bytes bytes) {
  if (bytes > capacity_) throw InternalError(std::string(name()) + ": filled beyond its capacity");
  level_ = bytes;
  peak_ = std::max(peak_, level_);
}

DynamicBuffer::DynamicBuffer(const sc_core::sc_module_name& name, Bytes capacity, int banks)
    : sc_module(name), bank_capacity_(capacity.value() / banks), banks_(banks) {}

void DynamicBuffer::FillBank(Bytes bytes) {
  if (filled_ == banks_) throw InternalError(std::string(name()) + ": no bank is free");
  if (bytes > bank_capacity_) throw InternalError(std::string(name()) + ": a bank is too small");
  ++filled_;
}

void DynamicBuffer::FreeBank() {
  if (filled_ == 0) throw InternalError(std::string(name()) + ": no bank is filled");
  --filled_;
}

PersistentBuffer::PersistentBuffer(const sc_core::sc_module_name& name, Bytes capacity, const SuperNet& net)
    : sc_module(name), capacity_(capacity), net_(&net), content_(EmptySubGraph(net)) {}

void PersistentBuffer::Load(const SubGraph& graph) {
  if (BytesOf(*net_, graph) > capacity_) {
    throw InternalError(std::string(name()) + ": the SubGraph does not fit");
  }
  content_ = graph;
}

void PersistentBuffer::Load(const SuperNet& net, const SubGraph& graph) {
  net_ = &net;
  Load(graph);
}

}  // namespace sushi
