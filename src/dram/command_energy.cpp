#include "sushi/dram/command_energy.hpp"

namespace sushi {

DramCoefficients CoefficientsOf(const DramDeviceConfig& dram) {
  const DramCurrents& i = dram.currents;
  const DramTiming& t = dram.timing;
  const DramOrganization& o = dram.organization;
  const int devices = o.bus_bits / o.device_bits;  // of a rank
  // mA · V · ps = 10^-15 J = 10^-3 pJ.
  const double clock = i.vdd_v * static_cast<double>(t.tck_ps) * 1e-3 * devices;
  const double wordline = i.vpp_v * i.ipp_ma * static_cast<double>(t.tck_ps) * 1e-3 * devices;
  const double burst = dram.BurstClocks() * clock / static_cast<double>(o.BurstBytes());
  DramCoefficients c;
  c.activate = clock * (i.idd0_ma * t.rc - i.idd3n_ma * t.ras - i.idd2n_ma * (t.rc - t.ras));
  c.read_byte = (i.idd4r_ma - i.idd3n_ma) * burst;
  c.write_byte = (i.idd4w_ma - i.idd3n_ma) * burst;
  c.refresh = clock * (i.idd5ab_ma - i.idd2n_ma) * t.rfc;
  c.open_clock = clock * i.idd3n_ma + wordline;
  c.closed_clock = clock * i.idd2n_ma + wordline;
  c.io_byte = 8 * i.io_pj_per_bit;
  return c;
}

DramEnergy EnergyOf(const DramDeviceConfig& dram, const DramActivity& activity) {
  const DramCoefficients c = CoefficientsOf(dram);
  const double read = static_cast<double>(activity.reads * dram.organization.BurstBytes());
  const double written = static_cast<double>(activity.writes * dram.organization.BurstBytes());
  const auto open = static_cast<double>(activity.open_rank_clocks);
  const auto closed = static_cast<double>(activity.rank_clocks - activity.open_rank_clocks);
  DramEnergy energy;
  energy.activate_pj = c.activate * static_cast<double>(activity.activates);
  energy.read_pj = c.read_byte * read;
  energy.write_pj = c.write_byte * written;
  energy.refresh_pj = c.refresh * static_cast<double>(activity.refreshes);
  energy.background_pj = c.open_clock * open + c.closed_clock * closed;
  energy.io_pj = c.io_byte * (read + written);
  return energy;
}

}  // namespace sushi
