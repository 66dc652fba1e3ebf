#include "layer_table.hpp"

#include <algorithm>
#include <map>

namespace sushi::config {
namespace {

std::string Shape(const Tensor& t) {
  return std::to_string(t.channels) + " x " + std::to_string(t.height) + "x" + std::to_string(t.width);
}

bool SameShape(const Tensor& a, const Tensor& b) {
  return a.channels == b.channels && a.height == b.height && a.width == b.width;
}

std::string Producer(int layer) {
  return layer == TableRow::kImage ? "the image" : "layer " + std::to_string(layer);
}

// Puts one SubNet together row by row.
class SubNetBuilder {
 public:
  explicit SubNetBuilder(SubNet& subnet) : subnet_(subnet) {}

  void Add(const TableRow& row) {
    const int expected = static_cast<int>(subnet_.ops.size());
    if (row.layer != expected) {
      throw UserError(row.mark, row.path + ".layer",
                      "expected " + std::to_string(expected) + ", the next layer of SubNet '" + row.subnet +
                          "', found " + std::to_string(row.layer));
    }
    Op op = row.op;
    op.name = row.name.empty() ? Name(op.kind) + std::to_string(row.layer) : row.name;
    op.input = InputOf(row);
    op.output = static_cast<int>(subnet_.tensors.size());
    subnet_.tensors.push_back({op.kernels, op.OutH(), op.OutW()});
    if (row.add != kNone) {
      op.residual = TensorOf(row.add);
      Expect(row, "add", row.add, op.residual, subnet_.tensors[Index(op.output)], "the output");
    }
    if (row.scale != kNone) {
      op.residual = TensorOf(row.scale);
      Expect(row, "scale", row.scale, op.residual, {op.channels, 1, 1}, "one factor a channel");
    }
    subnet_.ops.push_back(std::move(op));
  }

 private:
  static std::size_t Index(int i) { return static_cast<std::size_t>(i); }

  int TensorOf(int producer) const {
    return producer == TableRow::kImage ? 0 : subnet_.ops[Index(producer)].output;
  }

  int InputOf(const TableRow& row) {
    const Tensor read{row.op.channels, row.op.in_h, row.op.in_w};
    if (subnet_.tensors.empty()) {  // a SubNet's first layer reads the image
      subnet_.tensors.push_back(read);
      return 0;
    }
    if (row.input != kNone) {
      const int tensor = TensorOf(row.input);
      Expect(row, "input", row.input, tensor, read, "the input");
      return tensor;
    }
    const int before = subnet_.ops.back().output;
    if (SameShape(subnet_.tensors[Index(before)], read)) return before;
    subnet_.tensors.push_back(read);  // external: see model_file.hpp
    return static_cast<int>(subnet_.tensors.size()) - 1;
  }

  void Expect(const TableRow& row, const char* key, int producer, int tensor, const Tensor& wanted,
              const char* what) const {
    const Tensor& found = subnet_.tensors[Index(tensor)];
    if (SameShape(found, wanted)) return;
    throw UserError(row.mark, row.path + "." + key,
                    "expected a tensor of " + Shape(wanted) + " (" + what + " of this layer), but " +
                        Producer(producer) + " gives " + Shape(found));
  }

  SubNet& subnet_;
};

// Collects the maxima and refuses what cannot share weights.
class LayerMaxima {
 public:
  void Add(const TableRow& row) {
    if (row.op.supernet_layer == kNone) return;
    const auto index = static_cast<std::size_t>(row.op.supernet_layer);
    if (layers_.size() <= index) layers_.resize(index + 1);
    SuperNetLayer& layer = layers_[index];
    const bool fresh = layer.max_kernels == 0;
    if (fresh) {
      layer.kernel_h = row.op.kernel_h;
      layer.kernel_w = row.op.kernel_w;
      layer.depthwise = row.op.depthwise;
    } else if (layer.depthwise != row.op.depthwise) {
      throw UserError(row.mark, row.path + ".depthwise",
                      "expected " + std::to_string(layer.depthwise) +
                          " as in the other rows of supernet_layer " + std::to_string(index) + ", found " +
                          std::to_string(row.op.depthwise));
    } else if (layer.kernel_h != row.op.kernel_h || layer.kernel_w != row.op.kernel_w) {
      throw UserError(row.mark, row.path + ".kernel_h",
                      "expected " + std::to_string(layer.kernel_h) + "x" + std::to_string(layer.kernel_w) +
                          " as in the other rows of supernet_layer " + std::to_string(index) + ", found " +
                          std::to_string(row.op.kernel_h) + "x" + std::to_string(row.op.kernel_w));
    }
    if (!row.name.empty()) {
      if (!layer.name.empty() && layer.name != row.name) {
        throw UserError(row.mark, row.path + ".name",
                        "expected '" + layer.name + "' as in the other rows of supernet_layer " +
                            std::to_string(index) + ", found '" + row.name + "'");
      }
      layer.name = row.name;
    }
    layer.max_kernels = std::max(layer.max_kernels, row.op.kernels);
    layer.max_channels = std::max(layer.max_channels, row.op.WeightChannels());
  }

  std::vector<SuperNetLayer> Take(const SourceMark& mark) {
    if (layers_.empty()) throw UserError({mark.file, 0}, "", "expected at least one convolution");
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      if (layers_[i].max_kernels == 0) {
        throw UserError({mark.file, 0}, "supernet_layer",
                        "no row has number " + std::to_string(i) + ": expected every number from 0 to " +
                            std::to_string(layers_.size() - 1));
      }
      if (layers_[i].name.empty()) layers_[i].name = "layer" + std::to_string(i);
    }
    return std::move(layers_);
  }

 private:
  std::vector<SuperNetLayer> layers_;
};

void CheckUsedOnce(const SubNet& subnet, const TableRow& row) {
  if (row.op.supernet_layer == kNone) return;
  for (const Op& op : subnet.ops) {
    if (op.supernet_layer != row.op.supernet_layer) continue;
    throw UserError(
        row.mark, row.path + ".supernet_layer",
        "SubNet '" + row.subnet + "' uses number " + std::to_string(op.supernet_layer) + " twice");
  }
}

void CheckInputSize(const TableSubNet& listed, SubNet& subnet) {
  const Tensor& image = subnet.tensors.front();
  if (listed.input_size == 0) {
    subnet.input_size = image.height == image.width ? image.height : 0;
    return;
  }
  if (image.height != listed.input_size || image.width != listed.input_size) {
    throw UserError(listed.mark, listed.path + ".input_size",
                    "expected what the table says of the first layer (in_h " + std::to_string(image.height) +
                        ", in_w " + std::to_string(image.width) + "), found " +
                        std::to_string(listed.input_size));
  }
}

}  // namespace

void BuildFromTable(const std::vector<TableRow>& rows, const std::vector<TableSubNet>& subnets,
                    SuperNet& net) {
  std::map<std::string, std::size_t> index;
  std::vector<std::string> names;
  for (const TableSubNet& listed : subnets) {
    index.emplace(listed.name, net.subnets.size());
    names.push_back(listed.name);
    SubNet subnet;
    subnet.name = listed.name;
    subnet.top1_percent = listed.top1_percent;
    subnet.input_size = listed.input_size;
    net.subnets.push_back(std::move(subnet));
  }
  LayerMaxima maxima;
  for (const TableRow& row : rows) {
    const auto found = index.find(row.subnet);
    if (found == index.end()) {
      throw UserError(row.mark, row.path + ".subnet",
                      "expected a SubNet listed in supernet.subnets (which gives its top1_percent), found '" +
                          row.subnet + "'" + DidYouMean(row.subnet, names));
    }
    SubNet& subnet = net.subnets[found->second];
    CheckUsedOnce(subnet, row);
    maxima.Add(row);
    SubNetBuilder(subnet).Add(row);
  }
  net.layers = maxima.Take(rows.front().mark);
  for (std::size_t i = 0; i < subnets.size(); ++i) {
    if (net.subnets[i].ops.empty()) {
      throw UserError(subnets[i].mark, subnets[i].path + ".name",
                      "the layer table has no rows of SubNet '" + subnets[i].name + "'");
    }
    CheckInputSize(subnets[i], net.subnets[i]);
    for (Op& op : net.subnets[i].ops) {
      if (op.supernet_layer != kNone) op.name = net.layers[static_cast<std::size_t>(op.supernet_layer)].name;
    }
  }
}

}  // namespace sushi::config
