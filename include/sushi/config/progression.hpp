// Values that follow a rule and are made when asked for, so that a million of them cost nothing:
//
//   range    {from, to, step = 1}   from, from + step, … as long as they are not above `to`
//   log2     {from, to}             doubling; `to` is `from` times a power of two
//   linspace {from, to, points}     so many values at equal distances, both ends among them
//
// Decimals are exact: 0.1 to 0.3 in steps of 0.1 are the texts 0.1, 0.2, 0.3.
#pragma once

#include <cstdint>
#include <string>

#include "sushi/config/tree.hpp"

namespace sushi::config {

class Progression {
 public:
  // `kind` is one of the names above, `spec` its map, `path` the key for messages. Throws UserError.
  Progression(const std::string& kind, const Node& spec, const std::string& path);

  std::int64_t size() const { return size_; }
  Node At(std::int64_t i) const;  // an unquoted scalar with the map's mark

 private:
  enum class Kind { kRange, kLog2, kLinspace };

  void SetUpRange(const Node& spec, const std::string& path);
  void SetUpLog2(const std::string& path);
  void SetUpLinspace(const Node& spec, const std::string& path);
  // Number `name` of `spec`, in units of 10^-digits_.
  std::int64_t Scaled(const Node& spec, const char* name, const std::string& path) const;

  Kind kind_ = Kind::kRange;
  SourceMark mark_;
  int digits_ = 0;                             // behind the point, of all the numbers given
  std::int64_t from_ = 0, to_ = 0, step_ = 0;  // in units of 10^-digits_
  std::int64_t size_ = 0;
};

}  // namespace sushi::config
