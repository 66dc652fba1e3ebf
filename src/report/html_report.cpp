#include "sushi/report/html_report.hpp"

#include <cstring>
#include <nlohmann/json.hpp>

#include "html_assets.hpp"
#include "sushi/core/error.hpp"

namespace sushi::report {
namespace {

std::string AssetText(const std::string& name) {
  for (const HtmlAsset* asset = kHtmlAssets; asset->name != nullptr; ++asset) {
    if (name == asset->name) return asset->Text();
  }
  throw InternalError("no embedded file " + name);
}

bool EndsWith(const char* name, const char* end) {
  const std::size_t size = std::strlen(name);
  const std::size_t length = std::strlen(end);
  return size >= length && std::strcmp(name + size - length, end) == 0;
}

// Ours are what is not D3's.
std::string Scripts(bool library) {
  std::string text;
  for (const HtmlAsset* asset = kHtmlAssets; asset->name != nullptr; ++asset) {
    if (EndsWith(asset->name, ".js") && (std::strncmp(asset->name, "d3-", 3) == 0) == library)
      text += asset->Text() + "\n";
  }
  return text;
}

}  // namespace

std::string ScriptJson(const nlohmann::ordered_json& json) {
  const std::string dumped = json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
  std::string text;
  text.reserve(dumped.size());
  for (const char c : dumped) {
    if (c == '<') {
      text += "\\u003c";
    } else if (c == '>') {
      text += "\\u003e";
    } else if (c == '&') {
      text += "\\u0026";
    } else {
      text += c;
    }
  }
  return text;
}

std::string ReportPage(const nlohmann::ordered_json& data) {
  const std::string page = AssetText("report.html");
  std::string text;
  std::size_t done = 0;
  const auto put = [&](const char* marker, const std::string& what) {
    const std::size_t at = page.find(marker, done);
    if (at == std::string::npos) throw InternalError(std::string("report.html has no ") + marker);
    text.append(page, done, at - done) += what;
    done = at + std::strlen(marker);
  };
  put("/*STYLE*/", AssetText("report.css"));
  put("/*DATA*/", ScriptJson(data));
  put("/*LIBRARY*/",
      "/*\nD3 (https://d3js.org), in parts:\n\n" + AssetText("LICENSE") + "*/\n" + Scripts(true));
  put("/*SCRIPTS*/", Scripts(false));
  return text.append(page, done);
}

}  // namespace sushi::report
