#include "sushi/accel/placement.hpp"

#include <algorithm>

#include "sushi/core/error.hpp"

namespace sushi {
namespace {

Bytes PaddedRowBytes(int channels, int width, const AccelConfig& accel) {
  const std::int64_t group = accel.dpe_array.channels;
  return Bytes(CeilDiv(channels, group) * group * width);
}

// P3: room for input rows with which no strip of `out_rows` output rows loads too many. What the padding
// saves the first strip is not made use of.
int StripInRows(const Op& op, int out_rows) {
  const int last = (op.OutH() - 1) / out_rows * out_rows;
  const int between = std::min((out_rows - 1) * op.stride_h + op.kernel_h, op.in_h);
  return std::max(between, RowsUnder(op, last, op.OutH()).loaded);
}

Bytes SmallestStrip(const Op& op, const AccelConfig& accel) {
  return StripInRows(op, 1) * PaddedRowBytes(op.channels, op.in_w, accel);
}

// Of a full kernel tile.
Bytes PartialSumRow(const Op& op, const AccelConfig& accel) {
  return Bytes(std::int64_t{4} * std::min(KernelLanes(accel, op.depthwise), op.kernels) * op.OutW());
}

[[noreturn]] void TooSmall(const char* buffer, std::int64_t capacity_kib, const SubNet& subnet, const Op& op,
                           Bytes needed, const char* what) {
  throw UserError("accel." + std::string(buffer) + ".capacity_kib: " + std::to_string(capacity_kib) +
                  " KiB cannot hold " + what + " of " + subnet.name + "." + op.name + " (" +
                  std::to_string(CeilDiv(needed.value(), 1024)) + " KiB)");
}

// P3, P4: output rows a strip, given the room for an off-chip input's strip.
int StripOutRows(const SubNet& subnet, const Op& op, const AccelConfig& accel, bool input_on_chip,
                 Bytes input_room) {
  std::int64_t rows = op.OutH();
  if (!input_on_chip) {
    const Bytes row = PaddedRowBytes(op.channels, op.in_w, accel);
    const std::int64_t in_rows = input_room.value() / row.value();
    if (in_rows < StripInRows(op, 1)) {
      TooSmall("sb", accel.sb.capacity_kib, subnet, op, SmallestStrip(op, accel), "the smallest input strip");
    }
    if (in_rows < op.in_h) {
      rows = std::min<std::int64_t>(rows, (in_rows - op.kernel_h) / op.stride_h + 1);
      // One fewer makes room for more rows than the last strip can have left over.
      if (StripInRows(op, static_cast<int>(rows)) > in_rows) --rows;
    }
  }
  if (op.kind == OpKind::kConv) {
    const Bytes row = PartialSumRow(op, accel);
    const std::int64_t ob_rows = accel.ob.capacity().value() / row.value();
    if (ob_rows < 1) TooSmall("ob", accel.ob.capacity_kib, subnet, op, row, "one row of partial sums");
    rows = std::min(rows, ob_rows);
  }
  const Bytes window = LineBufferBytes(op, accel.dpe_array.channels);
  if (window > accel.lb.capacity())
    TooSmall("lb", accel.lb.capacity_kib, subnet, op, window, "three input rows");
  return static_cast<int>(rows);
}

// B2: elements a strip; only whole maps are put together.
int StripElements(const Op& op, const AccelConfig& accel, const OpPlacement& place, Bytes input_room) {
  std::int64_t elements = place.batch;
  if (!place.input_on_chip) {
    const Bytes map = op.in_h * PaddedRowBytes(op.channels, op.in_w, accel);
    elements = std::min(elements, input_room.value() / map.value());
  }
  if (op.kind == OpKind::kConv)
    elements =
        std::min(elements, accel.ob.capacity().value() / (PartialSumRow(op, accel).value() * op.OutH()));
  return static_cast<int>(std::max<std::int64_t>(1, elements));
}

std::vector<int> LastUses(const SubNet& subnet) {
  std::vector<int> last(subnet.tensors.size(), kNone);
  for (std::size_t i = 0; i < subnet.ops.size(); ++i) {
    last[static_cast<std::size_t>(subnet.ops[i].input)] = static_cast<int>(i);
    if (subnet.ops[i].residual != kNone) {
      last[static_cast<std::size_t>(subnet.ops[i].residual)] = static_cast<int>(i);
    }
  }
  return last;
}

}  // namespace

InputRows RowsUnder(const Op& op, int begin, int end) {
  const int first = std::max(begin * op.stride_h, op.pad_h);
  const int behind = end == op.OutH() ? op.in_h + 2 * op.pad_h : (end - 1) * op.stride_h + op.kernel_h;
  return {behind - first, std::min(behind, op.in_h + op.pad_h) - first};
}

Bytes PaddedBytes(const Tensor& tensor, const AccelConfig& accel) {
  return tensor.height * PaddedRowBytes(tensor.channels, tensor.width, accel);
}

Bytes LineBufferBytes(const Op& op, int channels) {
  if (op.kind != OpKind::kConv || (op.kernel_h == 1 && op.kernel_w == 1)) return Bytes(0);
  return Bytes(std::int64_t{3} * (op.in_w + 2 * op.pad_w) * channels);
}

std::vector<OpPlacement> PlaceActivations(const SubNet& subnet, const AccelConfig& accel, int batch) {
  const std::size_t n = subnet.ops.size();
  const std::vector<int> last_use = LastUses(subnet);
  std::vector<bool> on_chip(subnet.tensors.size(), false);
  std::vector<Bytes> live(n), live_after(n);  // bytes kept on chip while op i runs, and after it

  const auto stays = [&](std::size_t maker, int tensor, Bytes size) {
    const auto last = static_cast<std::size_t>(last_use[static_cast<std::size_t>(tensor)]);
    for (std::size_t i = maker; i <= last; ++i) {
      const Op& op = subnet.ops[i];
      const bool reads_kept = op.input == tensor || on_chip[static_cast<std::size_t>(op.input)];
      const Bytes strip = reads_kept ? Bytes(0) : SmallestStrip(op, accel);
      if (live[i] + size + strip > accel.sb.capacity()) return false;
    }
    return true;
  };
  for (std::size_t i = 0; accel.keep_activations_on_chip && i < n; ++i) {
    const int tensor = subnet.ops[i].output;
    if (last_use[static_cast<std::size_t>(tensor)] == kNone) continue;
    const Bytes size = batch * PaddedBytes(subnet.tensors[static_cast<std::size_t>(tensor)], accel);
    if (!stays(i, tensor, size)) continue;
    on_chip[static_cast<std::size_t>(tensor)] = true;
    const auto last = static_cast<std::size_t>(last_use[static_cast<std::size_t>(tensor)]);
    for (std::size_t k = i; k <= last; ++k) live[k] += size;
    for (std::size_t k = i; k < last; ++k) live_after[k] += size;
  }

  std::vector<OpPlacement> placements(n);
  for (std::size_t i = 0; i < n; ++i) {
    const Op& op = subnet.ops[i];
    OpPlacement& place = placements[i];
    place.input_on_chip = on_chip[static_cast<std::size_t>(op.input)];
    place.output_on_chip = on_chip[static_cast<std::size_t>(op.output)];
    place.residual_on_chip = op.residual != kNone && on_chip[static_cast<std::size_t>(op.residual)];
    place.batch = batch;
    place.kept = live[i];
    place.kept_after = live_after[i];
    const Bytes room = accel.sb.capacity() - live[i];
    place.strip_out_rows = StripOutRows(subnet, op, accel, place.input_on_chip, room);
    place.strip_elements = StripElements(op, accel, place, room);
  }
  return placements;
}

OpPlacement PlaceAlone(const SubNet& subnet, const Op& op, const AccelConfig& accel) {
  OpPlacement place;
  place.strip_out_rows = StripOutRows(subnet, op, accel, false, accel.sb.capacity());
  return place;
}

}  // namespace sushi
