// Payloads with their TileExtension, taken from and returned to a pool. outstanding() must be 0 at the
// end of a simulation.
#pragma once

#include <memory>
#include <tlm>
#include <vector>

#include "sushi/tlm/tile_extension.hpp"

namespace sushi {

class PayloadPool : public tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;
  ~PayloadPool() override;

  // A payload with one reference and a cleared TileExtension; release() it when done.
  tlm::tlm_generic_payload& Acquire();
  // Called by the payload's last release(): a stale extension must not reach the next user.
  void free(tlm::tlm_generic_payload* payload) override;
  int outstanding() const { return outstanding_; }

 private:
  std::vector<tlm::tlm_generic_payload*> all_;
  std::vector<tlm::tlm_generic_payload*> idle_;
  int outstanding_ = 0;
};

TileExtension& TileOf(tlm::tlm_generic_payload& payload);

}  // namespace sushi
