#include "sushi/config/shipped.hpp"

#include <sys/auxv.h>

#include <cstdlib>
#include <set>

#include "sushi/core/error.hpp"

namespace sushi::config {
namespace {

namespace fs = std::filesystem;

bool IsName(const std::string& text) {
  return text.find('/') == std::string::npos && !fs::path(text).has_extension();
}

// "" when it cannot be told.
fs::path RunningProgram() {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error) return program;
  // A root without /proc: as the kernel was asked to run it.
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel hands pointers over as numbers
  const auto* name = reinterpret_cast<const char*>(getauxval(AT_EXECFN));
  program = name == nullptr ? fs::path() : fs::canonical(name, error);
  return error ? fs::path() : program;
}

bool IsFile(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// dir/name.yaml of the first root that has it, else "".
std::string FirstPreset(const std::string& dir, const std::string& name) {
  for (const fs::path& root : ShippedRoots()) {
    const fs::path file = root / dir / (name + ".yaml");
    std::error_code error;
    if (fs::exists(file, error)) return file.lexically_normal().string();
  }
  return "";
}

}  // namespace

std::vector<fs::path> ShippedRoots() {
  std::vector<fs::path> roots;
  if (const char* home = std::getenv("SUSHISIM_HOME")) roots.emplace_back(home);
  roots.emplace_back(".");
  // Relative to the program, so that an installed tree may be moved.
  const fs::path program = RunningProgram();
  if (!program.empty()) roots.push_back((program.parent_path() / SUSHISIM_DATA_FROM_BIN).lexically_normal());
  roots.emplace_back(SUSHISIM_SOURCE_DIR);
  return roots;
}

std::string FindPreset(const std::string& dir, const std::string& name_or_path) {
  if (!IsName(name_or_path)) return name_or_path;
  const std::string found = FirstPreset(dir, name_or_path);
  if (!found.empty()) return found;
  std::set<std::string> known;
  for (const fs::path& root : ShippedRoots()) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(root / dir, error)) {
      if (entry.path().extension() == ".yaml") known.insert(entry.path().stem().string());
    }
  }
  std::string hint = DidYouMean(name_or_path, {known.begin(), known.end()});
  if (hint.empty()) {
    for (const std::string& name : known) hint += (hint.empty() ? "; there are: " : ", ") + name;
  }
  throw UserError("no '" + name_or_path.substr(0, 80) + ".yaml' in " + dir + hint);
}

std::string FindBelowRoots(const fs::path& written) {
  if (written.is_absolute()) return "";
  fs::path below;
  for (const fs::path& part : written.lexically_normal()) {
    if (part != "..") below /= part;
  }
  if (below.empty()) return "";
  for (const fs::path& root : ShippedRoots()) {
    for (const fs::path& file : {root / "configs" / below, root / below}) {
      if (IsFile(file)) return file.lexically_normal().string();
    }
  }
  return "";
}

std::string FindFile(const std::string& dir, const std::string& written) {
  std::error_code error;
  if (IsName(written) && fs::is_directory(written, error)) {  // results are often named after their preset
    const std::string preset = FirstPreset(dir, written);
    if (!preset.empty()) return preset;
  }
  if (written.empty() || fs::exists(written, error)) return written;
  if (IsName(written)) return FindPreset(dir, written);
  const std::string found = FindBelowRoots(written);
  return found.empty() ? written : found;
}

}  // namespace sushi::config
