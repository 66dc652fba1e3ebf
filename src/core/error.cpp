#include "sushi/core/error.hpp"

#include <algorithm>
#include <numeric>

namespace sushi {
namespace {

std::string Located(const SourceMark& mark, const std::string& key, const std::string& message) {
  std::string text;
  if (!mark.file.empty()) {
    text += mark.file;
    if (mark.line > 0) text += ":" + std::to_string(mark.line);
    text += ": ";
  }
  if (!key.empty()) text += key + ": ";
  return text + message;
}

std::size_t EditDistance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

}  // namespace

UserError::UserError(const SourceMark& mark, const std::string& key, const std::string& message)
    : std::runtime_error(Located(mark, key, message)) {}

std::string DidYouMean(const std::string& word, const std::vector<std::string>& known) {
  // A word this long is not a misspelt name; and the distance costs |word|·|name|.
  constexpr std::size_t kLongestWord = 256;
  if (word.size() > kLongestWord) return "";
  const std::string* nearest = nullptr;
  std::size_t least = 0;
  constexpr std::size_t kTellingStart = 5;  // a name's beginning tells more than another's like letters
  const auto starts = [&](const std::string& name) { return name.compare(0, word.size(), word) == 0; };
  const auto begun = std::find_if(known.begin(), known.end(), starts);
  if (word.size() >= kTellingStart && begun != known.end()) return " (did you mean '" + *begun + "'?)";
  for (const std::string& name : known) {
    const std::size_t distance = EditDistance(word, name);
    if (distance * 3 > std::max(word.size(), name.size())) continue;
    if (nearest == nullptr || distance < least) {
      nearest = &name;
      least = distance;
    }
  }
  return nearest == nullptr ? "" : " (did you mean '" + *nearest + "'?)";
}

}  // namespace sushi
