// The two halves of ResolveExperiment, for who resolves many experiments that differ in little.
#pragma once

#include <string>

#include "sushi/config/experiment.hpp"

namespace sushi::config {

// Keys of a sweep file beside the sections of an experiment.
bool IsSweepKey(const std::string& name);

// Every key of the tree by itself. UserError: unknown, out of range.
void ReadTree(const Node& merged, Experiment& experiment);
// What keys say together. UserError, located by `experiment.merged` as far as it is there.
void CheckTogether(const Experiment& experiment);

}  // namespace sushi::config
