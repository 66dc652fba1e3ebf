#!/usr/bin/env python3
"""What `sushisim sweep emit` prints, run by a real Slurm of three nodes on loopback (slurm_cluster.py).

    tests/ci/slurm_test.py [-v] [TEST…]

60 points in 8 shards, while a node dies, a job is preempted, one is told of its time limit, and one is cancelled:
the merged files are those of one process. Skips (exit code 77) when the packages are missing and cannot be installed.
"""

import os
import re
import shutil
import sys
import tempfile
import unittest
from pathlib import Path

import cluster_tools
from slurm_cluster import PROGRAMS, Cluster, go_on_in_a_child, wait_for

PACKAGES = ["munge", "slurmctld", "slurmd", "slurm-client"]
SHARDS, POINTS = 8, 60
# A stream so long that a shard takes seconds.
SWEEP = [str(cluster_tools.ROOT / "configs/sweep/quick.yaml"), "--set",
         "trace={generator: {kind: random_walk, queries: 500000}}"]


def setUpModule():
    global cluster
    unittest.addModuleCleanup(shutil.rmtree, top, ignore_errors=True)
    cluster_tools.sushisim("sweep", "run", *SWEEP, "--store", f"{top}/one", "-j", "1", "--quiet")
    cluster_tools.sushisim("sweep", "merge", "--store", f"{top}/one", "--out", f"{top}/one-merged")
    cluster = unittest.enterModuleContext(Cluster(top / "cluster"))


class Slurm(unittest.TestCase):
    def setUp(self):
        self.store = top / self.id().rpartition(".")[2]
        cluster.wait_idle()

    def tearDown(self):
        failed = self._outcome.result.failures + self._outcome.result.errors
        if any(test is self for test, _ in failed):
            for log in sorted(self.store.glob("slurm/*.log")) + [top / "cluster/log/slurmctld"]:
                print(f"--- {log}\n{log.read_text()[-3000:]}", file=sys.stderr)

    def submit(self, *options):
        """Runs the emitted script; returns the array's number and the merge's."""
        script = self.store.with_suffix(".sh")
        script.write_text(cluster_tools.sushisim("sweep", "emit", *SWEEP, "--store", str(self.store), "--as", "slurm",
                                                 "--shards", str(SHARDS), "--engine", "tlm", *options))
        said = cluster.run("bash", str(script))
        return re.fullmatch(r"shards: job (\d+); merge: job (\d+); logs: .*\n", said).groups()

    def log(self, array, task):
        path = self.store / f"slurm/{array}_{task}.log"
        return path.read_text() if path.exists() else ""

    def task_in_mid_run(self, array):
        """(task, node) of a shard that has computed a point or two and has more to do."""
        def find():
            for job, task, node in cluster.running():
                log = self.log(array, task) if job == array else ""
                if "%" in log and "computed" not in log:
                    return task, node
            return None
        return wait_for("a shard in mid-run", find, 60)

    def outcomes(self, array, task):
        """What each start of a shard said at its end: (points, there before, computed, failed, left)."""
        counts = r": (\d+) points, (\d+) there before, (\d+) computed, (\d+) failed, (\d+) left\n"
        return [tuple(map(int, found)) for found in re.findall(counts, self.log(array, task))]

    def restarts(self, array):
        return {task: int(cluster.job(f"{array}_{task}")["Restarts"]) for task in range(1, SHARDS + 1)}

    def expect_the_bytes_of_one_process(self, merge):
        self.assertEqual(cluster.job(merge)["ExitCode"], "0:0")
        cluster_tools.expect_same_files(self, top / "one-merged", Path(f"{self.store}-merged"))

    def test_a_node_that_dies_costs_the_points_it_was_at(self):
        array, merge = self.submit()
        task, node = self.task_in_mid_run(array)
        self.assertGreater(len(cluster.kill_node(node)), 1)  # slurmstepd and what it runs
        self.addCleanup(cluster.start_node, node)
        before = self.log(array, task)
        self.assertNotIn("computed", before)
        cluster.wait_done(120)

        self.assertEqual(self.restarts(array)[int(task)], 1)
        self.assertNotEqual(cluster.job(f"{array}_{task}")["BatchHost"], node)
        (points, present, computed, failed, left), = self.outcomes(array, task)  # the first start never said any
        self.assertIn(points, (POINTS // SHARDS, POINTS // SHARDS + 1))
        self.assertGreater(present, 0)
        self.assertGreater(computed, 0)
        self.assertEqual((failed, left, present + computed), (0, 0, points))
        self.expect_the_bytes_of_one_process(merge)

    def expect_a_shard_that_went_on(self, array, task):
        first, second = self.outcomes(array, task)
        self.assertGreater(first[4], 0)  # left
        self.assertEqual(second[1], first[2])  # there before: what the first computed
        self.assertEqual((second[3], second[4]), (0, 0))
        self.assertEqual(self.restarts(array), {i: int(i == int(task)) for i in range(1, SHARDS + 1)})

    def test_a_preempted_shard_goes_on_later(self):
        array, merge = self.submit()
        task, node = self.task_in_mid_run(array)
        cluster.run("sbatch", "--partition=urgent", f"--nodelist={node}", "--output=/dev/null", "--wrap=sleep 1")
        cluster.wait_done(120)
        self.expect_a_shard_that_went_on(array, task)
        self.expect_the_bytes_of_one_process(merge)

    def test_a_shard_whose_time_is_up_goes_on_later(self):
        array, merge = self.submit()
        task, _ = self.task_in_mid_run(array)
        step = cluster.job(f"{array}_{task}")["JobId"] + ".0"
        cluster.run("scancel", "--signal=USR1", step)  # as --signal=USR1@60 does
        cluster.wait_done(120)
        self.expect_a_shard_that_went_on(array, task)
        self.expect_the_bytes_of_one_process(merge)

    def test_what_is_cancelled_does_not_come_back(self):
        array, merge = self.submit()
        task, _ = self.task_in_mid_run(array)
        cluster.run("scancel", array)
        cluster.wait_done(60)
        self.assertEqual(sum(self.restarts(array).values()), 0)
        self.assertEqual(cluster.job(f"{array}_{task}")["JobState"], "CANCELLED")
        # The merge lists what is missing; submitted again, the array completes it.
        self.assertEqual(cluster.job(merge)["ExitCode"], "4:0")
        _, merge = self.submit()
        cluster.wait_done(120)
        self.expect_the_bytes_of_one_process(merge)


if __name__ == "__main__":
    if os.getuid() != 0:
        cluster_tools.skip("slurm_test", "the daemons of a Slurm of its own need root")
    cluster_tools.require("slurm_test", PROGRAMS, PACKAGES)
    top = Path(tempfile.mkdtemp(prefix="sushisim-slurm."))
    top.chmod(0o711)  # or munged refuses its socket
    go_on_in_a_child(lambda: shutil.rmtree(top, ignore_errors=True))
    unittest.main()
