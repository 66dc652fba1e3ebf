#!/usr/bin/env python3
"""Computes a dumped layer again, with NumPy and from the written rule alone (docs/functional.md).

    tests/system/check_layer_dump.py DIR…

DIR is what `sushisim infer --dump-layer N DIR` wrote. Exit code 0 when every output.npy is met exactly, 1 when
one is not, 77 when NumPy is not here.
"""

import json
import sys
from pathlib import Path

try:
    import numpy as np
except ImportError:
    print("check_layer_dump: NumPy is not installed", file=sys.stderr)
    sys.exit(77)


def windows(op, image, padding):
    """Every value under the window: (positions by row and column, channels, kernel rows, kernel columns)."""
    (kernel_h, kernel_w), (stride_h, stride_w), (pad_h, pad_w) = op["kernel"], op["stride"], op["pad"]
    out_h, out_w = op["out"]
    below = (out_h - 1) * stride_h + kernel_h - pad_h - image.shape[1]
    right = (out_w - 1) * stride_w + kernel_w - pad_w - image.shape[2]
    padded = np.pad(image, ((0, 0), (pad_h, max(below, 0)), (pad_w, max(right, 0))), constant_values=padding)
    view = np.lib.stride_tricks.sliding_window_view(padded, (kernel_h, kernel_w), axis=(1, 2))
    view = view[:, : (out_h - 1) * stride_h + 1 : stride_h, : (out_w - 1) * stride_w + 1 : stride_w]
    return view.transpose(1, 2, 0, 3, 4)


def convolution(directory, op, image):
    weights = np.load(directory / "weights.npy").astype(np.int64)
    scale = np.load(directory / "scale.npy").astype(np.int64)
    zero_point = np.load(directory / "zero_point.npy").astype(np.int64)
    taken = windows(op, image, op["input_zero_point"])
    if op["depthwise"]:
        sums = np.einsum("yxcrs,crs->yxc", taken, weights[:, 0])
    else:
        sums = np.tensordot(taken, weights, axes=([2, 3, 4], [1, 2, 3]))
    scaled = (sums * scale + (1 << 23)) >> 24
    result = np.clip(scaled + zero_point, 0, 255).transpose(2, 0, 1)
    return activated(op, result)


def activated(op, q):
    zero = op["output_zero_point"]
    gate = np.clip(q - zero + 48, 0, 96)
    if op["activation"] == "h_swish":
        return np.clip((2 * (q - zero) * gate + 96) // 192 + zero, 0, 255)
    if op["activation"] == "h_sigmoid":
        return (2 * 255 * gate + 96) // 192
    return q


def scaled_channels(directory, op, image):
    zero = op["input_zero_point"]
    factors = np.load(directory / "residual.npy").astype(np.int64)
    return np.clip((2 * (image - zero) * factors + 255) // 510 + zero, 0, 255)


def pool(op, image):
    out_h, out_w = op["out"]
    result = np.empty((op["out_channels"], out_h, out_w), np.int64)
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * op["stride"][0] - op["pad"][0], x * op["stride"][1] - op["pad"][1]
            part = image[:, max(top, 0) : top + op["kernel"][0], max(left, 0) : left + op["kernel"][1]]
            n = part.shape[1] * part.shape[2]
            if n == 0:
                result[:, y, x] = op["input_zero_point"]
            elif op["kind"] == "max_pool":
                result[:, y, x] = part.max(axis=(1, 2))
            else:
                result[:, y, x] = (part.sum(axis=(1, 2)) + n // 2) // n
    return result


def matches(directory):
    op = json.loads((directory / "layer.json").read_text())
    image = np.load(directory / "input.npy").astype(np.int64)
    if op["kind"] == "conv":
        result = convolution(directory, op, image)
    elif op["kind"] == "scale":
        result = scaled_channels(directory, op, image)
    else:
        result = pool(op, image)
    if op["residual_zero_point"] is not None and op["kind"] != "scale":
        residual = np.load(directory / "residual.npy").astype(np.int64)
        result = np.clip(result + residual - op["residual_zero_point"], 0, 255)
    output = np.load(directory / "output.npy")
    wrong = int((result != output).sum())
    clamped = float(np.isin(output, (0, 255)).mean())
    print(f"{directory}: {op['name']}, {output.size} values, {wrong} wrong, "
          f"mean {output.mean():.1f}, deviation {output.std():.1f}, {clamped:.1%} at 0 or 255")
    return wrong == 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(0 if all([matches(Path(name)) for name in sys.argv[1:]]) else 1)
