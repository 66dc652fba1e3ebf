#include "json_text.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "sushi/formats/number.hpp"

namespace sushi::sweep {

void AppendJsonText(const std::string& text, std::string* json) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
  if (!plain) {
    *json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return;
  }
  *json += '"';
  *json += text;
  *json += '"';
}

void AppendJsonReal(double finite, std::string* json) {
  const std::string text = RealText(finite);
  *json += text;
  if (text.find_first_of(".e") == std::string::npos) *json += ".0";
}

}  // namespace sushi::sweep
