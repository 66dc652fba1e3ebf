#!/usr/bin/env bash
# The same experiment, run twice with one build and once with each of the others, gives the same result files.
#
#   tests/ci/same_bytes.sh [CONFIG…]    default: the quickstart
#
# Compares the builds that exist among build/{release,debug,clang,sanitize}; needs release and one other.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
configs=("$@")
if ((${#configs[@]} == 0)); then
  configs=(configs/experiment/quickstart.yaml)
fi

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

run() {  # run PRESET NAME: all configs' results under $scratch/NAME
  local config
  for config in "${configs[@]}"; do
    mkdir -p "$scratch/$2"
    "build/$1/bin/sushisim" run "$config" --quiet --out "$scratch/$2/$(basename "$config" .yaml)" >/dev/null
  done
}

others=()
for preset in debug clang sanitize; do
  if [[ -x build/$preset/bin/sushisim ]]; then
    others+=("$preset")
  fi
done
if ((${#others[@]} == 0)); then
  echo "same_bytes: no build to compare with release; run tests/ci/build_preset.sh debug --app" >&2
  exit 1
fi

run release release
run release again
for preset in "${others[@]}"; do
  run "$preset" "$preset"
done
for name in again "${others[@]}"; do
  python3 tests/ci/compare_results.py "$scratch/release" "$scratch/$name"
done
