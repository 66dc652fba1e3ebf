#include "sushi/formats/network_files.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "sushi/core/error.hpp"
#include "sushi/formats/npy.hpp"

namespace sushi {
namespace {

namespace fs = std::filesystem;

// A file that belongs to no layer is most likely misnamed.
void CheckNames(const std::string& dir, const SuperNet& net) {
  std::error_code error;
  fs::directory_iterator files(dir, error);
  if (error) throw UserError({dir, 0}, "", "cannot be read: " + error.message());
  std::vector<std::string> names, found;
  for (const SuperNetLayer& layer : net.layers) names.push_back(layer.name + ".npy");
  for (const fs::directory_entry& file : files) {
    if (file.path().extension() == ".npy") found.push_back(file.path().filename().string());
  }
  std::sort(found.begin(), found.end());
  for (const std::string& name : found) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    throw UserError({(fs::path(dir) / name).string(), 0}, "",
                    net.name + " has no such layer" + DidYouMean(name, names));
  }
}

}  // namespace

void ReadWeights(const std::string& dir, NetworkData& data) {
  const SuperNet& net = data.net();
  CheckNames(dir, net);
  for (std::size_t i = 0; i < net.layers.size(); ++i) {
    const SuperNetLayer& layer = net.layers[i];
    const NpyArray array = ReadNpy((fs::path(dir) / (layer.name + ".npy")).string(), NpyType::kInt8,
                                   {{layer.max_kernels, layer.max_channels, layer.kernel_h, layer.kernel_w}});
    data.SetWeights(static_cast<int>(i), std::vector<std::int8_t>(array.bytes.begin(), array.bytes.end()));
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
