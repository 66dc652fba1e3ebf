// Makes Field entries from an accessor. The accessor returns a reference to the member, for a const and a
// non-const Experiment alike.
#pragma once

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <utility>

#include "sushi/config/fields.hpp"
#include "sushi/config/shipped.hpp"

namespace sushi::config {

inline std::string NumberText(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

template <typename Access>
Field IntField(const std::string& path, std::int64_t low, std::int64_t high, std::string unit,
               std::string description, Access access) {
  Field field{
      path,    "integer", std::to_string(low), std::to_string(high), std::move(unit), std::move(description),
      nullptr, nullptr};
  field.read = [path, low, high, access](Experiment& e, const Node& node) {
    auto& member = access(e);
    member = static_cast<std::remove_reference_t<decltype(member)>>(AsInt(node, path, low, high));
  };
  field.text = [access](const Experiment& e) { return std::to_string(access(e)); };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

template <typename Access>
Field RealField(const std::string& path, double low, double high, std::string unit, std::string description,
                Access access) {
  Field field{path,    "number", NumberText(low), NumberText(high), std::move(unit), std::move(description),
              nullptr, nullptr};
  field.read = [path, low, high, access](Experiment& e, const Node& node) {
    access(e) = AsReal(node, path, low, high);
  };
  field.text = [access](const Experiment& e) { return NumberText(access(e)); };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

template <typename Access>
Field BoolField(const std::string& path, std::string description, Access access) {
  Field field{path, "true/false", "", "", "", std::move(description), nullptr, nullptr};
  field.read = [path, access](Experiment& e, const Node& node) { access(e) = AsBool(node, path); };
  field.text = [access](const Experiment& e) { return access(e) ? "true" : "false"; };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

// A text of one line: values are listed line by line in `config show` and in what is hashed.
inline std::string AsLine(const Node& node, const std::string& path) {
  const std::string text = AsString(node, path);
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), control)) {
    throw UserError(node.mark, path, "expected a text of one line without control characters");
  }
  return text;
}

template <typename Access>
Field TextField(const std::string& path, std::string description, Access access) {
  Field field{path, "text", "", "", "", std::move(description), nullptr, nullptr};
  field.read = [path, access](Experiment& e, const Node& node) { access(e) = AsLine(node, path); };
  field.text = [access](const Experiment& e) { return access(e); };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

// A path is relative to the file it is written in; on the command line, to the current directory. What is not
// there may be shipped.
template <typename Access>
Field PathField(const std::string& path, std::string description, Access access) {
  Field field{path, "path", "", "", "", std::move(description), nullptr, nullptr};
  field.read = [path, access](Experiment& e, const Node& node) {
    const std::filesystem::path written = AsLine(node, path);
    const std::filesystem::path beside = std::filesystem::path(node.mark.file).parent_path();
    const bool resolve = !written.empty() && !written.is_absolute() && node.mark.line > 0;
    const std::filesystem::path meant = resolve ? (beside / written).lexically_normal() : written;
    std::error_code error;
    const std::string shipped = std::filesystem::exists(meant, error) ? "" : FindBelowRoots(written);
    access(e) = shipped.empty() ? meant.string() : shipped;
  };
  field.text = [access](const Experiment& e) { return access(e); };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

inline std::string JoinNames(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

inline void CheckName(const Node& node, const std::string& path, const std::vector<std::string>& names) {
  const std::string text = AsString(node, path);
  if (std::find(names.begin(), names.end(), text) != names.end()) return;
  throw UserError(node.mark, path,
                  "unknown name '" + text.substr(0, 60) + "', expected one of " + JoinNames(names) +
                      DidYouMean(text, names));
}

template <typename Access>
Field NameField(const std::string& path, const std::vector<std::string>& names, std::string description,
                Access access) {
  Field field{path, "one of " + JoinNames(names), "", "", "", std::move(description), nullptr, nullptr};
  field.choices = names;
  field.read = [path, names, access](Experiment& e, const Node& node) {
    CheckName(node, path, names);
    access(e) = AsString(node, path);
  };
  field.text = [access](const Experiment& e) { return access(e); };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

// names[i] stands for the enum's value i.
template <typename Access>
Field EnumField(const std::string& path, const std::vector<std::string>& names, std::string description,
                Access access) {
  Field field{path, "one of " + JoinNames(names), "", "", "", std::move(description), nullptr, nullptr};
  field.choices = names;
  field.read = [path, names, access](Experiment& e, const Node& node) {
    CheckName(node, path, names);
    auto& member = access(e);
    const auto index = std::find(names.begin(), names.end(), node.scalar) - names.begin();
    member = static_cast<std::remove_reference_t<decltype(member)>>(index);
  };
  field.text = [names, access](const Experiment& e) { return names[static_cast<std::size_t>(access(e))]; };
  field.copy = [access](const Experiment& from, Experiment& to) { access(to) = access(from); };
  return field;
}

}  // namespace sushi::config
