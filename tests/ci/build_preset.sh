#!/usr/bin/env bash
# Configures and builds one CMake preset, through ccache where it is installed.
#
#   tests/ci/build_preset.sh PRESET [--app | --test]
#
#   --app   build sushisim only
#   --test  then run the preset's tests (all but the label `ci`)
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."

preset=${1:?usage: build_preset.sh PRESET [--app | --test]}
what=${2:-}
# A launcher that appears later would rebuild everything, so only for a new build directory.
if [[ ! -e build/$preset/CMakeCache.txt ]] && command -v ccache >/dev/null; then
  export CMAKE_CXX_COMPILER_LAUNCHER=${CMAKE_CXX_COMPILER_LAUNCHER-ccache}
fi
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS-pch_defines,time_macros}  # else it does not keep what uses precompiled headers
targets=()
if [[ $what == --app ]]; then
  targets=(--target sushisim)
fi

cmake --preset "$preset"
cmake --build --preset "$preset" -j "$(nproc)" "${targets[@]}"
if [[ $what == --test ]]; then
  export UBSAN_OPTIONS=print_stacktrace=1
  ctest --preset "$preset" --label-exclude '^ci$' --parallel "$(nproc)" --no-tests=error
fi
