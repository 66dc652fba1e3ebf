#!/usr/bin/env bash
# The linters, each over the files that are there (tracked or not).
#
#   tests/ci/lint.sh format   clang-format 14 changes nothing
#   tests/ci/lint.sh fix      let clang-format rewrite the files
#   tests/ci/lint.sh tidy [FILE…]  clang-tidy on FILEs, else on all of src; needs build/release configured
#   tests/ci/lint.sh tidy-changed  on what the last 10 commits, or nothing yet committed, changed
#   tests/ci/lint.sh scripts  shellcheck on the shell scripts
#   tests/ci/lint.sh layers   no layer includes what it may not use (docs/architecture.md)
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."

sources() { find "$@" \( -name '*.cpp' -o -name '*.hpp' \) -print0; }

# forbid 'AREAS' 'PATTERN': no file of these areas includes what matches.
forbid() {
  local area status=0
  for area in $1; do
    if grep -rnE "#include [<\"]($2)" "src/$area" "include/sushi/$area"; then status=1; fi
  done
  return "$status"
}

model='supernet accel functional dram energy sched query serving'
layers() {
  local status=0
  forbid 'core stats' 'sushi/(supernet|accel|functional|dram|energy|sched|query|serving|config|formats|report|check|sweep|tlm|hw|sim)/' || status=1
  forbid "$model" 'sushi/(config|formats|report|check|sweep|tlm|hw|sim)/' || status=1
  forbid "core stats $model" 'systemc|tlm|yaml-cpp|nlohmann|xxhash|muParser|pugixml|sqlite3|CLI|spdlog|fstream|iostream' || status=1
  forbid 'config formats report check' 'sushi/(sweep|tlm|hw|sim)/|systemc|tlm|sqlite3|CLI|spdlog' || status=1
  forbid 'sweep' 'sushi/(tlm|hw|sim)/|systemc|tlm|yaml-cpp|CLI|spdlog' || status=1
  forbid 'tlm hw sim' 'sushi/(config|formats|report|check|sweep)/|yaml-cpp|nlohmann|xxhash|muParser|pugixml|sqlite3|CLI|spdlog' || status=1
  if [[ $(grep -rnE '\bsc_start *\(' src include | wc -l) -ne 1 ]]; then
    echo "sc_start must stand exactly once" >&2
    status=1
  fi
  return "$status"
}

# tidy ARGUMENT…: clang-tidy for each file of stdin, a line each; {} stands for the file.
tidy() { tr '\n' '\0' | xargs -0 -r -P "$(nproc)" -I{} clang-tidy --quiet "$@"; }

changed() {  # changed PATHSPEC…: the files that did, and are there
  local file
  { git log -10 --name-only --format= -- "$@"
    git diff --name-only HEAD -- "$@"
    git ls-files --others --exclude-standard -- "$@"; } | sort -u | while IFS= read -r file; do
    if [[ -e $file ]]; then echo "$file"; fi
  done
}

case "${1:-}" in
  layers) layers ;;
  format) sources include src tests examples | xargs -0 clang-format --dry-run -Werror ;;
  fix) sources include src tests examples | xargs -0 clang-format -i ;;
  tidy)
    shift
    if (($# > 0)); then
      printf '%s\n' "$@"
    else
      find src -name '*.cpp'
    fi | tidy -p build/release {}
    ;;
  tidy-changed)
    if [[ $(git rev-parse --is-shallow-repository 2>/dev/null) != false ]]; then  # no history to tell
      find src -name '*.cpp' | tidy -p build/release {}
    else
      changed 'src/*.cpp' | tidy -p build/release {}
      # No compile command is a header's own.
      changed 'src/*.hpp' 'include/*.hpp' | tidy {} -- -xc++ -std=c++17 "-I$PWD/include"
    fi
    ;;
  scripts) shellcheck quickstart.sh test.sh .ci/run tests/ci/*.sh ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
