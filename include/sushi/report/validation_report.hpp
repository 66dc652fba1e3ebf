// What `sushisim validate` prints.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <ostream>
#include <vector>

#include "sushi/accel/calibration.hpp"
#include "sushi/formats/measured_csv.hpp"

namespace sushi::report {

struct ValidationReport {
  const HardwareConfig* hardware = nullptr;
  const SuperNet* net = nullptr;
  std::vector<MeasuredLayer> measured;
  std::vector<double> simulated_us;  // one per measured layer
  std::vector<HeldOut> held_out;
};

void PrintValidation(const ValidationReport& report, std::ostream& out);
nlohmann::ordered_json ValidationJson(const ValidationReport& report);

}  // namespace sushi::report
