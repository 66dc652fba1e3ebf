// The validated description of one SushiAccel and what it is attached to. Units are in the names.
// Defaults are the ZCU104's; which of them are measured, derived or assumed stands in
// docs/configuration.md and FACTS-tagged in configs/hardware/zcu104.yaml.
#pragma once

#include <cstdint>
#include <string>

#include "sushi/core/units.hpp"
#include "sushi/dram/device.hpp"

namespace sushi {

struct DeviceConfig {
  std::string name = "unnamed";
  std::int64_t onchip_memory_kib = 4864;  // block RAM and UltraRAM in all
  bool enforce_capacity = true;           // false: buffers may exceed it; results are "hypothetical"
};

struct DpeArrayConfig {
  int kernels = 16;      // kernels a cycle
  int channels = 9;      // channels a cycle, for a 3×3 window
  int fill_cycles = 23;  // pipeline fill and drain a kernel × channel tile
};

struct BufferConfig {
  std::int64_t capacity_kib = 0;
  Bytes capacity() const { return Bytes(capacity_kib * 1024); }
};

struct AxiConfig {
  int ports = 6;                    // AXI4 masters of the accelerator
  int beat_bytes = 16;              // data width of one port
  int burst_beats = 16;             // beats of the longest burst
  int burst_gap_cycles = 9;         // cycles lost a burst and port
  int max_outstanding_bursts = 16;  // a port
  int weight_ports = 2;             // ports of each DMA engine; their sum is at most `ports`
  int iact_ports = 2;
  int oact_ports = 2;
};

struct AccelConfig {
  std::int64_t clock_mhz = 100;
  DpeArrayConfig dpe_array;
  BufferConfig pb{1728};     // Persistent Buffer
  BufferConfig db{576};      // Dynamic Buffer, both banks
  bool db_ping_pong = true;  // false: one bank, fetching and computing alternate
  BufferConfig sb{512};      // Streaming Buffer (activations)
  BufferConfig lb{8};        // Line Buffer
  BufferConfig ob{784};      // Output Buffer (int32 partial sums)
  BufferConfig qb{16};       // quantisation-parameter buffer
  int vector_lanes = 16;     // channels a cycle of the vector unit (pools)
  bool keep_activations_on_chip = true;
  AxiConfig axi;

  std::int64_t BufferKib() const {
    return pb.capacity_kib + db.capacity_kib + sb.capacity_kib + lb.capacity_kib + ob.capacity_kib +
           qb.capacity_kib;
  }
};

struct SimpleDramConfig {
  double peak_gbps = 16.8;        // 10^9 bytes a second
  int burst_bytes = 64;           // traffic is rounded up to whole bursts
  std::int64_t latency_ns = 150;  // request to first data
  std::int64_t row_jump_ns = 36;  // a transaction that does not start where the previous one ended
};

enum class DramModel { kSimple, kBankLevel };

struct HostConfig {
  double layer_call_us = 0;        // paid by every layer of every inference
  double board_layer_call_us = 0;  // what the measured board pays a layer; used by `validate` only
};

enum class Granularity { kKernelTile, kChannelTile };  // of the weight transactions

struct HardwareConfig {
  DeviceConfig device;
  AccelConfig accel;
  DramModel dram_model = DramModel::kSimple;
  SimpleDramConfig dram;    // for kSimple
  DramDeviceConfig memory;  // for kBankLevel
  HostConfig host;
  Granularity granularity = Granularity::kKernelTile;

  // A read's first data from an idle memory: what outstanding bursts have to hide (L3).
  Picoseconds MemoryLatency() const {
    if (dram_model == DramModel::kSimple) return Picoseconds(dram.latency_ns * 1000);
    return Picoseconds((memory.timing.rcd + memory.timing.cl) * memory.timing.tck_ps);
  }
};

// The accelerator's clock against picoseconds. A frequency need not divide 10^12: edge n lies at
// ⌈n·10^6/MHz⌉ ps after the origin, so rounding never accumulates.
class ClockDomain {
 public:
  explicit ClockDomain(std::int64_t mhz)
      : mhz_(mhz), period_ps_(1'000'000 % mhz == 0 ? 1'000'000 / mhz : 0) {}
  Picoseconds TimeOf(Cycles cycle) const {
    return Picoseconds(period_ps_ > 0 ? cycle.value() * period_ps_
                                      : CeilDiv(cycle.value() * 1'000'000, mhz_));
  }
  // How far behind cycle · 10^6 / MHz that lies, in units of 1 / MHz ps.
  std::int64_t RoundedAt(Cycles cycle) const { return period_ps_ > 0 ? 0 : cycle.value() * 1'000'000 % mhz_; }
  // The first edge at or after `time`.
  Cycles EdgeAtOrAfter(Picoseconds time) const { return Cycles(FloorEdge(time.value() - 1) + 1); }
  // ⌈ps · MHz / 10^6⌉ for totals over a stream, which may be longer than edges are asked for.
  std::int64_t CyclesIn(std::int64_t ps) const {
    return static_cast<std::int64_t>((static_cast<WideInt>(ps) * mhz_ + 999'999) / 1'000'000);
  }

 private:
  // The last edge at or before `ps`, -1 for ps < 0: TimeOf(n) ≤ ps ⇔ n·10^6 ≤ ps·MHz.
  std::int64_t FloorEdge(std::int64_t ps) const { return ps < 0 ? -1 : ps * mhz_ / 1'000'000; }
  std::int64_t mhz_;
  std::int64_t period_ps_;  // 0: not whole
};

}  // namespace sushi
