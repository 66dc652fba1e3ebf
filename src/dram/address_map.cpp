#include "sushi/dram/address_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

int BitsOf(std::int64_t count) {
  int bits = 0;
  while ((std::int64_t{1} << bits) < count) ++bits;
  return bits;
}

}  // namespace

// Reads "row:ba:bg:col2:ra:col" into slices, least significant first, or says what is wrong.
struct AddressMapParser {
  using Target = AddressMap::Target;
  struct Field {
    Target target;
    std::vector<const char*> names;  // the first is the one in messages
    int bits;
    int used = 0;
    bool open = false;  // stands there without a number of bits
  };

  explicit AddressMapParser(const DramDeviceConfig& dram)
      : fields{{{Target::kGroup, {"bg", "bankgroup"}, BitsOf(dram.organization.bank_groups)},
                {Target::kBank, {"ba", "bank"}, BitsOf(dram.organization.banks_per_group)},
                {Target::kRank, {"ra", "rank"}, BitsOf(dram.organization.ranks)},
                {Target::kRow, {"row", "ro"}, BitsOf(dram.organization.rows)},
                {Target::kColumn, {"col", "co", "column"}, BitsOf(dram.organization.BurstsPerRow())},
                {Target::kChannel, {"ch", "channel"}, BitsOf(dram.organization.channels)}}} {}

  std::string Parse(const std::string& map) {
    std::vector<std::string> tokens(1);
    for (const char c : map) {
      if (c == ':') {
        tokens.emplace_back();
      } else {
        tokens.back() += c;
      }
    }
    std::string fault;
    for (const std::string& token : tokens) {
      if (fault.empty()) fault = Read(token);
    }
    if (!fault.empty()) return fault;
    Place();
    for (const Field& field : fields) {
      if (field.used == field.bits) continue;
      return "covers " + std::to_string(field.used) + " of the " + std::to_string(field.bits) + " bits of '" +
             field.names.front() + "'";
    }
    return "";
  }

  // A field without a number of bits has what the others of its name leave.
  std::string Read(const std::string& token) {
    const std::size_t digits = token.find_first_of("0123456789");
    const std::string name = token.substr(0, digits);
    Field* field = Find(name);
    if (field == nullptr) {
      return "has no field '" + token.substr(0, 40) + "'" +
             DidYouMean(name, {"row", "col", "bank", "bg", "rank", "ch"}) +
             "; expected row, col, ba, bg, ra, ch from most to least significant, joined by ':'";
    }
    int bits = 0;
    if (digits == std::string::npos) {
      if (field->open) return "gives the bits of '" + name + "' twice";
      field->open = true;
    } else {
      const char* end = token.data() + token.size();
      const auto read = std::from_chars(token.data() + digits, end, bits);
      if (read.ec != std::errc() || read.ptr != end || bits < 1 || bits > field->bits - field->used) {
        return "has '" + token.substr(0, 40) + "', but " + std::to_string(field->bits - field->used) +
               " bits of '" + field->names.front() + "' are left";
      }
      field->used += bits;
    }
    slices.push_back({field->target, bits, 0, 0});
    return "";
  }

  // Fills in what was left open, and puts the least significant slice first.
  void Place() {
    std::reverse(slices.begin(), slices.end());
    std::array<int, 6> placed{};
    for (AddressMap::Slice& slice : slices) {
      Field& field = *std::find_if(fields.begin(), fields.end(),
                                   [&](const Field& f) { return f.target == slice.target; });
      if (slice.bits == 0) {
        slice.bits = field.bits - field.used;
        field.used = field.bits;
      }
      int& shift = placed[static_cast<std::size_t>(slice.target)];
      slice.target_shift = shift;
      shift += slice.bits;
    }
  }

  Field* Find(const std::string& name) {
    for (Field& field : fields) {
      for (const char* known : field.names) {
        if (name == known) return &field;
      }
    }
    return nullptr;
  }

  std::array<Field, 6> fields;
  std::vector<AddressMap::Slice> slices;
};

std::string AddressMap::Fault(const DramDeviceConfig& dram) {
  AddressMapParser parser(dram);
  const std::string fault = parser.Parse(dram.controller.address_map);
  if (!fault.empty()) return fault;
  int channel_slices = 0;
  for (const Slice& slice : parser.slices)
    channel_slices += slice.target == Target::kChannel && slice.bits > 0;
  return channel_slices > 1 ? "splits 'ch': its bits must stand together" : "";
}

AddressMap::AddressMap(const DramDeviceConfig& dram)
    : groups_(dram.organization.bank_groups), banks_(dram.organization.banks_per_group) {
  AddressMapParser parser(dram);
  const std::string fault = parser.Parse(dram.controller.address_map);
  if (!fault.empty()) throw InternalError("address map " + fault);
  int shift = 0;
  for (Slice slice : parser.slices) {
    if (slice.bits == 0) continue;
    if (slice.target == Target::kChannel) {
      channel_shift_ = shift;
      channel_bits_ = slice.bits;
      continue;
    }
    slice.address_shift = shift;
    shift += slice.bits;
    slices_.push_back(slice);
  }
  if (channel_bits_ == 0) channel_shift_ = shift;
  if (!slices_.empty() && slices_.front().target == Target::kColumn) stretch_bits_ = slices_.front().bits;
  if (slices_.empty() || slices_.front().target != Target::kGroup) return;
  int bits = 0;
  for (const Slice& slice : slices_) {
    if (slice.target == Target::kColumn) {
      round_bits_ = bits;
      round_block_bits_ = bits + slice.bits;
    }
    if (slice.target != Target::kGroup && slice.target != Target::kBank) return;
    bits += slice.bits;
  }
}

int AddressMap::ChannelOf(std::uint64_t burst) const {
  return static_cast<int>((burst >> channel_shift_) & ((std::uint64_t{1} << channel_bits_) - 1));
}

std::uint64_t AddressMap::ChannelBurst(std::uint64_t burst) const {
  const std::uint64_t low = burst & (interleave() - 1);
  return (burst >> (channel_shift_ + channel_bits_) << channel_shift_) | low;
}

std::uint64_t AddressMap::BurstsBefore(std::uint64_t burst, int channel) const {
  const int round = channel_shift_ + channel_bits_;
  const std::uint64_t rest = burst & ((std::uint64_t{1} << round) - 1);
  const std::uint64_t begin = static_cast<std::uint64_t>(channel) << channel_shift_;
  const std::uint64_t part = rest <= begin ? 0 : std::min(rest - begin, interleave());
  return (burst >> round << channel_shift_) + part;
}

BurstLocation AddressMap::Locate(std::uint64_t channel_burst) const {
  std::array<std::int64_t, 6> fields{};
  for (const Slice& slice : slices_) {
    const std::uint64_t part =
        (channel_burst >> slice.address_shift) & ((std::uint64_t{1} << slice.bits) - 1);
    fields[static_cast<std::size_t>(slice.target)] |= static_cast<std::int64_t>(part << slice.target_shift);
  }
  const auto field = [&](Target target) { return fields[static_cast<std::size_t>(target)]; };
  BurstLocation location;
  location.bank = static_cast<int>((field(Target::kRank) * groups_ + field(Target::kGroup)) * banks_ +
                                   field(Target::kBank));
  location.row = field(Target::kRow);
  location.column = static_cast<int>(field(Target::kColumn));
  return location;
}

std::uint64_t AddressMap::Stretch(std::uint64_t channel_burst) const {
  const std::uint64_t length = std::uint64_t{1} << stretch_bits_;
  return length - (channel_burst & (length - 1));
}

}  // namespace sushi
