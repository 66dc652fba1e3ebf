#!/usr/bin/env bash
# The README's first command works, works again over its own results, and gives the same ones.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

./quickstart.sh "$scratch/results"
cp -r "$scratch/results" "$scratch/first"
./quickstart.sh "$scratch/results"
python3 tests/ci/compare_results.py "$scratch/first" "$scratch/results"
