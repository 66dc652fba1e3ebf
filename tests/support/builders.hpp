// Builders with defaults for tests: small SuperNets and hardware, by hand or random.
#pragma once

#include <string>
#include <vector>

#include "sushi/accel/hardware.hpp"
#include "sushi/query/generators.hpp"
#include "sushi/supernet/subgraph.hpp"

namespace sushi::testing {

// A convolution with everything given; tensors are added by SubNetBuilder.
struct ConvSpec {
  int layer = 0;
  int kernels = 16, channels = 9;
  int kernel = 3;
  int in = 8;
  int stride = 1;
};

// A SuperNet whose layers are as large as the largest convolution added for them.
class SuperNetBuilder {
 public:
  SuperNetBuilder& AddSubNet(const std::string& name, const std::vector<ConvSpec>& convs, double top1 = 75.0);
  SuperNet Build() const { return net_; }

 private:
  SuperNet net_;
};

// One SubNet of one convolution.
SuperNet OneConvNet(const ConvSpec& spec);

// A chain of 1–6 convolutions (1×1 to 5×5, depthwise to 7×7 with and without shared taps, strides, residual
// adds, activations), pools and squeeze-excite blocks in 2 SubNets.
SuperNet RandomSuperNet(Random& random);
// Any memory without a fault.
DramDeviceConfig RandomDram(Random& random);
// The default hardware with a memory so fast that only the ports count.
HardwareConfig FastMemory();
// Any hardware on which RandomSuperNet's SubNets run.
HardwareConfig RandomHardware(Random& random);
SubGraph RandomSubGraph(const SuperNet& net, Bytes capacity, Random& random);

}  // namespace sushi::testing
