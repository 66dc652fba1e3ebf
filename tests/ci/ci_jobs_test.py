#!/usr/bin/env python3
"""The jobs that docs/ci.md offers, run here: their commands are taken from the page's YAML.

    tests/ci/ci_jobs_test.py [-v] [TEST…]

What stands in: the repository that the jobs fetch is a small one with this one's scripts and configurations, apt-get
only notes what it is asked for, and the build, which readme.quickstart_twice runs, puts the program there that is being
tested. Checkout, cache and upload are the CI servers' own; here the paths that they are given must be right. Skips
(exit code 77) without git or PyYAML.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from cluster_tools import BINARY, ROOT, skip, sushisim

try:
    import yaml
except ImportError:  # Debian's python3-yaml is that of Debian's python3
    if sys.executable != "/usr/bin/python3" and os.path.exists("/usr/bin/python3"):
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    skip("ci_jobs_test", "PyYAML (Debian: python3-yaml) not found")

PAGE = ROOT / "docs/ci.md"

BUILD = """#!/usr/bin/env bash
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/../.."
[[ "$*" == 'release --app' ]]
mkdir -p build/release/bin
ln -s "$SUSHISIM_UNDER_TEST" build/release/bin/sushisim
echo built
"""
APT_GET = """#!/bin/sh
echo "apt-get $*"
"""

# The attributes and children that Jenkins' schema (jenkins-junit.xsd) knows.
JUNIT = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "disabled", "skipped", "timestamp", "hostname", "id",
                   "package"}, {"properties", "testcase", "system-out", "system-err"}),
    "testcase": ({"name", "assertions", "time", "classname", "status"},
                 {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def page_blocks():
    return re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


class Job:
    """`parts` are shells that run one after the other, each with a name; the first that fails ends the job."""

    def __init__(self, parts, env, cached, kept):
        self.parts, self.env, self.cached, self.kept = parts, env, cached, kept


def github_job(text):
    job = yaml.safe_load(text)["jobs"]["simulation"]
    assert job["defaults"]["run"]["shell"] == "bash"
    steps = {step["uses"]: step for step in job["steps"] if "uses" in step}
    upload = steps["actions/upload-artifact@v4"]
    assert upload["if"] == "${{ !cancelled() }}", "a failed check must be handed over, too"
    return Job([(step["name"], step["run"]) for step in job["steps"] if "run" in step], job["env"],
               steps["actions/cache@v4"]["with"]["path"].split(), upload["with"]["path"].split())


def gitlab_job(text):
    job = yaml.safe_load(text)["simulation"]
    assert job["artifacts"]["when"] == "always"
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    return Job([("script", "\n".join(job["before_script"] + job["script"]))], job["variables"], job["cache"]["paths"],
               kept)


def make_executable(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


class Jobs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="sushisim-ci-jobs.")
        cls.top = Path(cls.folder.name)
        experiment, github, gitlab = page_blocks()
        cls.experiment = experiment
        cls.jobs = {"github": github_job(github), "gitlab": gitlab_job(gitlab)}
        make_executable(cls.top / "bin/apt-get", APT_GET)
        cls.make_upstream()
        cls.golden = cls.make_golden()

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def git(cls, *arguments):
        env = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_SYSTEM="/dev/null")
        command = ["git", "-C", str(cls.top / "upstream"), "-c", "user.name=n", "-c", "user.email=e", *arguments]
        return subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.strip()

    @classmethod
    def make_upstream(cls):
        upstream = cls.top / "upstream"
        for name in ["configs", "models", "traces"]:
            shutil.copytree(ROOT / name, upstream / name)
        make_executable(upstream / "tests/ci/install_packages.sh", (ROOT / "tests/ci/install_packages.sh").read_text())
        make_executable(upstream / "tests/ci/build_preset.sh", BUILD)
        (upstream / ".gitignore").write_text("/build/\n")
        cls.git("init", "--quiet")
        cls.git("add", "--all")
        cls.git("commit", "--quiet", "--message", "all")
        cls.commit = cls.git("rev-parse", "HEAD")

    @classmethod
    def make_golden(cls):
        workspace = cls.workspace("first")
        (workspace / "sushisim").symlink_to(cls.top / "upstream")
        sushisim("run", str(workspace / "sim/board.yaml"), "--out", str(workspace / "results"))
        sushisim("check", str(workspace / "results"), "--baseline", str(workspace / "golden.json"), "--update")
        return (workspace / "golden.json").read_text()

    @classmethod
    def workspace(cls, name):
        workspace = cls.top / name
        (workspace / "sim").mkdir(parents=True)
        (workspace / "sim/board.yaml").write_text(cls.experiment)
        return workspace

    def run_job(self, job, workspace, golden):
        """The name of the part that failed or "", its exit code, and what was printed."""
        (workspace / "sim/board.golden.json").write_text(golden)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("GITHUB_", "GIT_"))}
        env.update(job.env, SUSHISIM_URL=str(self.top / "upstream"), SUSHISIM_VERSION=self.commit,
                   SUSHISIM_UNDER_TEST=BINARY, PATH=f"{self.top / 'bin'}:{env['PATH']}", GIT_CONFIG_GLOBAL="/dev/null")
        if job is self.jobs["github"]:
            env.update(GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(workspace / "page.md"))
        printed = ""
        for name, script in job.parts:
            done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script], cwd=workspace,
                                  env=env, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=120)
            printed += done.stdout
            if done.returncode != 0:
                return name, done.returncode, printed
        return "", 0, printed

    def worse(self):
        """A golden summary that the run misses: a p99 1 % lower; and an energy that stays within its 1 %."""
        golden = json.loads(self.golden)
        golden["latency"]["service"]["p99_us"] *= 0.99
        golden["energy_pj"]["total"] *= 0.995
        return json.dumps(golden, indent=2)

    def expect_kept(self, job, workspace):
        for path in job.kept:
            self.assertTrue((workspace / path).exists(), f"the job keeps {path}, which is not there")

    def read_junit(self, path):
        """Failed test cases' names; the file has the structure that Jenkins' schema asks for."""
        suites = ElementTree.parse(path).getroot()
        self.assertEqual(suites.tag, "testsuites")
        for element in suites.iter():
            attributes, children = JUNIT[element.tag]
            self.assertLessEqual(set(element.attrib), attributes)
            self.assertLessEqual({child.tag for child in element}, children)
        suite = suites.find("testsuite")
        cases = suite.findall("testcase")
        failed = [case.get("name") for case in cases if case.find("failure") is not None]
        for counted in [suites, suite]:
            self.assertEqual(int(counted.get("tests")), len(cases))
            self.assertEqual(int(counted.get("failures")), len(failed))
        return failed

    def test_a_result_as_it_was_passes_with_and_without_the_cache(self):
        for name, job in self.jobs.items():
            with self.subTest(name):
                fresh = self.workspace(f"{name}-fresh")
                failed, code, printed = self.run_job(job, fresh, self.golden)
                self.assertEqual((failed, code), ("", 0), printed)
                self.assertIn("apt-get install --yes --no-install-recommends git ca-certificates\n", printed)
                self.assertEqual(printed.count("built\n"), 1, printed)
                self.assertIn("0 of 191 metrics out of tolerance; 0 moved", printed)
                self.expect_kept(job, fresh)
                self.assertEqual(self.read_junit(fresh / "junit.xml"), [])

                cached = self.workspace(f"{name}-cached")
                for path in job.cached:
                    shutil.copytree(fresh / path, cached / path, symlinks=True)
                failed, code, printed = self.run_job(job, cached, self.golden)
                self.assertEqual((failed, code), ("", 0), printed)
                self.assertNotIn("built\n", printed)

    def test_a_regression_fails_the_check_and_is_handed_over(self):
        for name, job in self.jobs.items():
            with self.subTest(name):
                workspace = self.workspace(f"{name}-worse")
                failed, code, printed = self.run_job(job, workspace, self.worse())
                self.assertEqual(failed, job.parts[-1][0], printed)
                self.assertEqual(code, 3, printed)
                self.assertIn("1 of 191 metrics out of tolerance; 2 moved", printed)
                self.expect_kept(job, workspace)
                self.assertEqual(self.read_junit(workspace / "junit.xml"), ["latency.service.p99_us"])

    def test_github_is_told_where(self):
        workspace = self.workspace("annotated")
        printed = self.run_job(self.jobs["github"], workspace, self.worse())[2]
        errors = [line for line in printed.splitlines() if line.startswith("::error ")]
        self.assertEqual(len(errors), 1, printed)
        self.assertTrue(errors[0].startswith(
            "::error file=sim/board.golden.json,title=sushisim check%3A latency.service.p99_us::"), errors[0])
        self.assertIn("| FAIL | latency.service.p99&#95;us |", (workspace / "page.md").read_text())

    def test_the_build_is_the_one_that_quickstart_runs(self):
        command = "tests/ci/build_preset.sh release --app"
        self.assertIn(command, (ROOT / "quickstart.sh").read_text())
        for job in self.jobs.values():
            self.assertTrue(any(command in script for _, script in job.parts))


if __name__ == "__main__":
    if shutil.which("git") is None:
        skip("ci_jobs_test", "git not found")
    unittest.main()
