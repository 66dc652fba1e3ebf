#!/usr/bin/env bash
# The linters, each over the files that are there (tracked or not).
#
#   tests/ci/lint.sh format   clang-format 14 changes nothing
#   tests/ci/lint.sh fix      let clang-format rewrite the files
#   tests/ci/lint.sh tidy [FILE…]  clang-tidy on FILEs, else on all of src; needs build/release configured
#   tests/ci/lint.sh scripts  shellcheck on the shell scripts
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."

sources() { find "$@" \( -name '*.cpp' -o -name '*.hpp' \) -print0; }

case "${1:-}" in
  format) sources include src tests | xargs -0 clang-format --dry-run -Werror ;;
  fix) sources include src tests | xargs -0 clang-format -i ;;
  tidy)
    shift
    if (($# > 0)); then
      printf '%s\0' "$@"
    else
      find src -name '*.cpp' -print0
    fi | xargs -0 -P "$(nproc)" -n 1 clang-tidy --quiet -p build/release
    ;;
  scripts) shellcheck quickstart.sh test.sh .ci/run tests/ci/*.sh ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
