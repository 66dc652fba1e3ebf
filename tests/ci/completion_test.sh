#!/usr/bin/env bash
# The completion scripts in the shells themselves, and the manual page as its readers see it. Shells and mandoc
# that are not installed are skipped, which is printed.
#
#   [SUSHISIM=BINARY] tests/ci/completion_test.sh
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
sushisim=$(realpath -- "${SUSHISIM:-build/release/bin/sushisim}")
PATH=$(dirname -- "$sushisim"):$PATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for shell in bash zsh fish; do "$sushisim" completion "$shell" >"$scratch/$shell"; done
failed=0

# A fresh bash, as if Tab were pressed behind LINE: candidates on one line.
in_bash() {
  bash --norc -c '
    source "$1"
    COMP_LINE=$2 COMP_POINT=${#2}
    _sushisim
    printf "%s\n" "${COMPREPLY[@]}" | paste -sd" "
  ' bash "$scratch/bash" "$1"
}

# expect 'LINE' 'CANDIDATES', a pattern of bash
expect() {
  local found
  found=$(in_bash "$1")
  # shellcheck disable=SC2053  # the right side is a pattern
  if [[ $found != $2 ]]; then
    echo "FAILED: '$1' completes to '$found', expected '$2'"
    failed=1
  fi
}

expect 'sushisim vali' 'validate'
expect 'sushisim ' 'run infer table *presets schema completion*'
expect 'sushisim sweep ' 'plan run status merge best emit'
expect 'sushisim run weight' 'weight_bound'
expect 'sushisim run configs/experiment/quicks' 'configs/experiment/quickstart.yaml'
expect 'sushisim run --forc' '--force'
expect 'sushisim run x.yaml --set accel.pb.c' 'accel.pb.capacity_kib='
expect 'sushisim run x.yaml --set scheduler.policy=strict_l' 'strict_latency'
expect 'sushisim run x.yaml --set scheduler.policy=nothing' ''
expect 'sushisim validate --hardware zcu104_e' 'zcu104_exposed_fetch'
expect 'sushisim validate --model ofa_r' 'ofa_resnet50'
expect 'sushisim sweep run quick --engine f' 'fast'
expect 'sushisim sweep emit quick --as ' 'slurm parallel commands'
expect 'sushisim presets show hardware/ti' 'hardware/tiny'
expect 'sushisim schema ha' 'hardware'
expect 'sushisim completion ' 'bash zsh fish'
expect 'sushisim run x.yaml --out conf' 'configs'
expect 'sushisim __' ''

try() {  # try PROGRAM COMMAND…: skipped where there is no PROGRAM
  local program=$1
  shift
  if ! command -v "$program" >/dev/null; then
    echo "skipped: $program is not installed"
  elif ! "$@" >"$scratch/log" 2>&1; then
    echo "FAILED: $*"
    cat "$scratch/log"
    failed=1
  fi
}
try zsh zsh -n "$scratch/zsh"
try fish fish --no-execute "$scratch/fish"
try fish fish -c "source $scratch/fish; complete -C 'sushisim vali' | grep -q ^validate"
try fish fish -c "source $scratch/fish; test (complete -C 'sushisim schema ha') = hardware\t'the kind; without it, all are listed'"

"$sushisim" man >"$scratch/sushisim.1"
lint_man() {  # a date would make the page differ from build to build
  # shellcheck disable=SC2317  # try() calls it
  ! mandoc -T lint -W warning "$1" | grep -v 'missing date'
}
try mandoc lint_man "$scratch/sushisim.1"
try man env MANPAGER=cat man -l "$scratch/sushisim.1"
while IFS= read -r command; do
  if ! grep -E "^\.SS .fBsushisim ${command//-/.-}( |\\\\)" "$scratch/sushisim.1" >/dev/null; then
    echo "FAILED: the manual page has no sushisim $command"
    failed=1
  fi
done < <("$sushisim" __complete '' | cut -f 1)
exit "$failed"
