#!/usr/bin/env bash
# Every shipped configuration is read, resolved and run. Experiments and studies and sweeps run as they are;
# the files of the other directories are parts, so each is merged over the quickstart, with a short trace.
#
#   [SUSHISIM=BINARY] [SUSHI_LOGS=DIRECTORY] tests/ci/run_configs.sh
#
# The published logs of configs/sweep/azure.yaml are not part of the project: without them in SUSHI_LOGS
# (../shared/data unless set) it is skipped.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
sushisim=$(realpath -- "${SUSHISIM:-build/release/bin/sushisim}")

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

logs=$(realpath -m -- "${SUSHI_LOGS:-../shared/data}")
passed=0
failed=0
attempt() {  # attempt COMMAND…: what it printed is shown only if it fails
  if "$@" >"$scratch/log" 2>&1; then
    passed=$((passed + 1))
  else
    echo "FAILED (exit $?): $*"
    sed 's/^/    /' "$scratch/log"
    failed=$((failed + 1))
  fi
}

azure_sweep() {
  local log
  for log in azure_llm_2023_conv.csv azure_llm_2023_code.csv azure_functions_2021_sample200.csv; do
    if [[ ! -r $logs/$log ]]; then
      echo "SKIPPED: $1: $logs/$log is not there (docs/traces.md says where it is from)"
      return
    fi
  done
  attempt "$sushisim" sweep run "$1" --set trace.log.directory="$logs" --store "$scratch/azure" --quiet
}

quickstart=configs/experiment/quickstart.yaml
while IFS= read -r -d '' file; do
  short=()
  case "$file" in
    configs/sweep/azure.yaml)
      azure_sweep "$file"
      continue
      ;;
    configs/sweep/*)
      attempt "$sushisim" sweep run "$file" --store "$scratch/$(basename "$file")" --quiet
      continue
      ;;
    configs/experiment/*) files=("$file") ;;
    configs/trace/*) files=("$quickstart" "$file") ;;
    configs/hardware/tiny.yaml)  # too small for the quickstart's SuperNet
      files=(configs/experiment/tiny.yaml "$file")
      short=(--set trace.generator.queries=20)
      ;;
    configs/energy/* | configs/hardware/* | configs/memory/* | configs/supernet/* | configs/scheduler/*)
      files=("$quickstart" "$file")
      short=(--set trace.generator.queries=20)
      ;;
    *)
      echo "FAILED: $file: run_configs.sh does not know how to run what is in this directory"
      failed=$((failed + 1))
      continue
      ;;
  esac
  attempt "$sushisim" config show "${files[@]}"
  if grep -q '^study:' "$file"; then
    attempt "$sushisim" study "$file" --out "$scratch/study"
    continue
  fi
  attempt "$sushisim" run "${files[@]}" "${short[@]}" --out "$scratch/$file"
done < <(find configs -name '*.yaml' -print0 | sort -z)

attempt tests/ci/study_tables.py "$scratch/study"  # what docs/ say of the studies is what they give

echo "run_configs: $passed passed, $failed failed"
((failed == 0 && passed > 0))
