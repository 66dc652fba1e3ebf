#include "memory_fields.hpp"

#include "field_builders.hpp"

namespace sushi::config {
namespace {

constexpr int kMaxClocks = 1 << 20;

// NOLINTBEGIN(bugprone-macro-parentheses): `member` is a path of names, not an expression.
#define SUSHI_MEMORY(member) \
  [](auto& e) -> auto& { return e.hardware.memory.member; }
// NOLINTEND(bugprone-macro-parentheses)

void AddOrganization(std::vector<Field>& f) {
  const auto add = [&](const char* name, std::int64_t high, const char* unit, const char* description,
                       auto access) {
    f.push_back(IntField(std::string("memory.organization.") + name, 1, high, unit, description, access));
  };
  add("channels", kMaxDramChannels, "", "channels or pseudo-channels; a power of two, as all of these",
      SUSHI_MEMORY(organization.channels));
  add("ranks", 64, "", "ranks a channel", SUSHI_MEMORY(organization.ranks));
  add("bank_groups", 64, "", "bank groups a rank", SUSHI_MEMORY(organization.bank_groups));
  add("banks_per_group", 64, "", "banks a group", SUSHI_MEMORY(organization.banks_per_group));
  add("rows", 1 << 24, "", "rows a bank", SUSHI_MEMORY(organization.rows));
  add("columns", 1 << 20, "", "columns a row, each as wide as the bus", SUSHI_MEMORY(organization.columns));
  add("bus_bits", 1024, "bits", "data width of a channel", SUSHI_MEMORY(organization.bus_bits));
  add("device_bits", 1024, "bits", "data width of a device", SUSHI_MEMORY(organization.device_bits));
  add("burst_length", 64, "beats", "beats a burst, two a clock", SUSHI_MEMORY(organization.burst_length));
}

void AddTiming(std::vector<Field>& f) {
  f.push_back(IntField("memory.timing.tck_ps", 1, 1'000'000, "ps", "period of the command clock",
                       SUSHI_MEMORY(timing.tck_ps)));
  const auto add = [&](const char* name, const char* description, auto access) {
    f.push_back(IntField(std::string("memory.timing.") + name, 0, kMaxClocks, "clocks", description, access));
  };
  add("cl_clk", "CL: read to first data", SUSHI_MEMORY(timing.cl));
  add("cwl_clk", "CWL: write to first data", SUSHI_MEMORY(timing.cwl));
  add("rcd_clk", "tRCD: activate to read or write", SUSHI_MEMORY(timing.rcd));
  add("rp_clk", "tRP: precharge to activate", SUSHI_MEMORY(timing.rp));
  add("ras_clk", "tRAS: activate to precharge", SUSHI_MEMORY(timing.ras));
  add("rc_clk", "tRC: activate to activate of a bank", SUSHI_MEMORY(timing.rc));
  add("rrd_s_clk", "tRRD_S: activate to activate, other bank group", SUSHI_MEMORY(timing.rrd_s));
  add("rrd_l_clk", "tRRD_L: the same, same bank group", SUSHI_MEMORY(timing.rrd_l));
  add("faw_clk", "tFAW: window of at most four activates of a rank", SUSHI_MEMORY(timing.faw));
  add("ccd_s_clk", "tCCD_S: column access to the next, other bank group", SUSHI_MEMORY(timing.ccd_s));
  add("ccd_l_clk", "tCCD_L: the same, same bank group", SUSHI_MEMORY(timing.ccd_l));
  add("wtr_s_clk", "tWTR_S: end of written data to read, other bank group", SUSHI_MEMORY(timing.wtr_s));
  add("wtr_l_clk", "tWTR_L: the same, same bank group", SUSHI_MEMORY(timing.wtr_l));
  add("rtp_clk", "tRTP: read to precharge", SUSHI_MEMORY(timing.rtp));
  add("wr_clk", "tWR: end of written data to precharge", SUSHI_MEMORY(timing.wr));
  add("rfc_clk", "tRFC: all-bank refresh", SUSHI_MEMORY(timing.rfc));
  add("refi_clk", "tREFI: between refreshes of a rank", SUSHI_MEMORY(timing.refi));
  add("turnaround_clk", "idle data-bus clocks from reads to writes and between ranks",
      SUSHI_MEMORY(timing.turnaround));
}

void AddController(std::vector<Field>& f) {
  f.push_back(TextField(
      "memory.controller.address_map",
      "fields from most to least significant above a burst: row, ba, bg, ra, ch, col, or parts (col3)",
      SUSHI_MEMORY(controller.address_map)));
  f.push_back(EnumField("memory.controller.page", {"open", "closed"},
                        "whether rows stay open after an access [A]", SUSHI_MEMORY(controller.page)));
  f.push_back(EnumField("memory.controller.scheduling", {"fcfs", "fr_fcfs"}, "order of waiting bursts",
                        SUSHI_MEMORY(controller.scheduling)));
  const auto add = [&](const char* name, int low, const char* description, auto access) {
    f.push_back(IntField(std::string("memory.controller.") + name, low, 4096, "bursts", description, access));
  };
  add("read_queue", 1, "read queue of a channel [A]", SUSHI_MEMORY(controller.read_queue));
  add("write_queue", 1, "write queue of a channel [A]", SUSHI_MEMORY(controller.write_queue));
  add("write_high_watermark", 1, "waiting writes that are drained before any read [A]",
      SUSHI_MEMORY(controller.write_high_watermark));
  add("write_low_watermark", 0, "where draining ends [A]", SUSHI_MEMORY(controller.write_low_watermark));
  add("row_hit_cap", 1, "row hits that may overtake an older request of the bank [A]",
      SUSHI_MEMORY(controller.row_hit_cap));
}

void AddCurrents(std::vector<Field>& f) {
  const auto add = [&](const char* name, double high, const char* unit, const char* description,
                       auto access) {
    f.push_back(RealField(std::string("memory.current.") + name, 0, high, unit, description, access));
  };
  add("vdd_v", 10, "V", "supply", SUSHI_MEMORY(currents.vdd_v));
  add("idd0_ma", 1e5, "mA", "IDD0, a device: activate and precharge of a bank every tRC",
      SUSHI_MEMORY(currents.idd0_ma));
  add("idd2n_ma", 1e5, "mA", "IDD2N: standby, all banks closed", SUSHI_MEMORY(currents.idd2n_ma));
  add("idd3n_ma", 1e5, "mA", "IDD3N: standby, a row open", SUSHI_MEMORY(currents.idd3n_ma));
  add("idd4r_ma", 1e5, "mA", "IDD4R: reading without a gap", SUSHI_MEMORY(currents.idd4r_ma));
  add("idd4w_ma", 1e5, "mA", "IDD4W: writing without a gap", SUSHI_MEMORY(currents.idd4w_ma));
  add("idd5ab_ma", 1e5, "mA", "IDD5AB: all-bank refresh, over tRFC", SUSHI_MEMORY(currents.idd5ab_ma));
  add("vpp_v", 10, "V", "wordline supply; 0 leaves it out", SUSHI_MEMORY(currents.vpp_v));
  add("ipp_ma", 1e5, "mA", "its current, counted all the time", SUSHI_MEMORY(currents.ipp_ma));
  add("io_pj_per_bit", 1e3, "pJ", "drivers and termination of both ends, a bit moved [A]",
      SUSHI_MEMORY(currents.io_pj_per_bit));
}

}  // namespace

void AddMemoryFields(std::vector<Field>& f) {
  f.push_back(TextField("memory.name", "name of the device, for reports", SUSHI_MEMORY(name)));
  f.push_back(TextField("memory.source", "where its figures come from", SUSHI_MEMORY(source)));
  AddOrganization(f);
  AddTiming(f);
  AddController(f);
  AddCurrents(f);
}

#undef SUSHI_MEMORY

}  // namespace sushi::config
