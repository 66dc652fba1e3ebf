#!/usr/bin/env bash
# Installs the Debian packages that are missing, and only those: with nothing missing it asks neither the
# network nor for root.
#
#   tests/ci/install_packages.sh [--tests] [--cluster] [--browser] [--dry-run]
#
#   --tests    also what ./test.sh needs: clang, the linters, ccache, Python, Google Benchmark, shells
#   --cluster  also Slurm and GNU parallel, for the tests of `sweep emit`
#   --browser  also Chromium, for the test of `report`
#   --dry-run  print the missing packages, one a line, and install nothing
set -euo pipefail

build_packages=(
  g++ cmake ninja-build pkg-config
  libsystemc-dev libspdlog-dev libcli11-dev libyaml-cpp-dev nlohmann-json3-dev libxxhash-dev libsqlite3-dev
  libmuparser-dev libpugixml-dev
  libgtest-dev libgmock-dev libeigen3-dev
)
test_packages=(
  clang clang-format clang-tidy shellcheck ccache libbenchmark-dev gnuplot-nox python3
  python3-jsonschema python3-yaml mandoc zsh fish dpkg-dev
)
# No service of these is used: the tests start daemons of their own.
cluster_packages=(munge slurmctld slurmd slurm-client parallel python3)
browser_packages=(chromium fonts-dejavu-core python3)

wanted=("${build_packages[@]}")
dry_run=false
for argument in "$@"; do
  case "$argument" in
    --tests) wanted+=("${test_packages[@]}") ;;
    --cluster) wanted+=("${cluster_packages[@]}") ;;
    --browser) wanted+=("${browser_packages[@]}") ;;
    --dry-run) dry_run=true ;;
    *) echo "usage: $0 [--tests] [--cluster] [--browser] [--dry-run]" >&2; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  echo "install_packages: not a Debian system; make sure that you have the equivalents of:" >&2
  printf '  %s\n' "${wanted[@]}" >&2
  exit 0
fi

missing=()
for package in "${wanted[@]}"; do
  # A removed package whose configuration files remain does not count.
  # shellcheck disable=SC2016
  state=$(dpkg-query --show --showformat '${db:Status-Status}' "$package" 2>/dev/null || true)
  [[ $state == installed* ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
  exit 0
fi
if $dry_run; then
  printf '%s\n' "${missing[@]}"
  exit 0
fi

as_root=()
if [[ $(id -u) != 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "install_packages: neither root nor sudo; have root run:" >&2
    echo "  apt-get update && apt-get install ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "install_packages: installing ${missing[*]}" >&2
"${as_root[@]}" apt-get update
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
  apt-get install --yes --no-install-recommends "${missing[@]}"
