#!/usr/bin/env bash
# Builds Release and runs the tests. Without options it is what CI runs: besides the unit, hardware and system
# tests the label `ci`, which builds with clang and with sanitizers, compares the builds' results, lints, and
# runs every shipped configuration and every command shown in the documents. Ends with ctest's summary.
#
#   ./test.sh [--quick] [-- CTEST-OPTIONS]
#
#   --quick  leave out the label `ci`
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")"

quick=false
while (($# > 0)); do
  case "$1" in
    --quick) quick=true; shift ;;
    --) shift; break ;;
    *) echo "usage: $0 [--quick] [-- CTEST-OPTIONS]" >&2; exit 2 ;;
  esac
done
selection=("$@")

if $quick; then
  tests/ci/install_packages.sh
  selection=(--label-exclude '^ci$' "${selection[@]}")
else
  packages=(--tests)
  # Root alone can use a Slurm of its own, and only CI's root shall get one, or a browser, unasked: else these tests
  # skip.
  if [[ $(id -u) == 0 ]]; then packages+=(--cluster --browser); fi
  tests/ci/install_packages.sh "${packages[@]}"
fi
tests/ci/build_preset.sh release
ctest --preset release --no-label-summary --parallel "$(nproc)" "${selection[@]}"
