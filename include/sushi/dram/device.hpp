// What a DRAM is and how its controller works: organisation, JEDEC timings, currents, policies. Plain
// numbers, checked by CheckDram(); figures of real devices stand in configs/memory with their source.
#pragma once

#include <cstdint>
#include <string>

#include "sushi/core/units.hpp"

namespace sushi {

// Cycles of the memory's command clock since it was last quiesced; edge n lies at n·tck_ps.
using DramClock = std::int64_t;

inline constexpr int kMaxDramChannels = 32;

struct DramOrganization {
  int channels = 1;  // pseudo-channels count as channels
  int ranks = 1;     // a channel
  int bank_groups = 4;
  int banks_per_group = 4;
  std::int64_t rows = 32768;
  std::int64_t columns = 1024;  // a row, each as wide as the bus
  int bus_bits = 64;            // data width of a channel
  int device_bits = 8;          // data width of a device
  int burst_length = 8;         // beats, two a clock

  int BanksPerRank() const { return bank_groups * banks_per_group; }
  int Banks() const { return ranks * BanksPerRank(); }  // of a channel
  int Groups() const { return ranks * bank_groups; }
  int Devices() const { return ranks * bus_bits / device_bits; }
  std::int64_t BurstBytes() const { return std::int64_t{bus_bits} / 8 * burst_length; }
  std::int64_t BurstsPerRow() const { return columns / burst_length; }
  std::int64_t ChannelBytes() const { return std::int64_t{Banks()} * rows * columns * (bus_bits / 8); }
  std::int64_t CapacityBytes() const { return channels * ChannelBytes(); }
};

// In clocks, names as in JESD79-4.
struct DramTiming {
  std::int64_t tck_ps = 833;
  int cl = 17, cwl = 12;
  int rcd = 17, rp = 17, ras = 39, rc = 56;
  int rrd_s = 4, rrd_l = 6, faw = 26;
  int ccd_s = 4, ccd_l = 6;
  int wtr_s = 3, wtr_l = 9;
  int rtp = 9, wr = 18;
  int rfc = 312, refi = 9360;
  int turnaround = 2;  // idle data-bus clocks from reads to writes, and between ranks
};

enum class PagePolicy { kOpen, kClosed };  // closed: every column access precharges
enum class DramScheduling { kFcfs, kFrFcfs };

struct DramControllerConfig {
  PagePolicy page = PagePolicy::kOpen;
  DramScheduling scheduling = DramScheduling::kFrFcfs;
  int read_queue = 32, write_queue = 32;                   // bursts a channel
  int write_high_watermark = 26, write_low_watermark = 6;  // writes drain from high to low
  int row_hit_cap = 16;  // hits that may overtake an older request to another row of the bank
  // Fields from most to least significant, above the bytes of a burst: ch, ra, bg, ba, row, col, each once,
  // or in parts with a number of bits ("col3"). A field of one choice may be left out.
  std::string address_map = "row:ba:bg:col";
};

// A device's currents and voltage, for the energy of commands (docs/timing-model.md, E3–E9).
struct DramCurrents {
  double vdd_v = 1.2;
  double idd0_ma = 0;                 // activate-precharge, one bank, every tRC
  double idd2n_ma = 0;                // standby, all banks precharged
  double idd3n_ma = 0;                // standby, a row open
  double idd4r_ma = 0, idd4w_ma = 0;  // reading, writing without a gap
  double idd5ab_ma = 0;               // all-bank refresh, over tRFC
  double vpp_v = 0, ipp_ma = 0;       // wordline supply, all the time
  double io_pj_per_bit = 0;           // drivers and termination, both ends
};

struct DramDeviceConfig {
  std::string name;
  std::string source;
  DramOrganization organization;
  DramTiming timing;
  DramControllerConfig controller;
  DramCurrents currents;

  int BurstClocks() const { return organization.burst_length / 2; }  // data clocks of a burst
  std::int64_t PeakMegabytesPerSecond() const {
    return organization.channels * organization.BurstBytes() * 1'000'000 / (BurstClocks() * timing.tck_ps);
  }
};

// What is wrong with a description: the name of a member as in configuration keys ("timing.ras_clk"), and
// why.
struct DramFault {
  std::string key, message;
};

// UserError-free: the first fault, or an empty key when there is none. Timings that contradict each other,
// counts that are no powers of two, watermarks out of order, an address map that does not cover the address.
DramFault FindDramFault(const DramDeviceConfig& dram);

}  // namespace sushi
