#include "builders.hpp"

#include <algorithm>

namespace sushi::testing {
namespace {

void GrowLayer(SuperNet& net, int index, int kernels, int channels, int kernel) {
  while (static_cast<int>(net.layers.size()) <= index) {
    SuperNetLayer layer;
    layer.name = "layer" + std::to_string(net.layers.size());
    net.layers.push_back(layer);
  }
  SuperNetLayer& layer = net.layers[static_cast<std::size_t>(index)];
  layer.max_kernels = std::max(layer.max_kernels, kernels);
  layer.max_channels = std::max(layer.max_channels, channels);
  layer.kernel_h = layer.kernel_w = kernel;
}

Op MakeOp(OpKind kind, int channels, int kernels, int kernel, int in, int stride) {
  Op op;
  op.kind = kind;
  op.kernels = kernels;
  op.channels = channels;
  op.kernel_h = op.kernel_w = kernel;
  op.in_h = op.in_w = in;
  op.pad_h = op.pad_w = kernel / 2;
  op.stride_h = op.stride_w = stride;
  return op;
}

int Append(SubNet& subnet, Op op, int input) {
  op.name = "op" + std::to_string(subnet.ops.size());
  op.input = input;
  op.output = static_cast<int>(subnet.tensors.size());
  subnet.tensors.push_back({op.kernels, op.OutH(), op.OutW()});
  subnet.ops.push_back(op);
  return op.output;
}

}  // namespace

SuperNetBuilder& SuperNetBuilder::AddSubNet(const std::string& name, const std::vector<ConvSpec>& convs,
                                            double top1) {
  SubNet subnet;
  subnet.name = name;
  subnet.top1_percent = top1;
  int tensor = 0;
  for (const ConvSpec& spec : convs) {
    if (subnet.ops.empty()) subnet.tensors.push_back({spec.channels, spec.in, spec.in});
    GrowLayer(net_, spec.layer, spec.kernels, spec.channels, spec.kernel);
    Op op = MakeOp(OpKind::kConv, spec.channels, spec.kernels, spec.kernel, spec.in, spec.stride);
    op.supernet_layer = spec.layer;
    tensor = Append(subnet, op, tensor);
  }
  net_.name = "built";
  net_.subnets.push_back(subnet);
  return *this;
}

SuperNet OneConvNet(const ConvSpec& spec) { return SuperNetBuilder().AddSubNet("only", {spec}).Build(); }

namespace {

// What stands at one place of a random chain, the same in every SubNet.
struct Place {
  int kernel = 1;
  bool depthwise = false;
  bool centre_crop = false;     // kernels of 3×3 up to the largest share its weights
  bool squeeze_excite = false;  // after the convolution
  int layer = 0;                // its first in the SuperNet
};

std::vector<Place> RandomPlaces(Random& random) {
  std::vector<Place> places(static_cast<std::size_t>(random.Integer(1, 6)));
  int layer = 0;
  for (Place& place : places) {
    place.kernel = static_cast<int>(1 + 2 * random.Integer(0, 2));
    place.depthwise = random.Integer(0, 2) == 0;
    place.centre_crop = place.depthwise && place.kernel > 1 && random.Integer(0, 1) == 0;
    if (place.centre_crop) place.kernel += 2;
    place.squeeze_excite = random.Integer(0, 3) == 0;
    place.layer = layer;
    layer += place.squeeze_excite ? 3 : 1;
  }
  return places;
}

// One random SubNet, op by op; `net` grows with it.
class RandomChain {
 public:
  RandomChain(Random& random, SuperNet& net, SubNet& subnet) : random_(random), net_(net), subnet_(subnet) {
    const int size = static_cast<int>(random.Integer(5, 24));
    subnet.input_size = size;
    subnet.tensors.push_back({3, size, size});
  }

  void Add(const Place& place) {
    if (random_.Integer(0, 5) == 0) {
      const OpKind kind = random_.Integer(0, 1) == 0 ? OpKind::kMaxPool : OpKind::kAveragePool;
      tensor_ = Append(subnet_, MakeOp(kind, Last().channels, Last().channels, 3, Last().height, 2), tensor_);
    }
    if (place.depthwise) {
      AddDepthwise(place);
    } else {
      AddConv(place);
    }
    if (place.squeeze_excite) AddSqueezeExcite(place.layer + 1);
  }

 private:
  Activation AnyActivation() {
    constexpr Activation kAll[] = {Activation::kRelu, Activation::kHSwish, Activation::kHSigmoid,
                                   Activation::kNone};
    return kAll[random_.Integer(0, 3)];
  }

  const Tensor& Last() const { return subnet_.tensors[static_cast<std::size_t>(tensor_)]; }

  void AddConv(const Place& place) {
    const bool residual = random_.Integer(0, 2) == 0;
    const int channels = Last().channels;
    const int kernels = residual ? channels : static_cast<int>(random_.Integer(1, 60));
    Op op = MakeOp(OpKind::kConv, channels, kernels, place.kernel, Last().height,
                   residual ? 1 : 1 + (random_.Integer(0, 3) == 0));
    op.supernet_layer = place.layer;
    if (residual) op.residual = tensor_;
    op.activation = AnyActivation();
    GrowLayer(net_, place.layer, kernels, channels, place.kernel);
    tensor_ = Append(subnet_, op, tensor_);
  }

  void AddDepthwise(const Place& place) {
    const int smaller = place.centre_crop ? static_cast<int>(random_.Integer(0, (place.kernel - 3) / 2)) : 0;
    const int kernel = place.kernel - 2 * smaller;
    Op op = MakeOp(OpKind::kConv, Last().channels, Last().channels, kernel, Last().height,
                   1 + (random_.Integer(0, 2) == 0));
    op.activation = AnyActivation();
    op.supernet_layer = place.layer;
    op.depthwise = true;
    if (op.stride_h == 1 && random_.Integer(0, 2) == 0) op.residual = tensor_;
    GrowLayer(net_, place.layer, op.kernels, place.centre_crop ? place.kernel * place.kernel : 1,
              place.kernel);
    SuperNetLayer& layer = net_.layers[static_cast<std::size_t>(place.layer)];
    layer.depthwise = true;
    layer.centre_crop = place.centre_crop;
    tensor_ = Append(subnet_, op, tensor_);
  }

  void AddSqueezeExcite(int layer) {
    const int scaled = tensor_, channels = Last().channels, map = Last().height;
    Op pool = MakeOp(OpKind::kAveragePool, channels, channels, map, map, 1);
    pool.pad_h = pool.pad_w = 0;
    tensor_ = Append(subnet_, pool, tensor_);
    const int squeezed = static_cast<int>(random_.Integer(1, 12));
    AddPointwise(layer, squeezed, Activation::kRelu);
    AddPointwise(layer + 1, channels, Activation::kHSigmoid);
    Op scale = MakeOp(OpKind::kScale, channels, channels, 1, map, 1);
    scale.residual = tensor_;
    tensor_ = Append(subnet_, scale, scaled);
  }

  void AddPointwise(int layer, int kernels, Activation activation) {
    GrowLayer(net_, layer, kernels, Last().channels, 1);
    Op op = MakeOp(OpKind::kConv, Last().channels, kernels, 1, Last().height, 1);
    op.supernet_layer = layer;
    op.activation = activation;
    tensor_ = Append(subnet_, op, tensor_);
  }

  Random& random_;
  SuperNet& net_;
  SubNet& subnet_;
  int tensor_ = 0;
};

}  // namespace

SuperNet RandomSuperNet(Random& random) {
  SuperNet net;
  net.name = "random";
  const std::vector<Place> places = RandomPlaces(random);
  for (int s = 0; s < 2; ++s) {
    SubNet subnet;
    subnet.name = s == 0 ? "small" : "large";
    subnet.top1_percent = 70 + 5 * s;
    RandomChain chain(random, net, subnet);
    for (const Place& place : places) chain.Add(place);
    net.subnets.push_back(subnet);
  }
  return net;
}

DramDeviceConfig RandomDram(Random& random) {
  const auto pick = [&](int low, int high) { return static_cast<int>(random.Integer(low, high)); };
  DramDeviceConfig dram;
  dram.name = "random";
  dram.organization = {1 << pick(0, 2),
                       1 << pick(0, 1),
                       1 << pick(0, 2),
                       1 << pick(0, 2),
                       1 << pick(10, 14),
                       1 << pick(6, 9),
                       64,
                       8,
                       1 << pick(1, 4)};
  DramTiming& t = dram.timing;
  t.tck_ps = random.Integer(400, 1500);
  t.cwl = pick(2, 16);
  t.cl = t.cwl + pick(0, 8);
  t.rcd = pick(1, 24);
  t.rp = pick(1, 24);
  t.ras = t.rcd + pick(0, 30);
  t.rc = t.ras + t.rp + pick(0, 5);
  t.rrd_s = pick(1, 8);
  t.rrd_l = t.rrd_s + pick(0, 6);
  t.faw = t.rrd_s + pick(0, 40);
  t.ccd_s = pick(1, 6);
  t.ccd_l = t.ccd_s + pick(0, 6);
  t.wtr_s = pick(0, 8);
  t.wtr_l = t.wtr_s + pick(0, 8);
  t.rtp = pick(1, 14);
  t.wr = pick(1, 30);
  t.rfc = pick(20, 400);
  t.refi = t.rfc + t.rc + pick(300, 9000);
  t.turnaround = pick(0, 4);
  DramControllerConfig& c = dram.controller;
  c.page = pick(0, 3) == 0 ? PagePolicy::kClosed : PagePolicy::kOpen;
  c.scheduling = pick(0, 3) == 0 ? DramScheduling::kFcfs : DramScheduling::kFrFcfs;
  c.read_queue = pick(1, 40);
  c.write_queue = pick(1, 40);
  c.write_high_watermark = pick(1, c.write_queue);
  c.write_low_watermark = pick(0, c.write_high_watermark - 1);
  c.row_hit_cap = pick(1, 20);
  const char* maps[] = {"row:ra:ba:bg:col:ch", "ch:row:ra:ba:bg:col", "row:ra:col:ba:bg:ch",
                        "ra:row:ba:col:bg:ch:col1", "row:col:ra:bg:ba:ch:col1"};
  c.address_map = maps[pick(0, 4)];
  return dram;
}

HardwareConfig FastMemory() {
  HardwareConfig hw;
  hw.dram.peak_gbps = 100000;
  hw.dram.latency_ns = 0;
  hw.dram.row_jump_ns = 0;
  return hw;
}

HardwareConfig RandomHardware(Random& random) {
  HardwareConfig hw;
  hw.accel.clock_mhz = random.Integer(50, 400);
  hw.accel.dpe_array.kernels = static_cast<int>(random.Integer(1, 20));
  hw.accel.dpe_array.channels = static_cast<int>(random.Integer(1, 12));
  hw.accel.dpe_array.fill_cycles = static_cast<int>(random.Integer(0, 40));
  hw.accel.pb.capacity_kib = random.Integer(0, 40);
  hw.accel.db.capacity_kib = random.Integer(5, 60);
  hw.accel.db_ping_pong = random.Integer(0, 3) != 0;
  hw.accel.sb.capacity_kib = random.Integer(10, 60);
  hw.accel.lb.capacity_kib = 2;
  hw.accel.ob.capacity_kib = random.Integer(2, 40);
  hw.accel.qb.capacity_kib = 1;
  hw.accel.vector_lanes = static_cast<int>(random.Integer(1, 20));
  hw.accel.keep_activations_on_chip = random.Integer(0, 1) == 0;
  hw.accel.axi.beat_bytes = 1 << random.Integer(0, 5);
  hw.accel.axi.burst_beats = static_cast<int>(random.Integer(1, 32));
  hw.accel.axi.burst_gap_cycles = static_cast<int>(random.Integer(0, 12));
  hw.accel.axi.max_outstanding_bursts = static_cast<int>(random.Integer(1, 16));
  hw.accel.axi.weight_ports = static_cast<int>(random.Integer(1, 4));
  hw.accel.axi.iact_ports = static_cast<int>(random.Integer(1, 4));
  hw.accel.axi.oact_ports = static_cast<int>(random.Integer(1, 4));
  hw.dram.peak_gbps = 0.1 * static_cast<double>(random.Integer(1, 300));
  hw.dram.burst_bytes = 1 << random.Integer(0, 7);
  hw.dram.latency_ns = random.Integer(0, 400);
  hw.dram.row_jump_ns = random.Integer(0, 80);
  hw.host.layer_call_us = 0.25 * static_cast<double>(random.Integer(0, 8));
  hw.granularity = random.Integer(0, 1) == 0 ? Granularity::kKernelTile : Granularity::kChannelTile;
  Random other = random;
  hw.dram_model = other.Integer(0, 1) == 0 ? DramModel::kSimple : DramModel::kBankLevel;
  hw.memory = RandomDram(other);
  return hw;
}

SubGraph RandomSubGraph(const SuperNet& net, Bytes capacity, Random& random) {
  SubGraph graph = EmptySubGraph(net);
  Bytes left = capacity;
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const SuperNetLayer& layer = net.layers[i];
    if (!layer.cacheable || random.Integer(0, 3) == 0) continue;
    const Rect rect{static_cast<int>(random.Integer(1, layer.max_kernels)),
                    static_cast<int>(random.Integer(1, layer.max_channels))};
    const Bytes bytes(std::int64_t{rect.kernels} * rect.channels * layer.CellBytes());
    if (bytes > left) continue;
    graph.rects[i] = rect;
    left -= bytes;
  }
  return graph;
}

}  // namespace sushi::testing
