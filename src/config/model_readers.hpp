// Pieces that the rules of a model file share. `path` is the full key of the map that is read.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "sushi/config/tree.hpp"
#include "sushi/supernet/ofa_choice.hpp"
#include "sushi/supernet/supernet.hpp"

namespace sushi::config {

// Wide enough for any network, narrow enough that no product of them overflows an int.
inline constexpr int kMaxBlocks = 1024;
inline constexpr int kMaxDivisor = 1024;
inline constexpr double kMaxRatio = 16;
inline constexpr std::size_t kMaxChoices = 64;

std::string At(const std::string& path, std::size_t i);  // path[i]

int Int(const Node& map, const char* key, const std::string& path, int low, int high);
int IntOr(const Node& map, const char* key, const std::string& path, int low, int high, int otherwise);
// A name that stands in tables, file names and command lines: no spaces, commas or control characters.
std::string AsPlainName(const Node& node, const std::string& key);
std::string ReadName(const Node& map, const std::string& path);
// Scheduling needs the accuracy of every SubNet, so there is no default.
double ReadTop1(const Node& map, const std::string& path);
InputSizes ReadInputSizes(const Node& space, const std::string& path);

std::vector<int> ReadIntList(const Node& node, const std::string& path, int low, int high);
std::vector<double> ReadRatios(const Node& node, const std::string& path);
// The choices of a space: at least one, each larger than the one before.
std::vector<double> ReadChoices(const Node& space, const char* key, const std::string& path);
std::vector<int> ReadIntChoices(const Node& space, const char* key, const std::string& path, int high);
// One list a stage: `read` is ReadRatios, say.
template <typename T, typename Read>
std::vector<std::vector<T>> ReadStages(const Node& choice, const char* key, const std::string& path,
                                       Read read) {
  const Node& node = Require(choice, key, path);
  const std::string full = path + "." + key;
  RequireKind(node, Node::Kind::kSequence, full);
  std::vector<std::vector<T>> stages;
  for (std::size_t s = 0; s < node.items.size(); ++s) stages.push_back(read(node.items[s], At(full, s)));
  return stages;
}

template <std::size_t N>
std::array<int, N> ReadInts(const Node& map, const char* key, const std::string& path, int low, int high) {
  const Node& node = Require(map, key, path);
  const std::string full = path + "." + key;
  RequireKind(node, Node::Kind::kSequence, full);
  if (node.items.size() != N) {
    throw UserError(node.mark, full,
                    "expected " + std::to_string(N) + " numbers, found " + std::to_string(node.items.size()));
  }
  std::array<int, N> values{};
  for (std::size_t i = 0; i < N; ++i) {
    values[i] = static_cast<int>(AsInt(node.items[i], At(full, i), low, high));
  }
  return values;
}

// Gives a violation of the rule the line and the full key of what it is about.
[[noreturn]] void Locate(const ChoiceError& error, const Node& map, const std::string& path);

// Fills `net`, whose name is set. `Space` and the reader of a choice belong to one rule; ExpandSpace and
// ExpandSubNet are overloaded. `list` is supernet.subnets.
template <typename Space, typename Choice>
void Expand(Space space, const Node& section, const Node& list,
            Choice (*read_choice)(const Node&, const std::string&), SuperNet& net) {
  space.name = net.name;
  try {
    net = ExpandSpace(space);
  } catch (const ChoiceError& error) {
    Locate(error, *section.Find("space"), "supernet.space");
  }
  for (std::size_t i = 0; i < list.items.size(); ++i) {
    const std::string path = At("supernet.subnets", i);
    const Choice choice = read_choice(list.items[i], path);
    try {
      net.subnets.push_back(ExpandSubNet(space, net, choice));
    } catch (const ChoiceError& error) {
      Locate(error, list.items[i], path);
    }
  }
}

// The rules; `net` and `list` as above.
void LoadOfaResNet(const Node& section, const Node& list, SuperNet& net);
void LoadOfaMbv3(const Node& section, const Node& list, SuperNet& net);

}  // namespace sushi::config
