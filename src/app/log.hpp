// Messages to stderr. spdlog stays behind these functions: its headers cost a file several seconds to
// compile.
#pragma once

#include <string>

namespace sushi::app {

void SetUpLog();      // warnings only
void LogVerbosely();  // and what is being done

void Warn(const std::string& message);
void Inform(const std::string& message);

}  // namespace sushi::app
