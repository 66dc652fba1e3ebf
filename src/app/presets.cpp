// `sushisim presets`: what is shipped, found where FindPreset() finds it.
#include "presets.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "install_arguments.hpp"
#include "sushi/config/shipped.hpp"
#include "sushi/core/error.hpp"

namespace sushi::app {
namespace {

namespace fs = std::filesystem;

struct Source {
  const char* kind;
  const char* dir;
  const char* extension;
};
constexpr Source kSources[] = {
    {"experiment", "configs/experiment", ".yaml"},
    {"sweep", "configs/sweep", ".yaml"},
    {"hardware", "configs/hardware", ".yaml"},
    {"memory", "configs/memory", ".yaml"},
    {"energy", "configs/energy", ".yaml"},
    {"scheduler", "configs/scheduler", ".yaml"},
    {"model", "models", ".yaml"},
    {"trace", "traces", ".csv"},
};

std::string ReadText(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) throw UserError({path.string(), 0}, "", "cannot read the file");
  return text.str();
}

bool IsStudy(const std::string& text) {
  return text.rfind("study:", 0) == 0 || text.find("\nstudy:") != std::string::npos;
}

// The first sentence of the comment that a file begins with.
std::string DescriptionOf(const std::string& text) {
  std::istringstream lines(text);
  std::string line, comment;
  while (std::getline(lines, line) && !line.empty() && line[0] == '#') {
    if (line.find("yaml-language-server:") != std::string::npos) continue;
    const std::size_t begin = line.find_first_not_of("# ");
    if (begin == std::string::npos) continue;
    const bool joins = comment.empty() || comment.back() == '-';
    comment += (joins ? "" : " ") + line.substr(begin);
  }
  const std::size_t end = comment.find(". ");
  return end == std::string::npos ? comment : comment.substr(0, end + 1);
}

std::string DescriptionOfTrace(const std::string& text) {
  const auto lines = std::count(text.begin(), text.end(), '\n');
  return std::to_string(lines - 1) + " queries (traces/README.md).";
}

// Words in lines of at most 80, from `column` on.
std::string Wrapped(const std::string& text, std::size_t column) {
  constexpr std::size_t kWidth = 80;
  std::istringstream words(text);
  std::string out, word;
  std::size_t at = column;
  while (words >> word) {
    if (at > column && at + 1 + word.size() > kWidth) {
      out += "\n" + std::string(column, ' ');
      at = column;
    }
    out += (at > column ? " " : "") + word;
    at += word.size() + (at > column ? 1 : 0);
  }
  return out;
}

std::vector<Preset> Matching(const std::string& name) {
  std::vector<Preset> found;
  for (const Preset& preset : ShippedPresets()) {
    if (name == preset.name || name == preset.kind + "/" + preset.name) found.push_back(preset);
  }
  return found;
}

const Preset& Only(const std::vector<Preset>& found, const std::string& name) {
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    std::vector<std::string> known;
    for (const Preset& preset : ShippedPresets()) {
      known.push_back(preset.name);
      known.push_back(preset.kind + "/" + preset.name);
    }
    throw UserError("no preset '" + name.substr(0, 80) + "'" + DidYouMean(name, known) +
                    " (see sushisim presets list)");
  }
  std::string names;
  for (const Preset& preset : found)
    names.append(names.empty() ? "" : ", ").append(preset.kind).append("/").append(preset.name);
  throw UserError("'" + name + "' is the name of several presets: " + names);
}

void List(const std::string& kind, bool json) {
  std::vector<Preset> presets = ShippedPresets();
  if (!kind.empty()) {
    std::vector<std::string> kinds;
    for (const Preset& preset : presets) {
      if (kinds.empty() || kinds.back() != preset.kind) kinds.push_back(preset.kind);
    }
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) {
      throw UserError("no presets of the kind '" + kind.substr(0, 80) + "'" + DidYouMean(kind, kinds));
    }
    presets.erase(std::remove_if(presets.begin(), presets.end(),
                                 [&](const Preset& preset) { return preset.kind != kind; }),
                  presets.end());
  }
  if (json) {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    for (const Preset& preset : presets) {
      all.push_back({{"kind", preset.kind},
                     {"name", preset.name},
                     {"description", preset.description},
                     {"file", preset.file}});
    }
    std::cout << all.dump(1) << "\n";
    return;
  }
  std::size_t widest = 0;
  for (const Preset& preset : presets) widest = std::max(widest, preset.name.size());
  std::string last;
  for (const Preset& preset : presets) {
    if (preset.kind != last) std::cout << (last.empty() ? "" : "\n") << preset.kind << "\n";
    last = preset.kind;
    std::cout << "  " << preset.name << std::string(widest - preset.name.size() + 2, ' ')
              << Wrapped(preset.description, widest + 4) << "\n";
  }
}

struct PresetOptions {
  std::string kind, name;
  bool json = false;
};

}  // namespace

std::vector<Preset> ShippedPresets() {
  std::vector<Preset> presets, studies;
  for (const Source& source : kSources) {
    std::map<std::string, fs::path> files;  // by name; of the first root that has it
    for (const fs::path& root : config::ShippedRoots()) {
      std::error_code error;
      for (const auto& entry : fs::directory_iterator(root / source.dir, error)) {
        if (entry.path().extension() == source.extension) files.emplace(entry.path().stem(), entry.path());
      }
    }
    for (const auto& [name, path] : files) {
      const std::string text = ReadText(path);
      const bool trace = source.extension == std::string(".csv");
      Preset preset{source.kind, name, trace ? DescriptionOfTrace(text) : DescriptionOf(text),
                    path.lexically_normal().string()};
      if (source.kind == std::string("experiment") && IsStudy(text)) {
        preset.kind = "study";
        studies.push_back(std::move(preset));
      } else {
        presets.push_back(std::move(preset));
      }
    }
    if (source.kind == std::string("experiment")) {
      presets.insert(presets.end(), studies.begin(), studies.end());
    }
  }
  return presets;
}

void AddPresets(CLI::App& app) {
  const auto options = std::make_shared<PresetOptions>();
  CLI::App* presets = app.add_subcommand("presets", "list or print what is shipped");
  presets->require_subcommand(1);
  CLI::App* list = presets->add_subcommand("list", "names with a line of description, by kind");
  list->add_option("kind", options->kind, "only this kind")
      ->type_name("experiment|study|sweep|hardware|memory|energy|scheduler|model|trace");
  list->add_flag("--json", options->json, "print JSON, with the files");
  list->callback([options] { List(options->kind, options->json); });
  CLI::App* show = presets->add_subcommand("show", "print the file, after a line that says where it is");
  show->add_option("name", options->name, "NAME, or KIND/NAME where several have it")
      ->required()
      ->type_name("PRESET");
  show->callback([options] {
    const std::vector<Preset> found = Matching(options->name);
    const Preset& preset = Only(found, options->name);
    std::cout << "# " << preset.file << "\n" << ReadText(preset.file);
  });
}

}  // namespace sushi::app
