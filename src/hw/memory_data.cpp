#include "sushi/hw/memory_data.hpp"

#include "sushi/tlm/tile_extension.hpp"

namespace sushi {

void MoveData(tlm::tlm_generic_payload& payload, DramImage& image) {
  std::uint8_t* bytes = payload.get_data_ptr();
  if (bytes == nullptr) return;
  if (payload.is_write()) {
    image.Write(payload.get_address(), bytes, payload.get_data_length());
    return;
  }
  auto* tile = payload.get_extension<TileExtension>();
  if (tile == nullptr || tile->places == nullptr) {
    image.Read(payload.get_address(), bytes, payload.get_data_length());
    return;
  }
  image.Gather(*tile->places, bytes);
  tile->gathered = true;
}

}  // namespace sushi
