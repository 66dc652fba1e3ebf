#include "sushi/dram/command_checker.hpp"

#include <algorithm>

namespace sushi {
namespace {

bool IsRead(DramCommand c) { return c == DramCommand::kRead || c == DramCommand::kReadPrecharge; }
bool IsWrite(DramCommand c) { return c == DramCommand::kWrite || c == DramCommand::kWritePrecharge; }
bool IsColumn(DramCommand c) { return IsRead(c) || IsWrite(c); }
bool PrechargesItself(DramCommand c) {
  return c == DramCommand::kReadPrecharge || c == DramCommand::kWritePrecharge;
}

class Checker {
 public:
  Checker(const DramDeviceConfig& dram, const std::vector<IssuedCommand>& log)
      : dram_(dram), t_(dram.timing), log_(log), burst_(dram.BurstClocks()) {}

  std::string Run() {
    const int window = t_.rc + t_.rfc + t_.faw + t_.cl + burst_ + t_.wtr_l + t_.wr + t_.turnaround + t_.rtp;
    std::size_t oldest = 0;
    for (std::size_t i = 0; i < log_.size(); ++i) {
      if (i > 0 && log_[i].at <= log_[i - 1].at) return Say(log_[i], "is not after the command before it");
      while (log_[oldest].at + window < log_[i].at) ++oldest;
      std::string fault = StateFault(i);
      for (std::size_t j = oldest; j < i && fault.empty(); ++j) fault = PairFault(log_[j], log_[i]);
      if (fault.empty()) fault = WindowFault(i, oldest);
      if (!fault.empty()) return fault;
      Book(log_[i]);
    }
    return "";
  }

 private:
  int Rank(const IssuedCommand& c) const { return c.bank / dram_.organization.BanksPerRank(); }
  int Group(const IssuedCommand& c) const { return c.bank / dram_.organization.banks_per_group; }

  std::string Say(const IssuedCommand& c, const std::string& what) const {
    return std::string(Name(c.command)) + " at clock " + std::to_string(c.at) + ", bank " +
           std::to_string(c.bank) + ": " + what;
  }
  // "" when `b` is at least `clocks` after `a`.
  std::string Need(const IssuedCommand& a, const IssuedCommand& b, int clocks, const char* rule) const {
    if (b.at - a.at >= clocks) return "";
    return Say(b, std::string(rule) + " after " + Name(a.command) + " at clock " + std::to_string(a.at) +
                      " needs " + std::to_string(clocks) + " clocks");
  }

  std::string StateFault(std::size_t i) {
    const IssuedCommand& c = log_[i];
    rows_.resize(static_cast<std::size_t>(dram_.organization.Banks()), kNoRow);
    const std::int64_t open = rows_[static_cast<std::size_t>(c.bank)];
    if (c.command == DramCommand::kActivate && open != kNoRow) return Say(c, "a row is open");
    if (c.command == DramCommand::kPrecharge && open == kNoRow) return Say(c, "no row is open");
    if (IsColumn(c.command) && open != c.row) return Say(c, "its row is not open");
    if (c.command == DramCommand::kRefresh) return RefreshFault(c);
    return "";
  }

  std::string RefreshFault(const IssuedCommand& c) {
    const int banks = dram_.organization.BanksPerRank();
    for (int bank = c.bank; bank < c.bank + banks; ++bank) {
      if (rows_[static_cast<std::size_t>(bank)] != kNoRow) return Say(c, "a row of its rank is open");
    }
    refreshes_.resize(static_cast<std::size_t>(dram_.organization.ranks));
    DramClock& count = refreshes_[static_cast<std::size_t>(Rank(c))];
    const DramClock due = ++count * t_.refi;
    const int closing = std::max(t_.ras, t_.rcd + t_.cwl + burst_ + t_.wr) + t_.rc;
    if (c.at > due + closing) return Say(c, "is later than tREFI allows, clock " + std::to_string(due));
    return "";
  }

  std::string PairFault(const IssuedCommand& a, const IssuedCommand& b) const {
    if (Rank(a) != Rank(b)) return IsColumn(a.command) && IsColumn(b.command) ? BusFault(a, b) : "";
    if (b.command == DramCommand::kRefresh || b.command == DramCommand::kPrechargeAll)
      return RankWideFault(a, b);
    if (a.command == DramCommand::kRefresh) return Need(a, b, t_.rfc, "tRFC");
    if (a.command == DramCommand::kPrechargeAll)
      return b.command == DramCommand::kActivate ? Need(a, b, t_.rp, "tRP") : "";
    if (IsColumn(a.command) && IsColumn(b.command)) return ColumnFault(a, b);
    if (a.bank == b.bank) return BankFault(a, b);
    if (a.command == DramCommand::kActivate && b.command == DramCommand::kActivate) {
      return Group(a) == Group(b) ? Need(a, b, t_.rrd_l, "tRRD_L") : Need(a, b, t_.rrd_s, "tRRD_S");
    }
    return "";
  }

  // Between commands of one bank, not both column accesses.
  std::string BankFault(const IssuedCommand& a, const IssuedCommand& b) const {
    if (a.command == DramCommand::kActivate) {
      if (IsColumn(b.command)) return Need(a, b, t_.rcd, "tRCD");
      if (b.command == DramCommand::kPrecharge) return Need(a, b, t_.ras, "tRAS");
      if (b.command == DramCommand::kActivate) return Need(a, b, t_.rc, "tRC");
    }
    if (a.command == DramCommand::kPrecharge)
      return b.command == DramCommand::kActivate ? Need(a, b, t_.rp, "tRP") : "";
    if (b.command == DramCommand::kPrecharge)
      return Need(a, b, Recovery(a), IsRead(a.command) ? "tRTP" : "tWR");
    if (PrechargesItself(a.command)) return Need(a, b, Recovery(a) + t_.rp, "precharge and tRP");
    return "";
  }

  int Recovery(const IssuedCommand& column) const {
    return IsRead(column.command) ? t_.rtp : t_.cwl + burst_ + t_.wr;
  }

  std::string ColumnFault(const IssuedCommand& a, const IssuedCommand& b) const {
    const bool same_group = Group(a) == Group(b);
    if (IsRead(a.command) == IsRead(b.command)) {
      return Need(a, b, std::max(burst_, same_group ? t_.ccd_l : t_.ccd_s), same_group ? "tCCD_L" : "tCCD_S");
    }
    if (IsWrite(a.command))
      return Need(a, b, t_.cwl + burst_ + (same_group ? t_.wtr_l : t_.wtr_s),
                  same_group ? "tWTR_L" : "tWTR_S");
    return Need(a, b, t_.cl + burst_ + t_.turnaround - t_.cwl, "bus turnaround");
  }

  // Column accesses of two ranks share the data bus.
  std::string BusFault(const IssuedCommand& a, const IssuedCommand& b) const {
    const int start_a = IsRead(a.command) ? t_.cl : t_.cwl;
    const int start_b = IsRead(b.command) ? t_.cl : t_.cwl;
    return Need(a, b, start_a + burst_ + t_.turnaround - start_b, "bus turnaround");
  }

  std::string RankWideFault(const IssuedCommand& a, const IssuedCommand& b) const {
    const bool refresh = b.command == DramCommand::kRefresh;
    if (a.command == DramCommand::kRefresh) return Need(a, b, t_.rfc, "tRFC");
    if (a.command == DramCommand::kActivate)
      return Need(a, b, refresh ? t_.rc : t_.ras, refresh ? "tRC" : "tRAS");
    if (a.command == DramCommand::kPrecharge || a.command == DramCommand::kPrechargeAll)
      return refresh ? Need(a, b, t_.rp, "tRP") : "";
    return Need(a, b, Recovery(a) + (refresh ? t_.rp : 0), "read or write recovery");
  }

  // At most four activations of a rank within tFAW; an auto-precharged row stays open for tRAS.
  std::string WindowFault(std::size_t i, std::size_t oldest) const {
    const IssuedCommand& c = log_[i];
    if (c.command != DramCommand::kActivate) return "";
    int seen = 0;
    DramClock own_column = -1;
    for (std::size_t j = i; j-- > oldest;) {
      const IssuedCommand& a = log_[j];
      if (a.command == DramCommand::kActivate && Rank(a) == Rank(c) && ++seen == 4) {
        const std::string fault = Need(a, c, t_.faw, "tFAW");
        if (!fault.empty()) return fault;
      }
      if (a.bank == c.bank && PrechargesItself(a.command)) own_column = a.at;
      if (a.bank == c.bank && a.command == DramCommand::kActivate && own_column >= a.at)
        return Need(a, c, t_.ras + t_.rp, "tRAS and tRP");
    }
    return "";
  }

  void Book(const IssuedCommand& c) {
    const auto bank = static_cast<std::size_t>(c.bank);
    if (c.command == DramCommand::kActivate) rows_[bank] = c.row;
    if (c.command == DramCommand::kPrecharge || PrechargesItself(c.command)) rows_[bank] = kNoRow;
    if (c.command == DramCommand::kPrechargeAll) {
      std::fill_n(rows_.begin() + c.bank, dram_.organization.BanksPerRank(), kNoRow);
    }
  }

  const DramDeviceConfig& dram_;
  const DramTiming& t_;
  const std::vector<IssuedCommand>& log_;
  int burst_;
  std::vector<std::int64_t> rows_;
  std::vector<DramClock> refreshes_;
};

}  // namespace

std::string FindViolation(const DramDeviceConfig& dram, const std::vector<IssuedCommand>& log) {
  return Checker(dram, log).Run();
}

}  // namespace sushi
