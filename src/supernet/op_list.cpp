#include "op_list.hpp"

#include <utility>

#include "sushi/supernet/ofa_choice.hpp"

namespace sushi {

OpList::OpList(const SuperNet& net, SubNet& subnet) : net_(net), subnet_(subnet) {
  for (const SuperNetLayer& layer : net.layers) {
    layer_of_name_.emplace(layer.name, static_cast<int>(layer_of_name_.size()));
  }
  subnet_.tensors.push_back({kImageChannels, subnet.input_size, subnet.input_size});
}

int OpList::Conv(const std::string& name, int kernels, int kernel, int stride, int input,
                 Activation activation, int residual) {
  Op op = MakeConv(name, kernels, kernel, stride, input, activation);
  op.residual = residual;
  return Append(op);
}

int OpList::BiasedConv(const std::string& name, int kernels, int input, Activation activation) {
  Op op = MakeConv(name, kernels, 1, 1, input, activation);
  op.bias = true;
  return Append(op);
}

Op OpList::MakeConv(const std::string& name, int kernels, int kernel, int stride, int input,
                    Activation activation) const {
  Op op = Square(OpKind::kConv, name, kernel, stride, kernel / 2, input);
  op.supernet_layer = layer_of_name_.at(name);
  const SuperNetLayer& layer = net_.layers[static_cast<std::size_t>(op.supernet_layer)];
  op.kernels = kernels;
  op.depthwise = layer.depthwise;
  op.classifier = !layer.cacheable;
  op.activation = activation;
  return op;
}

int OpList::Pool(OpKind kind, const std::string& name, int kernel, int stride, int pad, bool ceil_mode,
                 int input) {
  Op op = Square(kind, name, kernel, stride, pad, input);
  op.ceil_mode = ceil_mode;
  return Append(op);
}

int OpList::GlobalPool(const std::string& name, int input) {
  return Pool(OpKind::kAveragePool, name, tensor(input).height, 1, 0, false, input);
}

int OpList::Scale(const std::string& name, int input, int factors) {
  Op op = Square(OpKind::kScale, name, 1, 1, 0, input);
  op.residual = factors;
  return Append(op);
}

Op OpList::Square(OpKind kind, const std::string& name, int kernel, int stride, int pad, int input) const {
  Op op;
  op.kind = kind;
  op.name = name;
  op.kernels = op.channels = tensor(input).channels;
  op.kernel_h = op.kernel_w = kernel;
  op.stride_h = op.stride_w = stride;
  op.pad_h = op.pad_w = pad;
  op.in_h = tensor(input).height;
  op.in_w = tensor(input).width;
  op.input = input;
  return op;
}

int OpList::Append(Op op) {
  op.output = static_cast<int>(subnet_.tensors.size());
  if (!op.WithinLimits()) {
    throw ChoiceError("input_size", {}, op.name + " is too large to simulate (over 2^50 MACs)");
  }
  subnet_.tensors.push_back({op.kernels, op.OutH(), op.OutW()});
  subnet_.ops.push_back(std::move(op));
  return static_cast<int>(subnet_.tensors.size()) - 1;
}

}  // namespace sushi
