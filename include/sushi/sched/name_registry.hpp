// Factories by the names that the configuration uses, in order of registration.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sushi/core/error.hpp"

namespace sushi {

template <typename Factory>
class NameRegistry {
 public:
  struct Entry {
    std::string name;
    Factory make;
  };

  // `kind` is what messages call an entry.
  NameRegistry(std::string kind, std::vector<Entry> built_in)
      : kind_(std::move(kind)), entries_(std::move(built_in)) {}

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    names.reserve(entries_.size());
    for (const Entry& entry : entries_) names.push_back(entry.name);
    return names;
  }

  const Factory* Find(const std::string& name) const {
    for (const Entry& entry : entries_) {
      if (entry.name == name) return &entry.make;
    }
    return nullptr;
  }

  // InternalError: the name is taken, or is not made of a to z, 0 to 9 and _.
  void Register(const std::string& name, Factory make) {
    if (!IsPlain(name))
      throw InternalError("a " + kind_ + "'s name is made of a to z, 0 to 9 and _, not '" + name + "'");
    if (make == nullptr) throw InternalError("the " + kind_ + " '" + name + "' has no factory");
    if (Find(name) != nullptr) throw InternalError("there is a " + kind_ + " '" + name + "' already");
    entries_.push_back({name, std::move(make)});
  }

 private:
  // Names stand in lists, in messages and in what is hashed.
  static bool IsPlain(const std::string& name) {
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
    return !name.empty() && std::all_of(name.begin(), name.end(), plain);
  }

  std::string kind_;
  std::vector<Entry> entries_;
};

}  // namespace sushi
