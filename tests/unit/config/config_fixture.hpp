// Small configuration files on disk, and what the user is told about them.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "sushi/core/error.hpp"

namespace sushi::config {

// The message of the UserError that `run` must end with.
template <typename Run>
std::string ErrorOf(Run run) {
  try {
    run();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no UserError";
}

// Every test has a directory of its own and works in it, so paths in messages are short.
class InDirectory : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    home_ = std::filesystem::current_path();
    directory_ = std::filesystem::temp_directory_path() /
                 ("sushisim-" + std::to_string(getpid()) + "-" + info->test_suite_name() + info->name());
    std::filesystem::create_directories(directory_);
    std::filesystem::current_path(directory_);
  }
  void TearDown() override {
    std::filesystem::current_path(home_);
    std::filesystem::remove_all(directory_);
  }

  static std::string Write(const std::string& name, const std::string& text) {
    const std::filesystem::path path(name);
    if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
    return name;
  }
  // A configuration file: the text follows the version in line 1.
  static std::string WriteConfig(const std::string& name, const std::string& text) {
    return Write(name, "schema_version: 1\n" + text);
  }

 private:
  std::filesystem::path home_, directory_;
};

}  // namespace sushi::config
