#include "sushi/formats/json_file.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uintmax_t kMaxBytes = 256 << 20;
constexpr int kMaxDepth = 64;  // dump() recurses

Json Parse(const std::string& text, const std::string& path, int first_line) {
  const auto check_depth = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > kMaxDepth) throw UserError({path, first_line}, "", "is nested more than 64 deep");
    return true;
  };
  try {
    return Json::parse(text, check_depth);
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    const auto line = static_cast<int>(std::count(text.begin(), end, '\n')) + first_line;
    throw UserError({path, line}, "", "is not JSON");
  } catch (const Json::exception&) {
    throw UserError({path, first_line}, "", "holds a number that no double holds");
  }
}

}  // namespace

Json ReadJsonFile(const std::string& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) throw UserError({path, 0}, "", "is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) throw UserError({path, 0}, "", "cannot open the file");
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!error && size > kMaxBytes) throw UserError({path, 0}, "", "larger than 256 MiB");
  return Parse(std::string(std::istreambuf_iterator<char>(in), {}), path, 1);
}

Json ParseJsonLine(const std::string& text, const std::string& path, int line) {
  return Parse(text, path, line);
}

void RequireSchema(const Json& json, const std::string& path, int version) {
  const auto found = json.is_object() ? json.find("schema_version") : json.end();
  if (!json.is_object() || found == json.end())
    throw UserError({path, 0}, "schema_version", "is missing: not a result of sushisim");
  if (*found != version) {
    throw UserError({path, 0}, "schema_version",
                    "is " + found->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 20) +
                        ", this program reads " + std::to_string(version));
  }
}

}  // namespace sushi
