#!/usr/bin/env python3
"""The pages of `sushisim report`, opened in headless Chromium.

    tests/ci/report_test.py [-v] [TEST…]

With SUSHISIM_SCREENSHOTS=DIR it leaves pictures of every page there. Skips (exit code 77) when there is no Chromium and
it cannot be installed.
"""

import csv
import hashlib
import io
import json
import os
import re
import shutil
import tempfile
import unittest
from pathlib import Path
from xml.dom import minidom

import browser
import cluster_tools
from cluster_tools import ROOT, sushisim

NASTY = "</script><script>window.pwned = 1</script><img src=x onerror=\"window.pwned=1\">'&amp;<!--"
RUN_CHARTS = {"latency-distribution", "latency-cdf", "latency-accuracy", "latency-time", "served", "pb-map", "pb-bytes",
              "off-chip-bytes", "energy", "cycles", "layer-cycles", "roofline"}
COMPARE_CHARTS = {"compare-trade", "compare-cdf", "compare-metric", "compare-bytes", "compare-energy"}
RECORD_CHARTS = {"latency-distribution", "latency-cdf", "latency-time", "served"}
QUICKSTART = ROOT / "configs/experiment/quickstart.yaml"


def replaced(value, names):
    """JSON with every text and key of `names` replaced."""
    if isinstance(value, dict):
        return {names.get(key, key): replaced(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


class Report(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.top = Path(tempfile.mkdtemp(prefix="sushisim-report."))
        cls.addClassCleanup(shutil.rmtree, cls.top, ignore_errors=True)
        cls.browser = cls.enterClassContext(browser.Browser(browser.find()))
        run = lambda name, *options: sushisim("run", str(QUICKSTART), "--quiet", "--out", str(cls.top / name), *options)
        run("quickstart")
        run("half", "--set", "accel.pb.capacity_kib=864")
        run("no_records", "--no-records")
        sushisim("sweep", "run", str(ROOT / "configs/sweep/quick.yaml"), "--store", str(cls.top / "store"), "--quiet")
        sushisim("sweep", "merge", "--store", str(cls.top / "store"), "--out", str(cls.top / "sweep"))

    def page(self, *names):
        file = self.top / ("-".join(re.sub(r"\W", "", name) for name in names) + ".html")
        sushisim("report", *(str(self.top / name) for name in names), "-o", str(file), "--force")
        return file

    def open(self, file, **how):
        self.browser.open(file, **how)
        self.assertEqual(self.browser.complaints(), [])

    def js(self, expression):
        return self.browser.js(expression)

    def expect_charts(self, expected):
        drawn = json.loads(self.js("""JSON.stringify(Object.fromEntries([...document.querySelectorAll('figure')].map(
            (figure) => [figure.id, figure.querySelectorAll('svg path:not([d=""]), svg rect:not([width="0"])').length])))"""))
        self.assertEqual(expected - set(drawn), set())
        for name, marks in drawn.items():
            self.assertGreater(marks, 2, name)
        return set(drawn)

    def expect_readable(self, file):
        """No page that scrolls sideways, whatever the width and the colours."""
        for width in (360, 1280):
            for dark in (False, True):
                self.open(file, width=width, dark=dark)
                self.assertLessEqual(self.js("document.documentElement.scrollWidth"), width)
                self.assertEqual(self.js("document.documentElement.dataset.theme"), "dark" if dark else "light")
                if folder := os.environ.get("SUSHISIM_SCREENSHOTS"):
                    Path(folder).mkdir(parents=True, exist_ok=True)
                    self.browser.screenshot(f"{folder}/{file.stem}-{width}-{'dark' if dark else 'light'}.png")

    def expect_headlines(self, summary):
        tiles = json.loads(self.js("""JSON.stringify([...document.querySelectorAll('[data-key]')].map(
            ({dataset, textContent}) => [dataset.key, dataset.value, textContent]))"""))
        self.assertGreater(len(tiles), 12)
        for key, value, _ in tiles:
            expected = summary
            for part in key.split("/"):
                expected = expected[part]
            self.assertEqual(float(value), expected, key)

    def test_a_run_shows_what_its_summary_says(self):
        file = self.page("quickstart")
        self.open(file)
        self.expect_charts(RUN_CHARTS)
        summary = json.loads((self.top / "quickstart/summary.json").read_text())
        self.expect_headlines(summary)
        shown = lambda key: self.js(f"document.querySelector('.tile[data-key=\"{key}\"] .tile-value').textContent")
        self.assertEqual(shown("latency/service/mean_us"), f"{summary['latency']['service']['mean_us'] / 1e3:.2f} ms")
        self.assertEqual(shown("served_accuracy_percent"), f"{summary['served_accuracy_percent']:.2f} %")
        self.assertEqual(shown("off_chip_bytes/total"), f"{summary['off_chip_bytes']['total'] / 4000 / 2**20:.2f} MiB")
        self.assertEqual(shown("energy_pj/total"), f"{summary['energy_pj']['total'] / 4000 / 1e9:.3f} mJ")
        self.expect_readable(file)

    def test_axes_begin_at_zero_where_nothing_is_below(self):
        self.open(self.page("quickstart"))
        low = lambda values: self.js(f"linear({values}).domain()[0]")
        self.assertEqual(low([0, 100]), 0)
        self.assertEqual(low([1, 100]), 0)
        self.assertGreater(low([90, 100]), 80)
        self.assertLess(low([-1, 100]), 0)

    def test_one_is_not_many(self):
        self.open(self.page("quickstart"))
        text = lambda count: self.js(f"headlineText(HEADLINES.find(({{key}}) => key === 'pb/swaps'), {count})")
        self.assertEqual([text(0), text(1), text(2)], ["0 swaps", "1 swap", "2 swaps"])

    def test_runs_are_compared(self):
        file = self.page("quickstart", "half")
        self.open(file)
        self.expect_charts(RUN_CHARTS | COMPARE_CHARTS)
        self.js("""{ const select = document.querySelector('.run-choice select'); select.value = '1';
                    select.dispatchEvent(new Event('change')); }""")
        self.expect_headlines(json.loads((self.top / "half/summary.json").read_text()))
        self.assertEqual(self.browser.complaints(), [])
        self.expect_readable(file)

    def test_without_records_the_rest_is_shown(self):
        file = self.page("no_records")
        self.open(file)
        drawn = self.expect_charts(RUN_CHARTS - RECORD_CHARTS)
        self.assertEqual(drawn & RECORD_CHARTS, set())
        missing = lambda: self.js("document.querySelector('.missing').textContent")
        self.assertIn("queries.csv (the run had --no-records)", missing())
        shutil.copytree(self.top / "half", self.top / "gone")
        (self.top / "gone/queries.csv").unlink()
        self.open(self.page("gone"))
        self.assertIn("queries.csv (the run wrote it; it is gone)", missing())
        self.expect_readable(file)

    def test_a_summary_alone_is_shown(self):
        alone = self.top / "alone"
        alone.mkdir()
        shutil.copy(self.top / "quickstart/summary.json", alone)
        self.open(self.page("alone"))
        self.expect_charts({"off-chip-bytes", "energy", "cycles"})
        self.open(self.page("alone", "no_records", "quickstart"))
        self.expect_charts(COMPARE_CHARTS)

    def test_a_sweep_has_a_heat_map_and_a_front(self):
        file = self.page("sweep")
        self.open(file)
        self.expect_charts({"sweep-heat", "sweep-pareto"})
        best = sushisim("sweep", "best", "--store", str(self.top / "store"), "--objective", "min:service_mean_us",
                        "--objective", "min:energy_uj_per_query")
        front = self.js("""figures.find(({id}) => id === 'sweep-pareto').options.data().rows
            .filter((row) => row[2] === 1).map((row) => row[0])""")
        self.assertEqual(sorted(front), sorted(int(row["point"]) for row in csv.DictReader(io.StringIO(best))))
        self.expect_readable(file)

    def test_a_rectangle_keeps_points_and_a_click_shows_a_configuration(self):
        self.open(self.page("sweep"))
        rows = "document.querySelectorAll('#sweep-table tbody tr').length"
        self.assertEqual(self.js(rows), 60)
        box = json.loads(self.js("""{ const svg = document.querySelector('#sweep-pareto svg'); svg.scrollIntoView({behavior: 'instant'});
            const {x, y, width, height} = svg.getBoundingClientRect(); JSON.stringify([x, y, width, height]); }"""))
        x, y, width, height = box
        for kind, at in (("mousePressed", 0.1), ("mouseMoved", 0.3), ("mouseMoved", 0.45), ("mouseReleased", 0.45)):
            self.browser.mouse(kind, x + width * at, y + height * (0.3 + at))
        kept = self.js(rows)
        self.assertTrue(0 < kept < 60, kept)
        typed = "document.querySelectorAll('.ranges input')"
        self.assertTrue(self.js(f"[...{typed}].every(({{value}}) => value !== '')"))
        self.js("document.querySelector('.ranges button').click()")
        self.assertEqual(self.js(rows), 60)
        least = self.js("d3.min(JSON.parse(document.getElementById('data').textContent).sweep.metrics.service_mean_us)")
        self.js(f"{{ const to = {typed}[1]; to.value = {least + 500}; to.dispatchEvent(new Event('change')); }}")
        self.assertTrue(0 < self.js(rows) < 60)
        self.js("document.querySelector('#sweep-pareto svg').focus()")
        self.browser.key("ArrowRight")
        self.browser.key("Enter")
        detail = self.js("document.querySelector('.detail').textContent")
        self.assertIn("accel.pb.capacity_kib", detail)
        self.assertIn("energy_uj_per_query", detail)
        self.assertEqual(self.browser.complaints(), [])

    def test_the_keyboard_reaches_everything(self):
        self.open(self.page("quickstart"))
        told = "document.querySelector('.told').textContent"
        before = self.js(told)
        pixels = self.js("document.querySelector('#pb-map svg').outerHTML")
        self.js("document.querySelector('.slider input').focus()")
        self.browser.key("ArrowRight")
        self.assertIn("3 of 114", self.js(told))
        self.assertNotEqual(self.js(told), before)
        self.assertNotEqual(self.js("document.querySelector('#pb-map svg').outerHTML"), pixels)
        self.js("document.querySelector('#pb-map svg').focus()")
        self.browser.key("ArrowRight")
        self.assertRegex(self.js("document.getElementById('tip').textContent"),
                         r"^stem\.conv0, 3 × 3: 32 kernels × 3 channels\ncached \d+ × \d+, used \d+ × \d+\nhit ")
        self.js("document.querySelector('#energy svg').focus()")
        self.browser.key("ArrowRight")
        self.assertFalse(self.js("document.getElementById('tip').hidden"))
        self.assertRegex(self.js("document.getElementById('tip').textContent"), r"^dpe array, this run: [\d.]+ mJ$")
        self.assertNotEqual(self.js("getComputedStyle(document.activeElement).outlineStyle"), "none")
        self.browser.key("Tab")
        self.assertEqual(self.js("document.activeElement.textContent"), "SVG")
        self.js("document.querySelector('#served svg').focus()")
        self.browser.key("End")
        self.browser.key("Enter")  # the last stretch in the last SubGraph's row
        self.assertRegex(self.js(told), r"^\d+ of 114: queries .*SubGraph F\.scaled,")
        self.assertEqual(self.js("document.activeElement.getAttribute('aria-label')"), "Decision")
        unnamed = self.js("""[...document.querySelectorAll('svg[tabindex], input, select, button, [tabindex="0"]')].filter((element) =>
            !element.getAttribute('aria-label') && !element.closest('label') && !element.textContent.trim()).length""")
        self.assertEqual(unnamed, 0)

    def test_a_table_is_sorted_by_its_heading(self):
        self.open(self.page("quickstart"))
        head = "[...document.querySelectorAll('#layer-table thead th')].find((th) => th.textContent.startsWith('time'))"
        column = "[...document.querySelectorAll('#layer-table tbody tr')].map((tr) => parseFloat(tr.children[5].textContent.replace(/\\s/g, '')))"
        for order, word in ((True, "descending"), (False, "ascending")):
            self.js(f"{head}.querySelector('button').click()")
            self.assertEqual(self.js(f"{head}.getAttribute('aria-sort')"), word)
            times = self.js(column)
            self.assertEqual(times, sorted(times, reverse=order))
            self.assertGreater(len(set(times)), 10)

    def test_every_chart_is_saved_as_svg_and_csv_and_has_a_table(self):
        for names in (("quickstart", "half"), ("sweep",)):
            self.open(self.page(*names), dark=True)
            for name, svg, text in self.js("figures.map((figure) => [figure.id, figure.svgText(), csvText(figure.options.data())])"):
                document = minidom.parseString(svg)
                self.assertEqual(document.documentElement.tagName, "svg", name)
                self.assertNotIn("var(", svg, name)
                self.assertNotIn("class=", svg, name)
                used = set(re.findall(r"url\(&quot;#([^&]*)&quot;\)|url\(#([^)]*)\)", svg))
                for ids in used:
                    self.assertIn(f'id="{"".join(ids)}"', svg, name)
                rows = list(csv.reader(io.StringIO(text)))
                self.assertGreater(len(rows), 1, name)
                self.assertEqual({len(row) for row in rows}, {len(rows[0])}, name)
            self.assertEqual(self.js("document.documentElement.dataset.theme"), "dark")
            self.js("document.querySelectorAll('figure details').forEach((details) => { details.open = true; })")
            self.js("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)))")
            self.assertTrue(self.js("[...document.querySelectorAll('figure details')].every((d) => d.querySelectorAll('tbody tr').length > 0)"))

    def test_colours_contrast_in_both_themes(self):
        self.open(self.page("quickstart"))
        contrast = """(dark) => { document.documentElement.dataset.theme = dark;
            const style = getComputedStyle(document.documentElement);
            const light = (name) => { const {r, g, b} = d3.rgb(style.getPropertyValue(name).trim());
              const part = (v) => (v /= 255, v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
              return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b); };
            const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
            return {text: Math.min(...['--ink', '--muted', '--accent'].flatMap((ink) => ['--page', '--surface'].map((page) => ratio(ink, page)))),
              series: Math.min(...[...Array(8).keys()].map((k) => ratio(`--series-${k}`, '--surface')))}; }"""
        for theme in ("light", "dark"):
            found = self.js(f"({contrast})('{theme}')")
            self.assertGreaterEqual(found["text"], 4.5, theme)  # WCAG 2 AA
            self.assertGreaterEqual(found["series"], 2, theme)
        self.js("document.documentElement.dataset.theme = 'light'; document.getElementById('theme').click()")
        self.assertEqual(self.js("getComputedStyle(document.body).backgroundColor"), "rgb(15, 18, 22)")

    def test_names_from_input_stay_text(self):
        """Every name that a result holds, and the directory's, is an attack."""
        source, nasty = self.top / "quickstart", self.top / ("<script>window.pwned=1</script>".replace("/", "") + "' \"&")
        nasty.mkdir()
        summary = json.loads((source / "summary.json").read_text())
        model = json.loads((source / "model.json").read_text())
        texts = {summary[key] for key in ("device", "supernet", "policy", "caching")} | {summary["energy_table"]["name"]}
        texts |= {model["trace"]} | {item["name"] for key in ("layers", "subnets", "subgraphs") for item in model[key]}
        texts |= {"vector_unit", "line_buffer", "weights", "iacts", "compute", "fill"}  # keys
        names = {text: f"{text} {NASTY}" for text in texts}
        for file in ("summary.json", "model.json", "manifest.json"):
            content = json.loads((source / file).read_text())
            if file == "manifest.json":
                content["configuration"] = {f"{key} {NASTY}": f"{value} {NASTY}" for key, value in content["configuration"].items()}
            (nasty / file).write_text(json.dumps(replaced(content, names)))
        for file in ("queries.csv", "layers.csv", "layers_no_pb.csv"):
            with (source / file).open(newline="") as lines:
                rows = list(csv.reader(lines))
            with (nasty / file).open("w", newline="") as out:
                csv.writer(out).writerows([rows[0]] + [[names.get(cell, cell) for cell in row] for row in rows[1:]])
        file = self.page(nasty.name)
        self.assertEqual(file.read_text().count("<script"), 3)
        for names_ in ((nasty.name,), (nasty.name, "quickstart")):
            self.open(self.page(*names_))
            self.expect_charts(RUN_CHARTS)
            self.assertEqual(self.js("typeof window.pwned"), "undefined")
            self.assertEqual(self.js("document.querySelectorAll('script').length"), 3)
            self.assertEqual(self.js("document.querySelectorAll('img').length"), 0)
        for where in (".facts", "#layer-table", "#configuration-table", "#served svg", "#pb-map svg"):
            self.assertIn("&lt;script&gt;", self.js(f"document.querySelector(\"{where}\").outerHTML"), where)
        for svg in self.js("figures.map((figure) => figure.svgText())"):
            self.assertEqual(minidom.parseString(svg).getElementsByTagName("script").length, 0)
        self.sweep_names_stay_text()

    def sweep_names_stay_text(self):
        nasty = self.top / "nasty_sweep"
        nasty.mkdir()
        with (nasty / "sweep.jsonl").open("w") as out:
            for line in (self.top / "sweep/sweep.jsonl").read_text().splitlines():
                point = json.loads(line)
                for key in ("point", "metrics"):
                    point[key] = {f"{name} {NASTY}": f"{value} {NASTY}" if isinstance(value, str) else value
                                  for name, value in point[key].items()}
                point["id"] = NASTY
                out.write(json.dumps(point) + "\n")
        self.open(self.page("nasty_sweep"))
        self.expect_charts({"sweep-heat", "sweep-pareto"})
        self.js("document.querySelector('#sweep-table .link').click()")
        self.assertEqual(self.js("typeof window.pwned"), "undefined")
        self.assertEqual(self.js("document.querySelectorAll('img').length"), 0)
        self.assertEqual(self.browser.complaints(), [])

    def test_a_hundred_thousand_queries_open_at_once(self):
        sushisim("run", str(QUICKSTART), "--quiet", "--out", str(self.top / "many"), "--set", "trace.generator.queries=100000")
        file = self.page("many")
        times = []
        for _ in range(3):
            self.open(file)
            times.append(float(self.js("document.documentElement.dataset.readyMs")))
        print(f"10^5 queries: {file.stat().st_size / 1e6:.2f} MB, last chart after {', '.join(f'{ms:.0f}' for ms in times)} ms")
        self.assertLess(min(times), 10_000)  # 2 s is the goal; machines differ
        self.assertLess(file.stat().st_size, 3_000_000)
        self.expect_charts(RUN_CHARTS)
        self.assertIn("the mean of each 50 queries", self.js("document.querySelector('#time').textContent"))


class Vendored(unittest.TestCase):
    def test_the_library_is_as_published(self):
        folder = ROOT / "third_party/d3"
        sums = dict(re.findall(r"\| (d3-[\w-]+\.min\.js) \| [\d.]+ \| ([0-9a-f]{64}) \|", (folder / "README.md").read_text()))
        self.assertEqual(set(sums), {file.name for file in folder.glob("*.js")})
        for name, expected in sums.items():
            self.assertEqual(hashlib.sha256((folder / name).read_bytes()).hexdigest(), expected, name)


if __name__ == "__main__":
    if browser.find() is None:
        cluster_tools.require("report_test", ["chromium"], ["chromium"], "--browser")
    unittest.main()
