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

tidy() { xargs -0 -r -P "$(nproc)" -n 1 clang-tidy --quiet -p build/release; }

# The sources of src that changed, and for a header that did the first source that includes it; without a history
# all of them, which is also what the only commit of a shallow clone changed.
changed_sources() {
  local file
  if ! git rev-parse --quiet --verify HEAD >/dev/null 2>&1; then
    find src -name '*.cpp'
    return
  fi
  { git log -10 --name-only --format= -- src include
    git diff --name-only HEAD -- src include
    git ls-files --others --exclude-standard -- src include; } | sort -u | while IFS= read -r file; do
    case "$file" in
      *.cpp) echo "$file" ;;
      *.hpp) grep -rlE --include='*.cpp' "[\"/]${file##*/}\"" src | sort | head -1 ;;
    esac
  done | sort -u | while IFS= read -r file; do
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
      printf '%s\0' "$@"
    else
      find src -name '*.cpp' -print0
    fi | tidy
    ;;
  tidy-changed)
    files=$(changed_sources)
    echo "clang-tidy: $(wc -l <<<"$files") of $(find src -name '*.cpp' | wc -l) sources changed" >&2
    tr '\n' '\0' <<<"$files" | tidy
    ;;
  scripts) shellcheck quickstart.sh test.sh .ci/run tests/ci/*.sh ;;
  *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0" >&2; exit 2 ;;
esac
