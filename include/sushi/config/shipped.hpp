// Where the files that come with sushisim are: configs/, models/, traces/, schemas/.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace sushi::config {

// The directories that are searched, in this order, whether they exist or not: $SUSHISIM_HOME, the current
// directory, share/sushisim of the installation that the running program is in, the source tree.
std::vector<std::filesystem::path> ShippedRoots();

// A path, or the NAME of a shipped file: DIR/NAME.yaml under the first root that has it. UserError with the
// nearest name.
std::string FindPreset(const std::string& dir, const std::string& name_or_path);

// What a command line's FILE means: the file if it is there; else the same relative path below configs/ or a
// root itself (hardware/zcu104.yaml, models/tiny.yaml); else, without a `/` or an extension, the shipped
// NAME below DIR. A path that is nowhere is returned as it is, so that reading it says so.
std::string FindFile(const std::string& dir, const std::string& written);

// The relative path `written`, without the ".." it begins with, below configs/ of a root or a root itself; ""
// when it is nowhere. So a copy of a shipped file finds what it names from any directory.
std::string FindBelowRoots(const std::filesystem::path& written);

}  // namespace sushi::config
