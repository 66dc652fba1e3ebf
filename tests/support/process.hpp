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
    return {WEXITSTATUS(status), ReadFile(dir_ / ".out"), WithoutSanitizerNote(ReadFile(dir_ / ".err"))};
  }

 private:
  // ASan says once, in three lines, that it cannot follow an exception out of a SystemC coroutine.
  static std::string WithoutSanitizerNote(const std::string& err) {
    if (err.rfind("==", 0) != 0 || err.find("__asan_handle_no_return") > err.find('\n')) return err;
    std::size_t end = 0;
    for (int line = 0; line < 3 && end != std::string::npos; ++line) end = err.find('\n', end) + 1;
    return err.substr(end);
  }

  std::filesystem::path dir_;
};

}  // namespace sushi::testing
