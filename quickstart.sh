#!/usr/bin/env bash
# From a fresh Debian 12 to first results: installs the packages that are missing, builds Release, runs the
# quickstart experiment. Safe to run again: what is there is not installed or built twice, and the results of
# the last quickstart, which only this script writes, are replaced.
#
#   ./quickstart.sh [DIR]     results go to DIR (default results/quickstart)
set -euo pipefail

if [[ ${1:-} == -* || $# -gt 1 ]]; then
  echo "usage: $0 [DIR]" >&2
  exit 2
fi
out=$(realpath -m -- "${1:-$(dirname -- "${BASH_SOURCE[0]}")/results/quickstart}")
cd "$(dirname -- "${BASH_SOURCE[0]}")"

tests/ci/install_packages.sh
tests/ci/build_preset.sh release --app
mkdir -p "$(dirname -- "$out")"
build/release/bin/sushisim run configs/experiment/quickstart.yaml --out "$out" --force
echo "The results are in $out" >&2
