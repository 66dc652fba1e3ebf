#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace sushi::app {

void SetUpLog() {
  spdlog::set_default_logger(spdlog::stderr_logger_st("sushisim"));
  spdlog::set_pattern("sushisim: %v");
  spdlog::set_level(spdlog::level::warn);
}

void LogVerbosely() { spdlog::set_level(spdlog::level::info); }

void Warn(const std::string& message) { spdlog::warn(spdlog::string_view_t(message)); }

void Inform(const std::string& message) { spdlog::info(spdlog::string_view_t(message)); }

}  // namespace sushi::app
