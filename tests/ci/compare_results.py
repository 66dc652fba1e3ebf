#!/usr/bin/env python3
"""Compares two result directories: the same files with the same bytes.

    tests/ci/compare_results.py A B

The one exception: a JSON file's top-level key "uncompared" (host, date, run time, build) is left out. What
remains of such a file must agree in content, order of keys and spelling of numbers. VCD files contain a date
and only need to exist on both sides. Exit code 0 the same, 1 different.
"""

import json
import sys
from pathlib import Path

UNCOMPARED = "uncompared"


def comparable(path: Path):
    """The file's bytes, or what counts of them."""
    raw = path.read_bytes()
    if path.suffix == ".vcd":
        return None
    if path.suffix == ".json":
        keep = lambda text: ("number", text)
        content = json.loads(raw, parse_int=keep, parse_float=keep)
        if isinstance(content, dict) and UNCOMPARED in content:
            del content[UNCOMPARED]
            return json.dumps(content)
    return raw


def differences(a: Path, b: Path):
    def files(top):
        return {p.relative_to(top) for p in top.rglob("*") if p.is_file()}

    in_a, in_b = files(a), files(b)
    if not in_a:
        yield f"{a} holds no file"
    for name in sorted(in_a ^ in_b):
        yield f"{name} is only in {a if name in in_a else b}"
    for name in sorted(in_a & in_b):
        if comparable(a / name) == comparable(b / name):
            continue
        yield f"{name} differs between {a} and {b}"
        lines = zip((a / name).read_text("utf-8", "replace").splitlines(),
                    (b / name).read_text("utf-8", "replace").splitlines())
        for number, (left, right) in enumerate(lines, 1):
            if left != right:
                yield f"  first at line {number}:\n    {left[:200]}\n    {right[:200]}"
                break


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    a, b = Path(sys.argv[1]), Path(sys.argv[2])
    found = list(differences(a, b))
    print("\n".join(found) if found else f"{a.name} and {b.name}: the same")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
