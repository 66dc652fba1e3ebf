#include "sushi/dram/device.hpp"

#include <cmath>

#include "sushi/dram/address_map.hpp"

namespace sushi {
namespace {

constexpr int kMaxBanks = 64;  // of a channel: the controller keeps sets of banks in a word

bool IsPowerOfTwo(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

DramFault OrganizationFault(const DramOrganization& o) {
  const struct {
    const char* key;
    std::int64_t value;
  } counts[] = {{"channels", o.channels},
                {"ranks", o.ranks},
                {"bank_groups", o.bank_groups},
                {"banks_per_group", o.banks_per_group},
                {"rows", o.rows},
                {"columns", o.columns},
                {"bus_bits", o.bus_bits},
                {"device_bits", o.device_bits},
                {"burst_length", o.burst_length}};
  for (const auto& count : counts) {
    if (!IsPowerOfTwo(count.value))
      return {std::string("organization.") + count.key, "must be a power of two"};
  }
  if (o.bus_bits < 8) return {"organization.bus_bits", "must be at least 8"};
  if (o.burst_length < 2) return {"organization.burst_length", "must be at least 2: data move on both edges"};
  if (o.device_bits > o.bus_bits)
    return {"organization.device_bits", "a device is wider than the bus of organization.bus_bits"};
  if (o.columns < o.burst_length)
    return {"organization.columns", "a row is shorter than a burst of organization.burst_length"};
  if (o.channels > kMaxDramChannels)
    return {"organization.channels", "at most " + std::to_string(kMaxDramChannels) + " are modelled"};
  if (o.Banks() > kMaxBanks) {
    return {"organization.banks_per_group", "ranks x bank_groups x banks_per_group is " +
                                                std::to_string(o.Banks()) + ", at most " +
                                                std::to_string(kMaxBanks) + " a channel are modelled"};
  }
  return {};
}

DramFault TimingFault(const DramTiming& t, int burst_clocks) {
  const auto below = [](const char* key, int value, const char* what, int least) -> DramFault {
    if (value >= least) return {};
    return {std::string("timing.") + key,
            "is " + std::to_string(value) + " clocks, below " + what + " = " + std::to_string(least)};
  };
  const DramFault faults[] = {
      below("ras_clk", t.ras, "rcd_clk (a row closes before it has opened)", t.rcd),
      below("rc_clk", t.rc, "ras_clk + rp_clk", t.ras + t.rp),
      below("rrd_l_clk", t.rrd_l, "rrd_s_clk", t.rrd_s),
      below("ccd_l_clk", t.ccd_l, "ccd_s_clk", t.ccd_s),
      below("wtr_l_clk", t.wtr_l, "wtr_s_clk", t.wtr_s),
      below("faw_clk", t.faw, "rrd_s_clk", t.rrd_s),
      below("cl_clk", t.cl, "cwl_clk (reads return after writes are taken)", t.cwl),
      below("refi_clk", t.refi, "rfc_clk + rc_clk (refresh leaves no time for anything else)", t.rfc + t.rc),
      below("turnaround_clk", t.cl + burst_clocks + t.turnaround - t.cwl, "read to write", 1)};
  for (const DramFault& fault : faults) {
    if (!fault.key.empty()) return fault;
  }
  return {};
}

DramFault ControllerFault(const DramControllerConfig& c) {
  if (c.write_high_watermark > c.write_queue)
    return {"controller.write_high_watermark", "must be at most controller.write_queue"};
  if (c.write_low_watermark >= c.write_high_watermark)
    return {"controller.write_low_watermark", "must be below controller.write_high_watermark"};
  return {};
}

DramFault CurrentFault(const DramCurrents& c, const DramTiming& t) {
  if (c.idd3n_ma < c.idd2n_ma)
    return {"current.idd3n_ma", "must be at least current.idd2n_ma: an open row does not draw less"};
  if (c.idd4r_ma < c.idd3n_ma) return {"current.idd4r_ma", "must be at least current.idd3n_ma"};
  if (c.idd4w_ma < c.idd3n_ma) return {"current.idd4w_ma", "must be at least current.idd3n_ma"};
  if (c.idd5ab_ma < c.idd3n_ma) return {"current.idd5ab_ma", "must be at least current.idd3n_ma"};
  if (c.idd0_ma * t.rc < c.idd3n_ma * t.ras + c.idd2n_ma * (t.rc - t.ras)) {
    return {"current.idd0_ma",
            "is below the standby current of the same time (idd3n_ma, idd2n_ma): an "
            "activation would yield energy"};
  }
  return {};
}

}  // namespace

DramFault FindDramFault(const DramDeviceConfig& dram) {
  DramFault fault = OrganizationFault(dram.organization);
  if (fault.key.empty()) fault = TimingFault(dram.timing, dram.BurstClocks());
  if (fault.key.empty()) fault = ControllerFault(dram.controller);
  if (fault.key.empty()) fault = CurrentFault(dram.currents, dram.timing);
  if (!fault.key.empty()) return fault;
  const std::string map = AddressMap::Fault(dram);
  if (!map.empty()) return {"controller.address_map", "'" + dram.controller.address_map + "' " + map};
  return {};
}

}  // namespace sushi
