// Refuses a command log that breaks a JEDEC rule. Written as rules between pairs of commands over the log
// itself, apart from BankTiming, so that one can find the other's mistakes.
#pragma once

#include <string>
#include <vector>

#include "sushi/dram/bank_timing.hpp"

namespace sushi {

// The first violation of one channel's log, in order of issue ("RD at clock 12: tRCD of ACT at clock 0 needs
// 17 clocks"), or "" when there is none. Checks that commands come one a clock and to banks in the right
// state, and tRCD, tRAS, tRC, tRP, tRRD_S/L, tFAW, tCCD_S/L, tRTP, tWR, tWTR_S/L, bus turnaround, tRFC, and
// that no refresh is later than tREFI and the longest that one bank may keep it waiting.
std::string FindViolation(const DramDeviceConfig& dram, const std::vector<IssuedCommand>& log);

}  // namespace sushi
