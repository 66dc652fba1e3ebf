#!/usr/bin/env python3
"""The tables of docs/ that are results of studies say what the studies give now.

    tests/ci/study_tables.py DIR [--update]

DIR is what `sushisim study configs/experiment/sushi_*.yaml configs/experiment/serving_*_study.yaml --out DIR` wrote. A table stands after a line
`<!-- table: NAME -->`, NAME being a function below. Without --update differences are printed and the exit code is 1.
"""
import csv
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
STREAMS = ("phases_4000", "random_walk_4000", "uniform_4000")
RESNET_SUBNETS = "ABCDEF"


class Study:
    def __init__(self, directory, name, kind="sushi_{}"):
        with open(directory / kind.format(name) / "table.csv", newline="", encoding="utf-8") as file:
            self.rows = list(csv.DictReader(file))

    def where(self, **wanted):
        return [r for r in self.rows if all(r[key] == str(value) for key, value in wanted.items())]

    def one(self, **wanted):
        rows = self.where(**wanted)
        if len(rows) != 1:
            sys.exit(f"study_tables: {wanted} fits {len(rows)} rows")
        return rows[0]


def keys(**short):
    """Columns have dots in their names, arguments cannot."""
    names = {"pb": "accel.pb.capacity_kib", "ports": "accel.axi.weight_ports", "policy": "scheduler.policy",
             "caching": "scheduler.caching", "source": "scheduler.candidate_source", "stream": "trace.file",
             "period": "scheduler.period_queries", "candidates": "scheduler.candidates"}
    return {names.get(key, key): value for key, value in short.items()}


def line(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def table(header, rows):
    return [line(*header), "|" + "---|" * len(header)] + [line(*row) for row in rows]


def number(row, column, digits=2):
    if row[column] == "":  # nothing to take it of
        return "–"
    return f"{float(row[column]):.{digits}f}"


def subnets_time(studies):
    rows = []
    for hardware in ("zcu104", "u50"):
        study = Study(studies, f"subnets_{hardware}")
        for pb in (1728, 3994, 8192):
            for ports, width in ((1, 16), (2, 32), (3, 48), (6, 96)):
                cells = [number(study.one(subnet=s, **keys(pb=pb, ports=ports)), "service_saved_percent", 1)
                         for s in RESNET_SUBNETS]
                rows.append([hardware.upper(), pb, width, *cells])
    return table(["hardware", "PB, KiB", "B a cycle", *RESNET_SUBNETS], rows)


def subnets_energy(studies):
    rows = []
    for hardware in ("zcu104", "u50"):
        study = Study(studies, f"subnets_{hardware}")
        for pb in (1728, 3994, 8192):
            for what, column in (("off-chip energy", "off_chip_energy_saved_percent"),
                                 ("weights", "weight_bytes_saved_percent")):
                cells = [number(study.one(subnet=s, **keys(pb=pb, ports=2)), column, 1) for s in RESNET_SUBNETS]
                rows.append([hardware.upper(), pb, what, *cells])
    return table(["hardware", "PB, KiB", "what", *RESNET_SUBNETS], rows)


def subnets_mbv3(studies):
    rows = []
    for width, times in (("w10", (20, 28, 40, 58)), ("w12", (79, 132, 143))):
        study = Study(studies, f"subnets_mbv3_{width}")
        for time in times:
            subnet = next(r["subnet"] for r in study.rows if re.search(rf"(^|_){time}ms$", r["subnet"]))
            small, large = (study.one(subnet=subnet, **keys(pb=pb, ports=2)) for pb in (1728, 8192))
            pairs = [f"{number(small, c, 1)}, {number(large, c, 1)}"
                     for c in ("service_saved_percent", "off_chip_energy_saved_percent")]
            rows.append([f"w1.{width[2]} {time} ms", f"{float(small['service_us_no_pb']) / 1000:.2f}", *pairs])
    return table(["SubNet", "service without PB, ms", "time saved, PB 1728 KiB and 8 MiB, %",
                  "off-chip energy saved, %"], rows)


def streams(studies):
    def cell(row):
        gained = float(row["accuracy_gained_points"])
        return (f"{number(row, 'time_saved_percent')} / {number(row, 'off_chip_energy_saved_percent')} / "
                f"{gained:+.3f}")
    rows = []
    for hardware in ("zcu104", "weight_bound"):
        study = Study(studies, f"streams_{hardware}")
        for policy in ("strict_accuracy", "strict_latency"):
            for stream in STREAMS:
                cells = [cell(study.one(**keys(candidates=40, policy=policy, stream=stream, period=20, caching=c)))
                         for c in ("static", "last_served", "avgnet", "oracle")]
                rows.append([hardware, policy, stream.removesuffix("_4000"), *cells])
    return table(["hardware", "policy", "stream", "static", "last_served", "SUSHI (avgnet)", "oracle"], rows)


def ports(studies):
    study = Study(studies, "ports_zcu104")
    widths = (1, 2, 4, 8, 16, 32)
    rows = []
    for pb in (1728, 3994, 8192):
        for what, policy, column in (("time", "strict_accuracy", "time_saved_percent"),
                                     ("accuracy", "strict_latency", "accuracy_gained_points")):
            cells = [number(study.one(**keys(ports=p, pb=pb, source="windows", policy=policy, caching="avgnet")), column)
                     for p in widths]
            rows.append([pb, what, *cells])
    return table(["PB, KiB", "what", "2 B a cycle", "4", "8", "16", "32", "64"], rows)


def roofline_of(study, subnets, hardware):
    rows = []
    for pb in ("none", "cached"):
        sums = []
        for subnet in subnets:
            ops = study.where(subnet=subnet, pb=pb)
            macs, moved, us = (sum(float(r[c]) for r in ops) for c in ("macs", "off_chip_bytes", "service_us"))
            sums.append((macs / moved, macs / us / 1000))
        rows.append([hardware, pb, "MACs a byte", *(f"{s[0]:.1f}" for s in sums)])
        rows.append([hardware, pb, "GMAC/s", *(f"{s[1]:.1f}" for s in sums)])
    return rows


def roofline(studies):
    rows = [row for hardware in ("zcu104", "u50")
            for row in roofline_of(Study(studies, f"roofline_{hardware}"), RESNET_SUBNETS, hardware.upper())]
    return table(["hardware", "PB", "", *RESNET_SUBNETS], rows)


def roofline_mbv3(studies):
    names = [f"pixel1_{ms}ms" for ms in (20, 28, 40, 58)]
    rows = [row for hardware in ("zcu104", "u50")
            for row in roofline_of(Study(studies, f"roofline_mbv3_{hardware}"), names, hardware.upper())]
    return table(["hardware", "PB", "", *(f"{ms} ms" for ms in (20, 28, 40, 58))], rows)


def sensitivity(studies, hardware):
    columns = (("time_saved_percent", 2), ("off_chip_saved_percent", 2), ("energy_saved_percent", 2))
    def cells(row):
        return [f"{float(row['service_mean_us']) / 1000:.2f}", *(number(row, c, d) for c, d in columns)]
    study = Study(studies, f"sensitivity_{hardware}")
    base, rows, same = cells(study.one(varied="nothing")), [], []
    for row in study.rows:
        if row["varied"] == "nothing":
            continue
        if cells(row) == base:
            same.append(f"`{row['varied']}` = {row['value']}")
        else:
            rows.append([f"`{row['varied']}`", row["value"].removesuffix("_4000"), *cells(row)])
    header = ["key", "value", "mean service, ms", "time saved, %", "off-chip bytes saved, %", "energy saved, %"]
    nothing = "Nothing in these digits changes with " + ", ".join(same) + "." if same else "All of them change something."
    return table(header, [["as it is", "", *base], *rows]) + ["", nothing]


def sensitivity_zcu104(studies):
    return sensitivity(studies, "zcu104")


def sensitivity_u50(studies):
    return sensitivity(studies, "u50")


BETTER = (("zcu104", "zcu104"), ("weight_bound", "weight_bound"), ("zcu104_exposed_fetch", "exposed_fetch"),
          ("alveo_u50", "u50"))
PROPOSALS = (("windows", "avgnet"), ("knapsack", "cost_aware"))


def better(studies):
    rows = []
    for hardware, name in BETTER:
        study = Study(studies, f"better_{name}")
        choices = [("windows", "none"), ("windows", "last_served")]
        choices += [(s, c) for s in ("windows", "knapsack") for c in ("static", "avgnet", "oracle", "cost_aware")]
        for source, caching in choices:
            row = study.one(**keys(source=source, stream="phases_4000", period=20, caching=caching))
            bold = "**" if (source, caching) in PROPOSALS else ""
            free = caching in ("none", "last_served")  # uses no candidates
            rows.append([f"`{hardware}`", "–" if free else source, bold + caching + bold,
                         f"{float(row['service_mean_us']) / 1000:.3f}", f"{float(row['response_mean_us']) / 1000:.3f}",
                         f"{float(row['off_chip_bytes_per_query']) / 2**20:.2f}",
                         f"{float(row['energy_uj_per_query']) / 1000:.3f}", row["swaps"]])
    return table(["hardware", "candidates", "caching", "service", "response", "off chip", "energy", "swaps"], rows)


def better_saved(studies):
    choices = [("windows", "last_served")]
    choices += [(s, c) for s in ("windows", "knapsack") for c in ("static", "avgnet", "oracle", "cost_aware")]
    rows = []
    for hardware, name in BETTER:
        study = Study(studies, f"better_{name}")
        for stream in STREAMS:
            found = [study.one(**keys(source=s, stream=stream, period=20, caching=c)) for s, c in choices]
            cells = [f"{number(r, 'time_saved_percent')} / {number(r, 'energy_saved_percent')}" for r in found]
            rows.append([f"`{hardware}`", stream.removesuffix("_4000"), *cells])
    header = [c if c == "last_served" else f"{c} {s[0]}" for s, c in choices]
    return table(["hardware", "stream", *header], rows)


def better_periods(studies):
    rows = []
    for hardware, name in BETTER:
        study = Study(studies, f"better_{name}")
        for source in ("windows", "knapsack"):
            for caching in ("avgnet", "cost_aware"):
                found = [study.one(**keys(source=source, stream="phases_4000", period=q, caching=caching))
                         for q in (1, 5, 20, 100)]
                cells = [f"{number(r, 'time_saved_percent')} ({r['swaps']})" for r in found]
                rows.append([f"`{hardware}`", source, caching, *cells])
    return table(["hardware", "candidates", "caching", "Q = 1", "5", "20", "100"], rows)


def serving(studies, name):
    return Study(studies, name, "serving_{}_study")


def interval(row, column, digits=1, scale=1):
    """Mean ± half of the 95 % interval over seeds; of what is the same for all seeds the mean."""
    if row[column] == "":
        return "–"
    mean, half = float(row[column]) * scale, float(row[column + "_ci95"]) * scale
    shown = f"{mean:.{digits}f}"
    return shown if half < 0.5 * 10**-digits else f"{shown} ± {half:.{digits}f}"


def both(row):
    return f"{interval(row, 'attainment_percent')}; {interval(row, 'top1_in_time_percent', 2)}"


def scheduler_of(row):
    """As the tables name it: the policy and what is set of it."""
    policy = row["scheduler.policy"]
    also = [row.get(f"scheduler.{policy}.{key}", "") for key in ("batch", "subnet")]
    if row.get("scheduler.slackfit.buckets"):
        also.append(f"{row['scheduler.slackfit.buckets']} buckets")
    if row.get("scheduler.moca.throttle") == "false":
        also.append("no throttle")
    if row.get("scheduler.moca.overload_percent"):
        also.append(f"overload {row['scheduler.moca.overload_percent']} %")
    if row.get("scheduler.dream.drop_frames") == "false":
        also.append("no drops")
    if row.get("scheduler.dream.switch_variants") == "false":
        also.append("no variants")
    if row.get("scheduler.dream.weigh_urgency") == "false":
        also.append("urgency by deadline")
    if row.get("scheduler.dream.alpha") == "0":
        also.append("α 0, not tuned")
    elif row.get("scheduler.dream.window_ms"):
        also.append(f"windows of {row['scheduler.dream.window_ms']} ms")
    also.append(row.get("scheduler.caching", ""))
    return ", ".join([f"`{policy}`", *(text for text in also if text)])


def in_order(rows, key):
    names = []
    for row in rows:
        if key(row) not in names:
            names.append(key(row))
    return names


def over(study, column, cell):
    """A line for each scheduler, a column for each value of `column`; `column` may name several."""
    columns = column if isinstance(column, tuple) else (column,)
    points = in_order(study.rows, lambda row: tuple(row[c] for c in columns))
    found = {(scheduler_of(r), tuple(r[c] for c in columns)): r for r in study.rows}
    lines = [[name, *(cell(found[name, point]) for point in points)] for name in in_order(study.rows, scheduler_of)]
    return points, lines


def serving_bursty(studies):
    study = serving(studies, "bursty")
    generator = tuple(f"trace.generator.{key}" for key in ("base_rate_qps", "arrival_rate_qps", "arrival_cv2"))
    points, lines = over(study, generator, both)
    return table(["scheduler", *(f"{int(p[0]) + int(p[1])}/s, CV² {p[2]}" for p in points)], lines)


def serving_alert(studies):
    rows = []
    for row in serving(studies, "power").rows:
        fixed = row["scheduler.alert.mu0"]
        name = f"ξ fixed at {fixed}" if fixed else f"learns, q0 = {row['scheduler.alert.q0']}"
        if row["dram.peak_gbps"]:
            name += ", no contention"
        rows.append([row["scheduler.alert.objective"], name, interval(row, "attainment_percent"),
                     interval(row, "top1_in_time_percent", 2), number(row, "top1_in_time_bound_percent"),
                     interval(row, "energy_uj_per_request", 1, 1e-3), interval(row, "stall_percent")])
    return table(["objective", "ξ", "attainment, %", "top-1 in time, %", "its bound", "energy, mJ", "stalls, %"], rows)


def serving_tenants(studies):
    def cell(row):
        return f"{interval(row, 'top_priority_attainment_percent')}; {interval(row, 'attainment_percent')}"
    points, lines = over(serving(studies, "tenants"), "dram.peak_gbps", cell)
    return table(["scheduler", *(f"{p[0]} GB/s" for p in points)], lines)


def serving_cascade(studies):
    def cell(row):
        return f"{interval(row, 'ux_cost', 2)}; {interval(row, 'attainment_percent')}"
    points, lines = over(serving(studies, "cascade"), "trace.generator.arrival_rate_qps", cell)
    return table(["scheduler", *(f"{p[0]} uploads/s" for p in points)], lines)


def serving_cascade_fixed(studies):
    def cell(row):
        return f"{interval(row, 'ux_cost', 2)}; {interval(row, 'attainment_percent')}"
    points, lines = over(serving(studies, "cascade_fixed"), "trace.generator.arrival_rate_qps", cell)
    return table(["scheduler", *(f"{p[0]} uploads/s" for p in points)], lines)


def serving_joint(studies):
    rows = []
    for hardware in ("weight_bound", "exposed_fetch", "zcu104"):
        study = serving(studies, f"joint_{hardware}")
        for rate in in_order(study.rows, lambda row: row["trace.generator.arrival_rate_qps"]):
            found = study.where(**{"trace.generator.arrival_rate_qps": rate})
            rows.append([hardware, rate, *(both(row) for row in found), number(found[0], "top1_in_time_bound_percent")])
    header = [scheduler_of(row) for row in found]
    return table(["hardware", "requests/s", *header, "bound of `joint`'s top-1"], rows)


def serving_caching(studies):
    study = serving(studies, "caching")
    rows = []
    for caching in in_order(study.rows, lambda row: row["scheduler.caching"]):
        rows.append([caching, *(f"{both(row)}; {interval(row, 'energy_uj_per_request', 2, 1e-3)}"
                                for row in study.where(**{"scheduler.caching": caching}))])
    return table(["caching", *(f"`{p}`" for p in in_order(study.rows, lambda row: row["scheduler.policy"]))], rows)


TABLES = {f.__name__: f for f in (subnets_time, subnets_energy, subnets_mbv3, streams, ports, roofline, roofline_mbv3,
                                  sensitivity_zcu104, sensitivity_u50, better, better_saved, better_periods, serving_bursty,
                                  serving_alert, serving_tenants, serving_cascade, serving_cascade_fixed, serving_joint,
                                  serving_caching)}
MARKER = re.compile(r"<!-- table: (\w+) -->\n(.*?)<!-- table: end -->\n", re.DOTALL)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--update"]
    if len(arguments) != 1:
        sys.exit(__doc__)
    studies, stale, seen = pathlib.Path(arguments[0]), [], set()

    for document in sorted((ROOT / "docs").glob("*.md")):
        def fresh(match):
            seen.add(match[1])
            new = "\n".join(TABLES[match[1]](studies)) + "\n"
            if new.split() != match[2].split():
                stale.append(f"{document.relative_to(ROOT)}: {match[1]}")
                old = set(match[2].splitlines())
                stale.extend("    now " + row for row in new.splitlines() if row not in old)
            return f"<!-- table: {match[1]} -->\n{new}<!-- table: end -->\n"
        text = document.read_text(encoding="utf-8")
        updated = MARKER.sub(fresh, text)
        if "--update" in sys.argv and updated != text:
            document.write_text(updated, encoding="utf-8")
    if seen != set(TABLES):
        sys.exit(f"study_tables: no document has the tables {sorted(set(TABLES) - seen)}")
    print("\n".join(stale) if stale else f"study_tables: {len(seen)} tables are what the studies give")
    sys.exit(1 if stale and "--update" not in sys.argv else 0)


main()
