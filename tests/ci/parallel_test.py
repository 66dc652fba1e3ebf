#!/usr/bin/env python3
"""What `sushisim sweep emit --as parallel` and `commands` print, run by GNU parallel.

    tests/ci/parallel_test.py [-v] [TEST…]

Sixty points in 8 shards, one of which exceeds its timeout. Skips (exit code 77) when GNU parallel is missing and
cannot be installed.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import cluster_tools
from cluster_tools import expect_same_files, sushisim

SHARDS = 8

# Fifty-nine streams of 1000 queries, and one that takes seconds: far above the timeout, as the others are far below.
SWEEP = """schema_version: 1
base: [{root}/configs/experiment/tiny.yaml]
trace: {{generator: {{kind: random_walk, queries: 1000}}}}
axes:
  - list:
{rows}
"""
LONG, TIMEOUT = 20_000_000, "0.5"


class Parallel(unittest.TestCase):
    def setUp(self):
        self.top = Path(tempfile.mkdtemp(prefix="sushisim-parallel."))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.env = dict(os.environ, HOME=str(self.top), PARALLEL_HOME=str(self.top), PARALLEL="--will-cite")
        self.sweep = self.top / "sweep.yaml"
        self.store = self.top / "store"

    def write_sweep(self, points, long=None):
        rows = [f"      - {{seed: {i}{f', trace.generator.queries: {LONG}' if i == long else ''}}}" for i in range(points)]
        self.sweep.write_text(SWEEP.format(root=cluster_tools.ROOT, rows="\n".join(rows)))

    def emit(self, kind, *options):
        return sushisim("sweep", "emit", str(self.sweep), "--store", str(self.store), "--as", kind, "--shards",
                        str(SHARDS), *options)

    def run_script(self, *options):
        script = self.top / "run.sh"
        script.write_text(self.emit("parallel", *options))
        return subprocess.run(["sh", str(script)], env=self.env, text=True, stdin=subprocess.DEVNULL,
                              capture_output=True)

    def expect_the_bytes_of_one_process(self):
        sushisim("sweep", "run", str(self.sweep), "--store", f"{self.top}/one", "-j", "1", "--quiet")
        sushisim("sweep", "merge", "--store", f"{self.top}/one", "--out", f"{self.top}/one-merged")
        expect_same_files(self, self.top / "one-merged", Path(f"{self.store}-merged"))

    def test_a_failed_point_ends_with_4_and_is_resumed(self):
        self.write_sweep(60, long=37)
        first = self.run_script("--timeout", TIMEOUT)
        self.assertEqual(first.returncode, 4, first.stderr)
        self.assertIn("59 of 60 points, 1 failed, 0 missing", first.stdout)
        self.assertIn("took longer than the timeout of 0.5 s", (Path(f"{self.store}-merged") / "failures.csv").read_text())

        again = self.run_script()
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("60 of 60 points, 0 failed, 0 missing", again.stdout)
        self.assertEqual(again.stdout.count(" 0 computed"), SHARDS - 1)  # only the shard that had failed
        self.assertEqual(again.stdout.count(" 1 computed"), 1)
        self.expect_the_bytes_of_one_process()

    def test_a_store_goes_on_with_points_that_the_file_got_since(self):
        self.write_sweep(20)
        self.assertEqual(self.run_script().returncode, 0)
        self.write_sweep(60)
        again = self.run_script()
        self.assertEqual(again.returncode, 0, again.stderr)
        self.expect_the_bytes_of_one_process()

    def test_what_is_stopped_goes_on(self):
        self.write_sweep(60, long=37)
        script = self.top / "run.sh"
        script.write_text(self.emit("parallel"))
        running = subprocess.Popen(["sh", str(script)], env=self.env, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        end = time.monotonic() + 60
        while not any(path.stat().st_size for path in self.store.glob("segments/*.seg")):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGKILL)  # the workers are no part of its group, and die with their parents
        running.wait()
        again = self.run_script()
        self.assertEqual(again.returncode, 0, again.stderr)
        self.expect_the_bytes_of_one_process()

    def test_the_list_of_commands_is_one_for_parallel(self):
        self.write_sweep(60)
        commands = self.emit("commands")
        self.assertEqual(len(commands.splitlines()), SHARDS)
        subprocess.run(["parallel", "-j2"], env=self.env, input=commands, text=True, check=True, capture_output=True)
        sushisim("sweep", "merge", "--store", str(self.store), "--out", f"{self.store}-merged")
        self.expect_the_bytes_of_one_process()


if __name__ == "__main__":
    cluster_tools.require("parallel_test", ["parallel"], ["parallel"])
    unittest.main()
