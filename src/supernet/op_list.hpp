// Puts a SubNet together op by op. Each call appends one op and returns the tensor that it writes.
// Throws ChoiceError of field input_size when an op is beyond the limits of supernet.hpp.
#pragma once

#include <map>
#include <string>

#include "sushi/supernet/supernet.hpp"

namespace sushi {

inline constexpr int kImageChannels = 3;

class OpList {
 public:
  // The image is subnet.input_size pixels a side.
  OpList(const SuperNet& net, SubNet& subnet);

  // `name` is also the SuperNet layer's; what is not cacheable is the classifier. Square kernels, padded by
  // half of theirs.
  int Conv(const std::string& name, int kernels, int kernel, int stride, int input,
           Activation activation = Activation::kRelu, int residual = kNone);
  // A 1×1 with a bias of its own.
  int BiasedConv(const std::string& name, int kernels, int input, Activation activation);
  int Pool(OpKind kind, const std::string& name, int kernel, int stride, int pad, bool ceil_mode, int input);
  int GlobalPool(const std::string& name, int input);
  int Scale(const std::string& name, int input, int factors);

  const Tensor& tensor(int id) const { return subnet_.tensors[static_cast<std::size_t>(id)]; }

 private:
  Op MakeConv(const std::string& name, int kernels, int kernel, int stride, int input,
              Activation activation) const;
  Op Square(OpKind kind, const std::string& name, int kernel, int stride, int pad, int input) const;
  int Append(Op op);

  const SuperNet& net_;
  std::map<std::string, int> layer_of_name_;
  SubNet& subnet_;
};

}  // namespace sushi
