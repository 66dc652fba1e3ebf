#include "sushi/tlm/payload_pool.hpp"

namespace sushi {

PayloadPool::~PayloadPool() {
  for (tlm::tlm_generic_payload* payload : all_) delete payload;  // deletes its extension, too
}

tlm::tlm_generic_payload& PayloadPool::Acquire() {
  if (idle_.empty()) {
    auto* payload = new tlm::tlm_generic_payload(this);
    payload->set_extension(new TileExtension);
    all_.push_back(payload);
    idle_.push_back(payload);
  }
  tlm::tlm_generic_payload* payload = idle_.back();
  idle_.pop_back();
  ++outstanding_;
  payload->acquire();
  return *payload;
}

void PayloadPool::free(tlm::tlm_generic_payload* payload) {
  payload->reset();  // drops auto-extensions; ours is sticky and cleared by hand
  *payload->get_extension<TileExtension>() = TileExtension();
  --outstanding_;
  idle_.push_back(payload);
}

TileExtension& TileOf(tlm::tlm_generic_payload& payload) { return *payload.get_extension<TileExtension>(); }

}  // namespace sushi
