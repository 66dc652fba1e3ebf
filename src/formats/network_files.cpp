#include "sushi/formats/network_files.hpp"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

#include "sushi/core/error.hpp"
#include "sushi/formats/npy.hpp"

namespace sushi {
namespace {

namespace fs = std::filesystem;

// What belongs to nothing is most likely misnamed. `net` is what the names are of.
void CheckNames(const std::string& dir, const std::vector<std::string>& files,
                const std::vector<std::string>& directories, const std::string& net) {
  std::error_code error;
  const fs::directory_iterator entries(dir, error);
  if (error) throw UserError({dir, 0}, "", "cannot be read: " + error.message());
  std::vector<fs::directory_entry> found(begin(entries), end(entries));
  std::sort(found.begin(), found.end());
  for (const fs::directory_entry& entry : found) {
    const std::vector<std::string>& names = entry.is_directory() ? directories : files;
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() && entry.path().extension() != ".npy") continue;
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw UserError(
        {entry.path().string(), 0}, "",
        net + " has no such " + (entry.is_directory() ? "SubNet" : "layer") + DidYouMean(name, names));
  }
}

std::string Join(const std::string& dir, const std::string& name) { return (fs::path(dir) / name).string(); }

std::vector<std::int32_t> Int32sOf(const NpyArray& array) {
  std::vector<std::int32_t> values(array.bytes.size() / sizeof(std::int32_t));
  std::memcpy(values.data(), array.bytes.data(), array.bytes.size());
  return values;
}

void ReadSubNet(const std::string& dir, int subnet, NetworkData& data) {
  constexpr const char* kZeroPoints = "zero_points.npy";
  const SuperNet& net = data.net();
  const SubNet& chosen = net.subnets[static_cast<std::size_t>(subnet)];
  std::vector<std::string> names{kZeroPoints};
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    if (KernelsKept(net, subnet, static_cast<int>(i)) == 0) continue;
    for (const char* what : {".scale.npy", ".zero_point.npy"}) names.push_back(net.layers[i].name + what);
  }
  CheckNames(dir, names, {}, "SubNet " + chosen.name);
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const auto kernels = static_cast<std::int64_t>(KernelsKept(net, subnet, static_cast<int>(i)));
    if (kernels == 0) continue;
    const std::string& layer = net.layers[i].name;
    const auto scales = Int32sOf(ReadNpy(Join(dir, layer + ".scale.npy"), NpyType::kInt32, {{kernels}}));
    const std::string zero_points =
        ReadNpy(Join(dir, layer + ".zero_point.npy"), NpyType::kInt8, {{kernels}}).bytes;
    std::vector<QuantParam> params;
    for (std::size_t k = 0; k < scales.size(); ++k)
      params.push_back({scales[k], static_cast<std::int8_t>(zero_points[k])});
    data.SetQuantParams(subnet, static_cast<int>(i), std::move(params));
  }
  const std::string tensors =
      ReadNpy(Join(dir, kZeroPoints), NpyType::kUint8, {{static_cast<std::int64_t>(chosen.tensors.size())}})
          .bytes;
  data.SetZeroPoints(subnet, std::vector<std::uint8_t>(tensors.begin(), tensors.end()));
}

}  // namespace

void ReadNetwork(const std::string& dir, NetworkData& data) {
  const SuperNet& net = data.net();
  std::vector<std::string> files, directories;
  for (const SuperNetLayer& layer : net.layers) files.push_back(layer.name + ".npy");
  for (const SubNet& subnet : net.subnets) directories.push_back(subnet.name);
  CheckNames(dir, files, directories, net.name);
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const SuperNetLayer& layer = net.layers[i];
    const NpyArray array =
        ReadNpy(Join(dir, files[i]), NpyType::kInt8,
                {{layer.max_kernels, layer.KernelChannels(), layer.kernel_h, layer.kernel_w}});
    data.SetWeights(static_cast<int>(i), std::vector<std::int8_t>(array.bytes.begin(), array.bytes.end()));
  }
  for (std::size_t s = 0; s < net.subnets.size(); ++s) {
    if (fs::is_directory(Join(dir, directories[s])))
      ReadSubNet(Join(dir, directories[s]), static_cast<int>(s), data);
  }
}

void ReadImage(const std::string& path, int subnet, NetworkData& data) {
  const Tensor& image = data.net().subnets[static_cast<std::size_t>(subnet)].tensors.front();
  const NpyArray array =
      ReadNpy(path, NpyType::kUint8,
              {{image.channels, image.height, image.width}, {1, image.channels, image.height, image.width}});
  data.SetImage(subnet, std::vector<std::uint8_t>(array.bytes.begin(), array.bytes.end()));
}

}  // namespace sushi
