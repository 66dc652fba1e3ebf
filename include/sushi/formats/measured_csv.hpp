// Measured layers as CSV `subnet,layer,latency_us`; `layer` counts the SubNet's convolutions from 0.
#pragma once

#include <string>
#include <vector>

#include "sushi/supernet/supernet.hpp"

namespace sushi {

struct MeasuredLayer {
  int subnet = 0;  // index into the SuperNet's SubNets
  int layer = 0;   // convolution of the SubNet
  int op = 0;      // index into its ops
  double latency_us = 0;
};

// UserError with file and line: header, number of fields, unknown SubNet (nearest name), no such layer,
// a layer twice, a latency that is not a positive finite number, no row at all.
std::vector<MeasuredLayer> ReadMeasuredCsv(const std::string& path, const SuperNet& net);

}  // namespace sushi
