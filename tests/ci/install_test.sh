#!/usr/bin/env bash
# Installs the Release build to a prefix, moves that, and uses it as somebody without the source tree does:
# presets, manual page, examples/embed. Then the same with the Debian package.
#
#   [SUSHISIM=BINARY] tests/ci/install_test.sh
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
source=$PWD
built=$(realpath -- "${SUSHISIM:-build/release/bin/sushisim}")
build=${built%/bin/sushisim}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/empty"

fail() { echo "FAILED: $*" >&2; exit 1; }

# use BINARY SHARE: works in an empty directory, with an empty environment, on its own files.
use() {
  local binary=$1 share=$2
  local run=(env -i "PATH=/usr/bin:/bin" "$binary")
  cd "$scratch/empty"
  "${run[@]}" presets list --json >"$scratch/presets"
  if grep '"file"' "$scratch/presets" | grep -vF "\"$share/"; then fail "presets from elsewhere"; fi
  "${run[@]}" config show quickstart >"$scratch/show"
  grep -F "$share/configs/hardware/zcu104.yaml:" "$scratch/show" >/dev/null || fail "origins are not in $share"
  if grep -F "$source/" "$scratch/show"; then fail "origins in the source tree"; fi
  "${run[@]}" run configs/experiment/tiny.yaml --out "$scratch/empty/tiny" --quiet
  cmp "$scratch/empty/tiny/summary.json" "$scratch/expected/summary.json"
  "${run[@]}" sweep plan quick | grep '60 points' >/dev/null || fail "the sweep is not found by its name"
  "${run[@]}" presets show hardware/tiny | head -n 1 | grep -F "# $share/" >/dev/null || fail "presets show"
  rm -rf "$scratch/empty/tiny"
  cd "$source"
}

"$built" run configs/experiment/tiny.yaml --out "$scratch/expected" --quiet

echo "== cmake --install, moved"
DESTDIR='' cmake --install "$build" --prefix "$scratch/first" >"$scratch/log" || { cat "$scratch/log"; fail install; }
prefix=$scratch/moved
mv "$scratch/first" "$prefix"
use "$prefix/bin/sushisim" "$prefix/share/sushisim"
for file in share/man/man1/sushisim.1 share/bash-completion/completions/sushisim \
  share/zsh/site-functions/_sushisim share/fish/vendor_completions.d/sushisim.fish share/doc/sushisim/LICENSE \
  share/doc/sushisim/examples/embed/CMakeLists.txt share/sushisim/schemas/hardware.json; do
  [[ -s $prefix/$file ]] || fail "no $file"
done
if grep -rlF "$source" "$prefix/lib/cmake" "$prefix/share"; then fail "installed texts name the source tree"; fi

echo "== examples/embed"
cp -r "$prefix/share/doc/sushisim/examples/embed" "$scratch/embed"
cmake -S "$scratch/embed" -B "$scratch/embed/build" -DCMAKE_PREFIX_PATH="$prefix" >"$scratch/log" ||
  { cat "$scratch/log"; fail "the example is not configured"; }
cmake --build "$scratch/embed/build" >"$scratch/log" || { cat "$scratch/log"; fail "the example is not built"; }
cd "$scratch/empty"
"$scratch/embed/build/own_memory" | tee "$scratch/log"
grep -E '^SubNet A with a memory of our own: [0-9]+ cycles, 10706936 bytes moved' "$scratch/log" >/dev/null ||
  fail "own_memory"
own=("$scratch/embed/build/own_policies" run quickstart --set scheduler.policy=both_targets)
own+=(--set scheduler.caching=best_for_most_served)
SUSHISIM_HOME=$prefix/share/sushisim "${own[@]}" | tee "$scratch/log"
grep 'both_targets, caching best_for_most_served' "$scratch/log" >/dev/null || fail "own_policies"
if "$built" "${own[@]:1}" 2>"$scratch/log"; then fail "the program itself knows both_targets"; fi
cd "$source"

if ! command -v dpkg-deb >/dev/null || ! command -v dpkg-shlibdeps >/dev/null; then
  echo "== package: skipped, there is no dpkg-deb or dpkg-shlibdeps"
  exit 0
fi
echo "== cpack -G DEB"
cpack -G DEB --config "$build/CPackConfig.cmake" -B "$scratch/package" >"$scratch/log" 2>&1 ||
  { cat "$scratch/log"; fail cpack; }
package=$(find "$scratch/package" -maxdepth 1 -name 'sushisim_*.deb')
dpkg-deb -I "$package"
for library in libsystemc libyaml-cpp libsqlite3 libspdlog libmuparser libc6; do
  dpkg-deb -f "$package" Depends | grep -E "(^|, )$library" >/dev/null || fail "no dependency on $library"
done
dpkg-deb -c "$package" >"$scratch/log"
for file in usr/bin/sushisim usr/share/sushisim/configs/hardware/zcu104.yaml usr/share/man/man1/sushisim.1 \
  usr/include/sushi/app/command_line.hpp usr/share/bash-completion/completions/sushisim; do
  grep -E " \./$file\$" "$scratch/log" >/dev/null || fail "the package lacks $file"
done
dpkg-deb -x "$package" "$scratch/root"
if ldd "$scratch/root/usr/bin/sushisim" | grep 'not found'; then fail "libraries are missing"; fi
use "$scratch/root/usr/bin/sushisim" "$scratch/root/usr/share/sushisim"
echo "install_test: all as expected"
