#!/usr/bin/env python3
"""The JSON Schemas against what they are for: every shipped configuration is taken, files that sushisim refuses
are refused, and so are results with a missing or an unknown key. Skipped (exit 77) without python3-jsonschema and
python3-yaml.

    [SUSHISIM=BINARY] tests/ci/schema_test.py
"""

import copy
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
