#!/usr/bin/env python3
"""The JSON Schemas against what they are for: every shipped configuration is taken, files that sushisim refuses
are refused, and so are results with a missing or an unknown key. Skipped (exit 77) without python3-jsonschema and
python3-yaml.

    [SUSHISIM=BINARY] tests/ci/schema_test.py
"""

import copy
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import jsonschema
    import yaml
except ImportError as error:
    # Debian's packages belong to Debian's python3, which need not be the first on PATH.
    if not os.environ.get("SCHEMA_TEST_AGAIN") and Path("/usr/bin/python3").exists():
        os.environ["SCHEMA_TEST_AGAIN"] = "1"
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    print(f"schema_test: skipped, {error} (python3-jsonschema, python3-yaml)")
    sys.exit(77)

ROOT = Path(__file__).resolve().parents[2]
SUSHISIM = os.environ.get("SUSHISIM", str(ROOT / "build/release/bin/sushisim"))
MODELINE = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")


class Loader(yaml.SafeLoader):
    """Numbers as YAML 1.2 and sushisim read them: 1e9 is one, 010 and yes are none that matter here."""


Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(r"^[-+]?[0-9]+(\.[0-9]*)?[eE][-+]?[0-9]+$"),
                             list("-+0123456789"))


def load(text):
    return yaml.load(text, Loader)


def run(*arguments, **options):
    return subprocess.run([SUSHISIM, *map(str, arguments)], check=True, capture_output=True, text=True, **options)


@functools.lru_cache(maxsize=None)
def validator(kind):
    schema = json.loads((ROOT / f"schemas/{kind}.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


class Configurations(unittest.TestCase):
    def test_every_shipped_file_names_its_schema_and_is_taken_by_it(self):
        files = [*ROOT.glob("configs/**/*.yaml"), *ROOT.glob("models/*.yaml")]
        self.assertGreater(len(files), 30)
        for file in files:
            with self.subTest(file=str(file.relative_to(ROOT))):
                named = MODELINE.match(file.read_text())
                self.assertIsNotNone(named, "no `# yaml-language-server: $schema=` in the first line")
                schema = (file.parent / named[1]).resolve()
                self.assertEqual(schema.parent, ROOT / "schemas")
                self.assertEqual([e.message for e in validator(schema.stem).iter_errors(load(file.read_text()))], [])

    def test_what_the_reader_takes_for_a_text_is_taken(self):
        self.assertTrue(validator("hardware").is_valid(load("{schema_version: 1, device: {name: 2024}}")))

    def refused(self, kind, text):
        self.assertFalse(validator(kind).is_valid(load(text)), f"{kind}: {text}")

    def test_bad_files_are_refused(self):
        self.refused("hardware", "device: {name: x}")  # no schema_version
        self.refused("hardware", "{schema_version: 2}")
        self.refused("hardware", "{schema_version: 1, device: {nam: x}}")
        self.refused("hardware", "{schema_version: 1, accel: {pb: {capacity_kib: -1}}}")
        self.refused("hardware", "{schema_version: 1, accel: {pb: {capacity_kib: 1.5}}}")
        self.refused("hardware", "{schema_version: 1, accel: {pb: {capacity_kib: '1'}}}")
        self.refused("hardware", "{schema_version: 1, accel: {db: {ping_pong: 1}}}")
        self.refused("hardware", "{schema_version: 1, scheduler: {policy: strict_latency}}")
        self.refused("scheduler", "{schema_version: 1, scheduler: {policy: strict}}")
        self.refused("experiment", "{schema_version: 1, base: ../hardware/zcu104.yaml}")
        self.refused("experiment", "{schema_version: 1, axes: []}")
        self.refused("study", "{schema_version: 1}")
        self.refused("sweep", "{schema_version: 1, axes: [{product: {accel.pb.capacity: [1]}}]}")
        self.refused("sweep", "{schema_version: 1, axes: [{range: {accel.pb.capacity_kib: {from: 1}}}]}")
        self.refused("sweep", "{schema_version: 1, invalid: ignore}")

    def test_serving_systems_are_taken_as_the_reader_takes_them(self):
        level = "{clock_mhz: 100, energy_scale: 1, active_mw: 5, idle_mw: 5}"
        good = [
            "accelerators: [{}]",
            "accelerators: [{name: a, count: 64, accel: {pb: {capacity_kib: 8}, clock_mhz: 100}}]",
            f"accelerators: [{{levels: [{level}], throttle: {{bursts: 1, window_cycles: 1}}}}]",
            "tenants: [{name: a, model: tiny, priority: 1000, slo_us: 0.5, accuracy_min_percent: 77}]",
            "tenants: [{name: a, trace: {generator: {arrivals: gamma, arrival_rate_qps: 5}}}]",
            "tenants: [{name: a, period_us: 5, frames: 2, offset_us: 0}, {name: b, after: a}]",
            "tenants: [{name: a, conditions: [['response_us <= 3e4', 'mmacs>=2'], ['accuracy_percent >= 77.5']]}]",
        ]
        bad = [
            "accelerators: []",
            "accelerators: {count: 2}",
            "accelerators: [{cont: 2}]",
            "accelerators: [{count: 65}]",
            "accelerators: [{accel: {pb: {capacity: 8}}}]",
            "accelerators: [{accel: {clock_mhz: 0}}]",
            "accelerators: [{levels: []}]",
            "accelerators: [{levels: [{clock_mhz: 100}]}]",
            f"accelerators: [{{levels: [{level.replace('scale: 1', 'scale: 0')}]}}]",
            "accelerators: [{throttle: {bursts: 0, window_cycles: 1}}]",
            "accelerators: [{throttle: {bursts: 1}}]",
            "tenants: []",
            "tenants: [{priority: 1}]",
            "tenants: [{name: a b}]",
            "tenants: [{name: a, slo: 1}]",
            "tenants: [{name: a, slo_us: 0}]",
            "tenants: [{name: a, priority: 1001}]",
            "tenants: [{name: a, accuracy_min_percent: 101}]",
            "tenants: [{name: a, trace: {generator: {sed: 1}}}]",
            "tenants: [{name: a, period_us: 5}]",
            "tenants: [{name: a, frames: 5}]",
            "tenants: [{name: a, offset_us: 5}]",
            "tenants: [{name: a, period_us: 5, frames: 1, trace: {}}]",
            "tenants: [{name: a, period_us: 5, frames: 1, after: b}, {name: b}]",
            "tenants: [{name: a, trace: {}, after: b}, {name: b}]",
            "tenants: [{name: a, conditions: [response_us <= 3]}]",
            "tenants: [{name: a, conditions: [[]]}]",
            "tenants: [{name: a, conditions: [['response <= 3']]}]",
            "tenants: [{name: a, conditions: [['response_us < 3']]}]",
            "serving: {engin: tlm}",
            "serving: {max_batch: 257}",
        ]
        with tempfile.TemporaryDirectory() as folder:
            for text in good + bad:
                with self.subTest(text=text):
                    lines = text if text.startswith("serving") else f"{text}\nserving: {{engine: tlm}}"
                    file = Path(folder) / "system.yaml"
                    file.write_text(f"schema_version: 1\n{lines}\n")
                    read = subprocess.run([SUSHISIM, "config", "show", file], capture_output=True, text=True)
                    self.assertEqual(read.returncode, 0 if text in good else 2, read.stderr)
                    for kind in ["experiment", "sweep"]:
                        self.assertEqual(validator(kind).is_valid(load(file.read_text())), text in good, kind)
        self.refused("hardware", "{schema_version: 1, accelerators: [{}]}")

    def test_every_key_of_a_model_is_checked(self):
        for name in ["tiny", "ofa_resnet50", "ofa_mbv3_w10"]:
            model = load((ROOT / f"models/{name}.yaml").read_text())
            check = validator("model")
            for path in paths(model["supernet"]):
                with self.subTest(model=name, path=path):
                    changed = copy.deepcopy(model)
                    at(changed["supernet"], path[:-1])[path[-1]] = {"not": "this"}
                    self.assertFalse(check.is_valid(changed))


def paths(node):
    """Of every key of the maps, the first three items of lists."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield [key]
            yield from ([key, *rest] for rest in paths(value))
    if isinstance(node, list):
        for i, value in enumerate(node[:3]):
            yield from ([i, *rest] for rest in paths(value))


def at(node, path):
    for step in path:
        node = node[step]
    return node


class Results(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        top = Path(folder.name)
        run("run", "tiny", "--out", top / "run", "--quiet", cwd=ROOT)
        run("run", "tiny", "--out", top / "generated", "--quiet", "--set", "trace.generator.queries=20", cwd=ROOT)
        run("table", "tiny", "--out", top / "table.json", cwd=ROOT)
        run("sweep", "run", "quick", "--store", top / "store", "--quiet", cwd=ROOT)
        cls.files = {
            "summary": [top / "run/summary.json", top / "generated/summary.json"],
            "serving": [ROOT / "tests/golden/serving_summary.json"],
            "manifest": [top / "run/manifest.json", top / "generated/manifest.json"],
            "table": [top / "table.json"],
            "plan": [top / "store/plan.json"],
        }

    def test_are_taken(self):
        for kind, files in self.files.items():
            for file in files:
                with self.subTest(kind=kind):
                    errors = validator(kind).iter_errors(json.loads(file.read_text()))
                    self.assertEqual([e.message for e in errors], [])

    def test_with_a_missing_or_an_unknown_key_are_refused(self):
        for kind, files in self.files.items():
            result = json.loads(files[0].read_text())
            for key in result:
                with self.subTest(kind=kind, key=key):
                    without = {k: v for k, v in result.items() if k != key}
                    self.assertFalse(validator(kind).is_valid(without))
            self.assertFalse(validator(kind).is_valid({**result, "unknown": 1}))
            self.assertFalse(validator(kind).is_valid({**result, next(iter(result)): None}))


if __name__ == "__main__":
    unittest.main()
