"""What tests share that need programs of their own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SUSHISIM", str(ROOT / "build/release/bin/sushisim"))
MERGED = ["sweep.csv", "sweep.jsonl", "sweep.sqlite", "failures.csv"]
SKIPPED = 77  # ctest's SKIP_RETURN_CODE


def skip(test, why):
    print(f"{test}: skipped: {why}")
    sys.exit(SKIPPED)


def require(test, programs, packages, option="--cluster"):
    """Programs are there, or root and apt can install their packages, or the test is skipped."""
    os.environ["PATH"] = f"{os.environ.get('PATH', '')}:/usr/sbin"
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    if os.getuid() != 0:
        skip(test, f"{', '.join(missing)} not found, and only root can install {' '.join(packages)}")
    installed = subprocess.run([str(ROOT / "tests/ci/install_packages.sh"), option], stdin=subprocess.DEVNULL)
    still = [program for program in programs if shutil.which(program) is None]
    if still:
        why = "could not be installed" if installed.returncode != 0 else "are not what this system calls them"
        skip(test, f"{', '.join(still)} not found, and {' '.join(packages)} {why}")


def sushisim(*arguments, exit_code=0):
    done = subprocess.run([BINARY, *arguments], text=True, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != exit_code:
        raise AssertionError(f"sushisim {' '.join(arguments)}: exit code {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def expect_same_files(test, expected, found):
    for name in MERGED:
        test.assertEqual((expected / name).read_bytes(), (found / name).read_bytes(), f"{found / name} differs")
