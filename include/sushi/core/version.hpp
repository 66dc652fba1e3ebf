// Versions that results carry.
#pragma once

namespace sushi {

// Goes up with every change of a timing or decision rule: results of different versions are not compared.
inline constexpr int kTimingModelVersion = 2;
inline constexpr const char* kToolVersion = "0.1.0";

}  // namespace sushi
