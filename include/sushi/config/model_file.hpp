// Reads the `supernet:` section of a model file (models/*.yaml). Errors name file, line and key.
//
// rule: ofa_resnet   `space` gives the choices, `subnets` one choice each, in OFA's own terms.
// rule: ofa_mbv3     the same of OFA-MobileNetV3, with `kernel_sharing: none | centre_crop`.
// rule: table        every convolution of every SubNet, either inline (`layers`, a list of maps) or as
//                    CSV (`table: {file: x.csv}`, columns by header name in any order, no quotes):
//     subnet, layer (0, 1, … within the SubNet), supernet_layer, out_channels, in_channels, kernel_h,
//     kernel_w, in_h, in_w, pad_h, pad_w, stride_h, stride_w
//   and, where wanted,
//     kind        conv (the default), max_pool, average_pool or scale. All but conv run on the vector unit,
//                 have no supernet_layer and keep the number of channels.
//     depthwise   0 or 1: kernel k reads channel k alone; in_channels = out_channels
//     bias        0 or 1: of its own, besides batch norm's
//     activation  relu (the default), h_swish, h_sigmoid or none
//     scale       of a scale: the layer whose output (channels × 1×1) holds the factors
//     name    of the SuperNet layer, default layer<supernet_layer>; of a vector unit's op
//     input   the layer whose output is read, or `image`. Default: the layer before when its output has
//             the input's channels and size; else the input comes from something that the table leaves
//             out (a pool, say) and is a tensor of its own that no op writes, read from DRAM.
//     add     the layer (or `image`) whose output is added to this one's as it drains.
//   `subnets` gives each SubNet's name and top1_percent, in the order wanted; input_size may be left out.
//   The SuperNet's layers are the largest that its SubNets have; all of them are cacheable.
#pragma once

#include <string>

#include "sushi/config/tree.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

// `section` is the value of `supernet`. Throws UserError.
SuperNet LoadSuperNet(const Node& section);

// The CSV file that the section names, "" when it names none: an input whose hash belongs to a result's
// identity. A relative path is looked up beside the file that it is written in.
std::string TableFileOf(const Node& section);

}  // namespace sushi::config
