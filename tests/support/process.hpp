// Runs the real program as a user would and catches what it says.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sushi::testing {

inline std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Outcome {
  int exit_code = 0;
  std::string out, err;
};

// An empty directory of the test's own, removed afterwards.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "sushisim-test-XXXXXX").string();
    dir_ = mkdtemp(name.data());
  }
  ~Scratch() { std::filesystem::remove_all(dir_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& dir() const { return dir_; }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name, std::ios::binary) << text;
    return (dir_ / name).string();
  }
  // `sushisim ARGS` in the scratch directory; `redirect` may send stdout elsewhere.
  Outcome Run(const std::string& args, const std::string& redirect = "> .out") const {
    const std::string command =
        "cd '" + dir_.string() + "' && " SUSHISIM_BINARY " " + args + " " + redirect + " 2> .err < /dev/null";
    const int status = std::system(command.c_str());
    return {WEXITSTATUS(status), ReadFile(dir_ / ".out"), ReadFile(dir_ / ".err")};
  }

 private:
  std::filesystem::path dir_;
};

}  // namespace sushi::testing
