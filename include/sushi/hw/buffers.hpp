// The on-chip buffers as modules: they hold bytes, refuse more than they have room for, and know what
// they were asked for. Their timing is in accel/unit_timing.hpp.
#pragma once

#include <systemc>

#include "sushi/core/units.hpp"
#include "sushi/functional/buffer_contents.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi {

// Streaming, Line, Output and quantisation-parameter buffer.
class OnChipBuffer : public sc_core::sc_module {
 public:
  OnChipBuffer(const sc_core::sc_module_name& name, Bytes capacity);

  void Hold(Bytes bytes);  // replaces what it held; InternalError when the capacity is exceeded
  Bytes level() const { return level_; }
  Bytes peak() const { return peak_; }

 private:
  Bytes capacity_;
  Bytes level_;
  Bytes peak_;
};

// The same with the data that it holds, empty unless data move.
template <typename Contents>
class FilledBuffer : public OnChipBuffer {
 public:
  using OnChipBuffer::OnChipBuffer;
  Contents contents;
};

// The Dynamic Buffer: banks that are filled and emptied whole, in turn.
class DynamicBuffer : public sc_core::sc_module {
 public:
  DynamicBuffer(const sc_core::sc_module_name& name, Bytes capacity, int banks);
  void FillBank(Bytes bytes);  // InternalError when no bank is free or the bank is too small
  void FreeBank();             // the bank filled first
  int banks() const { return banks_; }
  int filled() const { return filled_; }
  WeightBanks contents;  // empty unless data move

 private:
  Bytes bank_capacity_;
  int banks_;
  int filled_ = 0;
};

// The Persistent Buffer: holds one SubGraph across queries.
class PersistentBuffer : public sc_core::sc_module {
 public:
  PersistentBuffer(const sc_core::sc_module_name& name, Bytes capacity, const SuperNet& net);

  void Load(const SubGraph& graph);                       // InternalError when it does not fit
  void Load(const SuperNet& net, const SubGraph& graph);  // of another SuperNet
  const SubGraph& content() const { return content_; }
  CachedWeights contents;  // its bytes, empty unless data move

 private:
  Bytes capacity_;
  const SuperNet* net_;
  SubGraph content_;
};

}  // namespace sushi
