#include "model_readers.hpp"

#include <algorithm>

namespace sushi::config {

std::string At(const std::string& path, std::size_t i) { return path + "[" + std::to_string(i) + "]"; }

int Int(const Node& map, const char* key, const std::string& path, int low, int high) {
  return static_cast<int>(AsInt(Require(map, key, path), path + "." + key, low, high));
}

int IntOr(const Node& map, const char* key, const std::string& path, int low, int high, int otherwise) {
  return map.Find(key) == nullptr ? otherwise : Int(map, key, path, low, high);
}

std::string AsPlainName(const Node& node, const std::string& key) {
  constexpr std::size_t kMaxLength = 32;
  const std::string name = AsString(node, key);
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string("_-.+@").find(c) != std::string::npos;
  };
  if (!name.empty() && name.size() <= kMaxLength && std::all_of(name.begin(), name.end(), plain)) return name;
  throw UserError(node.mark, key,
                  "expected 1 to " + std::to_string(kMaxLength) + " letters, digits or _ - . + @, found '" +
                      name.substr(0, 2 * kMaxLength) + "'");
}

std::string ReadName(const Node& map, const std::string& path) {
  return AsPlainName(Require(map, "name", path), path + ".name");
}

double ReadTop1(const Node& map, const std::string& path) {
  const std::string key = path + ".top1_percent";
  const Node* top1 = map.Find("top1_percent");
  if (top1 == nullptr) {
    throw UserError(
        map.mark, key,
        "is missing; expected 0 to 100 (scheduling needs the accuracy of every SubNet, also of one "
        "whose accuracy is not published)");
  }
  return AsReal(*top1, key, 0, 100);
}

InputSizes ReadInputSizes(const Node& space, const std::string& path) {
  InputSizes sizes;
  sizes.min = Int(space, "input_min", path, 1, kMaxMapSize);
  sizes.max = Int(space, "input_max", path, sizes.min, kMaxMapSize);
  sizes.step = IntOr(space, "input_step", path, 1, kMaxMapSize, sizes.step);
  return sizes;
}

std::vector<int> ReadIntList(const Node& node, const std::string& path, int low, int high) {
  RequireKind(node, Node::Kind::kSequence, path);
  std::vector<int> values;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    values.push_back(static_cast<int>(AsInt(node.items[i], At(path, i), low, high)));
  }
  return values;
}

std::vector<double> ReadRatios(const Node& node, const std::string& path) {
  RequireKind(node, Node::Kind::kSequence, path);
  std::vector<double> values;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    values.push_back(AsReal(node.items[i], At(path, i), 0.001, kMaxRatio));
  }
  return values;
}

// The choices of a space: at least one, each larger than the one before.
std::vector<double> ReadChoices(const Node& space, const char* key, const std::string& path) {
  const Node& node = Require(space, key, path);
  const std::string full = path + "." + key;
  const std::vector<double> values = ReadRatios(node, full);
  if (values.empty() || values.size() > kMaxChoices) {
    throw UserError(node.mark, full, "expected 1 to " + std::to_string(kMaxChoices) + " numbers");
  }
  for (std::size_t i = 1; i < values.size(); ++i) {
    if (values[i] <= values[i - 1]) {
      throw UserError(node.items[i].mark, At(full, i), "expected a number above the one before it");
    }
  }
  return values;
}

std::vector<int> ReadIntChoices(const Node& space, const char* key, const std::string& path, int high) {
  ReadChoices(space, key, path);  // checks number and order
  return ReadIntList(*space.Find(key), path + "." + key, 1, high);
}

void Locate(const ChoiceError& error, const Node& map, const std::string& path) {
  const Node* node = map.Find(error.field());
  std::string key = path + "." + error.field();
  for (int i : error.index()) {
    key += "[" + std::to_string(i) + "]";
    const auto place = static_cast<std::size_t>(i);
    if (node != nullptr && place < node->items.size()) node = &node->items[place];
  }
  throw UserError(node != nullptr ? node->mark : map.mark, key, error.message());
}

}  // namespace sushi::config
