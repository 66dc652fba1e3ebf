// What a half-written command line may go on with. The shells' scripts ask for it, so it is always that of
// the program that is called: its commands, options, keys, presets and registered policies.
#include <algorithm>
#include <iostream>
#include <regex>

#include "install_arguments.hpp"
#include "presets.hpp"
#include "sushi/config/fields.hpp"
#include "sushi/config/shipped.hpp"

namespace sushi::app {
namespace {

class Candidates {
 public:
  Candidates(std::string begin, std::ostream& out) : begin_(std::move(begin)), out_(out) {}

  void Add(const std::string& text, const std::string& description = "") {
    if (text.compare(0, begin_.size(), begin_) != 0) return;
    const std::size_t line = description.find('\n');
    out_ << text << "\t" << description.substr(0, line) << "\n";
  }
  void Directive(const char* directive) { out_ << directive << "\n"; }
  const std::string& begin() const { return begin_; }

 private:
  std::string begin_;
  std::ostream& out_;
};

// "a|b|c" or "TEXT:{a,b,c}": the words that an option takes.
std::vector<std::string> WordsOf(const std::string& type_name) {
  const std::size_t open = type_name.find('{');
  const bool listed = open != std::string::npos;
  const std::string list = listed ? type_name.substr(open + 1, type_name.find('}') - open - 1) : type_name;
  const auto lower = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '|' || c == '-';
  };
  const bool words =
      listed || (list.find('|') != std::string::npos && std::all_of(list.begin(), list.end(), lower));
  if (!words) return {};
  std::vector<std::string> found;
  const char separator = listed ? ',' : '|';
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(separator, begin), list.size());
    found.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return found;
}

void AddFieldValues(const config::Field& field, Candidates& candidates) {
  const std::string key = field.path + "=";
  for (const std::string& choice : field.choices) candidates.Add(key + choice, field.description);
  if (field.type == "true/false") {
    candidates.Add(key + "true", field.description);
    candidates.Add(key + "false", field.description);
  }
  if (field.type == "path" || field.type == "directory") candidates.Directive(":files");
}

// KEY=VALUE of --set.
void AddSettings(Candidates& candidates) {
  const std::size_t equals = candidates.begin().find('=');
  if (equals == std::string::npos) {
    for (const config::Field& field : config::Fields()) candidates.Add(field.path + "=", field.description);
    return;
  }
  const config::Field* field = config::FindField(candidates.begin().substr(0, equals));
  if (field != nullptr) AddFieldValues(*field, candidates);
}

// The shipped names of "name in configs/hardware", which the help of an option says.
void AddPresetsOf(const std::string& help, Candidates& candidates) {
  static const std::regex where("names? in (configs/[a-z]+|models)");
  std::smatch match;
  if (!std::regex_search(help, match, where)) return;
  for (const Preset& preset : ShippedPresets()) {
    if (preset.file.find(match[1].str() + "/") != std::string::npos) {
      candidates.Add(preset.name, preset.description);
    }
  }
}

void AddPresetNames(Candidates& candidates) {
  for (const Preset& preset : ShippedPresets()) {
    candidates.Add(preset.name, preset.description);
    if (candidates.begin().find('/') != std::string::npos) {
      candidates.Add(preset.kind + "/" + preset.name, preset.description);
    }
  }
}

void AddValues(const CLI::Option& option, Candidates& candidates) {
  const std::string type = option.get_type_name();
  for (const std::string& word : WordsOf(type)) candidates.Add(word, option.get_description());
  if (type == "KEY=VALUE") AddSettings(candidates);
  if (type == "PRESET") AddPresetNames(candidates);
  AddPresetsOf(option.get_description(), candidates);
  if (type.find("FILE") != std::string::npos) candidates.Directive(":files");
  if (type.find("DIR") != std::string::npos) candidates.Directive(":dirs");
}

bool TakesValue(const CLI::Option& option) { return option.get_items_expected_max() > 0; }

const CLI::Option* FindOption(const CLI::App& app, const std::string& name) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->check_name(name)) return option;
  }
  return nullptr;
}

void AddOptionNames(const CLI::App& app, Candidates& candidates) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames())
      candidates.Add("--" + name, option->get_description());
    for (const std::string& name : option->get_snames())
      candidates.Add("-" + name, option->get_description());
  }
}

// The positional that comes after `taken` of them; the last one may be repeated.
const CLI::Option* PositionalAfter(const CLI::App& app, std::size_t taken) {
  const CLI::Option* last = nullptr;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    last = option;
    if (taken-- == 0) return option;
  }
  return last != nullptr && last->get_items_expected_max() > 1 ? last : nullptr;
}

struct Place {
  const CLI::App* command;
  const CLI::Option* waiting = nullptr;  // the option whose value comes next
  int values = 0;                        // that it still takes
  std::size_t positionals = 0;
};

void Advance(const std::string& word, Place& place) {
  if (place.waiting != nullptr) {
    if (--place.values == 0) place.waiting = nullptr;
  } else if (word.size() > 1 && word[0] == '-') {
    const CLI::Option* option = FindOption(*place.command, word.substr(0, word.find('=')));
    const bool open = option != nullptr && TakesValue(*option) && word.find('=') == std::string::npos;
    if (!open) return;
    place.waiting = option;
    place.values = std::max(1, option->get_type_size_max());
  } else {
    const auto named = [&](const CLI::App* command) { return command->get_name() == word; };
    const auto commands = place.command->get_subcommands(named);
    if (!commands.empty()) {
      place = {commands.front()};
    } else {
      ++place.positionals;
    }
  }
}

}  // namespace

void PrintCandidates(const CLI::App& app, const std::vector<std::string>& words, std::ostream& out) {
  if (words.empty()) return;
  Place place{&app};
  for (std::size_t i = 0; i + 1 < words.size(); ++i) Advance(words[i], place);
  Candidates candidates(words.back(), out);
  if (place.waiting != nullptr) return AddValues(*place.waiting, candidates);
  if (!words.back().empty() && words.back()[0] == '-') return AddOptionNames(*place.command, candidates);
  const auto shown = [](const CLI::App* command) { return !command->get_group().empty(); };
  for (const CLI::App* command : place.command->get_subcommands(shown)) {
    candidates.Add(command->get_name(), command->get_description());
  }
  const CLI::Option* positional = PositionalAfter(*place.command, place.positionals);
  if (positional != nullptr) AddValues(*positional, candidates);
}

}  // namespace sushi::app
