// Reads the `supernet:` section of a model file (models/*.yaml): either an OFA-ResNet50 rule with
// SubNets in OFA's own terms, or a plain layer table. Errors name file, line and key.
#pragma once

#include "sushi/config/tree.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

// `section` is the value of `supernet`. A relative `table.file` is looked up beside the file it is
// written in. Throws UserError.
SuperNet LoadSuperNet(const Node& section);

}  // namespace sushi::config
