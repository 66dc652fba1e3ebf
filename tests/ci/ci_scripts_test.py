#!/usr/bin/env python3
"""Tests of the checkers themselves: a checker that cannot fail checks nothing."""

import contextlib
import io
import json
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import check_docs  # noqa: E402
import compare_results  # noqa: E402


class TemporaryFolder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = Path(folder.name)


class CheckDocs(TemporaryFolder):
    def setUp(self):
        super().setUp()
        self.root = self.top / "repository"
        (self.root / "configs").mkdir(parents=True)
        (self.root / "configs/a.yaml").write_text("schema_version: 1\n")
        self.readme = self.root / "README.md"

    def check(self, text, *options):
        self.readme.write_text(text)
        self.printed = io.StringIO()
        with contextlib.redirect_stdout(self.printed), contextlib.redirect_stderr(self.printed):
            return check_docs.main(["--root", str(self.root), *options])

    def block(self, body, directive="", *options):
        return self.check(f"# Title\n\n{directive}\n```console\n{body}\n```\n", *options)

    def test_what_is_printed_as_shown_passes(self):
        self.assertEqual(self.block("$ cat configs/a.yaml\nschema_version: 1\n$ echo two\ntwo"), 0)
        self.assertIn("2 commands as shown", self.printed.getvalue())

    def test_another_output_fails_and_is_shown(self):
        self.assertEqual(self.block("$ echo 41\n42"), 1)
        self.assertIn("README.md:5: $ echo 41", self.printed.getvalue())
        self.assertIn("+41", self.printed.getvalue())

    def test_output_that_the_document_leaves_out_fails(self):
        self.assertEqual(self.block("$ echo surprise"), 1)

    def test_output_that_does_not_come_fails(self):
        self.assertEqual(self.block("$ true\nhello"), 1)

    def test_stderr_counts(self):
        self.assertEqual(self.block("$ echo warning >&2\nwarning"), 0)

    def test_a_failing_command_fails_even_with_the_right_output(self):
        self.assertEqual(self.block("$ echo x; exit 3\nx"), 1)

    def test_an_expected_exit_code(self):
        self.assertEqual(self.block("$ true\n$ echo no; exit 2\nno", "<!-- check: exit=2 -->"), 0)
        self.assertEqual(self.block("$ true", "<!-- check: exit=2 -->"), 1)
        self.assertEqual(self.block("$ exit 2\n$ exit 2", "<!-- check: exit=2 -->"), 1)
        self.assertEqual(self.block("$ echo other; exit 2\nno", "<!-- check: exit=2 -->"), 1)

    def test_run_compares_the_exit_code_only(self):
        self.assertEqual(self.block("$ date\nlong ago", "<!-- check: run -->"), 0)
        self.assertEqual(self.block("$ false", "<!-- check: run -->"), 1)
        self.assertEqual(self.block("$ date; exit 2\nlong ago", "<!-- check: run, exit=2 -->"), 0)

    def test_skip_needs_and_prints_a_reason(self):
        self.assertEqual(self.block("$ false", "<!-- check: skip needs a cluster -->"), 0)
        self.assertIn("$ false (needs a cluster)", self.printed.getvalue())
        self.assertEqual(self.block("$ false", "<!-- check: skip -->"), 2)

    def test_unknown_directives_are_refused(self):
        self.assertEqual(self.block("$ true", "<!-- check: ignore -->"), 2)

    def test_ellipsis_within_a_line(self):
        self.assertEqual(self.block("$ echo took 17 ms in all\ntook … ms in all"), 0)
        self.assertEqual(self.block("$ echo took 17 s in all\ntook … ms in all"), 1)

    def test_ellipsis_as_a_line(self):
        self.assertEqual(self.block("$ seq 9\n1\n…\n5\n…\n9"), 0)
        self.assertEqual(self.block("$ seq 9\n1\n…\n5\n…\n8"), 1)
        self.assertEqual(self.block("$ true\n…"), 0)
        self.assertEqual(self.block("$ seq 3\n…\n3\n3"), 1)

    def test_long_commands_and_here_documents(self):
        self.assertEqual(self.block("$ echo a \\\n    b\na b"), 0)
        self.assertEqual(self.block("$ cat <<END\n> a\n>\n> b\n> END\na\n\nb"), 0)

    def test_later_commands_see_what_earlier_ones_wrote_and_the_tree_does_not(self):
        self.assertEqual(self.block("$ echo 2 > configs/a.yaml\n$ echo 3 > new\n$ cat configs/a.yaml new\n2\n3"), 0)
        self.assertEqual((self.root / "configs/a.yaml").read_text(), "schema_version: 1\n")
        self.assertFalse((self.root / "new").exists())

    def test_commands_elsewhere_are_refused(self):
        self.assertEqual(self.check("```sh\nmake\n```\n"), 2)
        self.assertEqual(self.check("```\n$ make\n```\n"), 2)
        self.assertEqual(self.check("```console\nmake\n```\n"), 2)
        self.assertEqual(self.check("```yaml\nkey: $ 1\n```\n"), 0)

    def test_a_block_in_a_list(self):
        self.assertEqual(self.check("1. First\n\n   ```console\n   $ echo a; echo '  b'\n   a\n     b\n   ```\n"), 0)

    def test_a_command_that_hangs_is_stopped(self):
        self.assertEqual(self.block("$ sleep 60", "", "--timeout", "0.2"), 1)

    def test_update_rewrites_only_what_no_longer_matches(self):
        text = "```console\n$ seq 2\n…\n$ echo new\nold\nolder\n$ echo last\nlast\n```\nEnd\n"
        self.assertEqual(self.check(text, "--update"), 0)
        self.assertEqual(self.readme.read_text(), text.replace("old\nolder", "new"))
        self.assertEqual(self.check(self.readme.read_text()), 0)


class CompareResults(TemporaryFolder):
    def same(self, name, left, right):
        for side, content in (("a", left), ("b", right)):
            path = self.top / side / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return not list(compare_results.differences(self.top / "a", self.top / "b"))

    def test_bytes_count(self):
        self.assertTrue(self.same("q.csv", "a\n1\n", "a\n1\n"))
        self.assertFalse(self.same("q.csv", "a\n1\n", "a\n1\r\n"))

    def test_the_uncompared_block_does_not_count(self):
        left, right = ({"seed": 1, "uncompared": {"host": host}} for host in "ab")
        self.assertTrue(self.same("manifest.json", json.dumps(left), json.dumps(right)))

    def test_all_else_beside_it_counts(self):
        self.assertFalse(self.same("m.json", '{"x": 1.0, "uncompared": 1}', '{"x": 1, "uncompared": 1}'))
        self.assertFalse(self.same("m.json", '{"x": 1, "y": 2, "uncompared": 1}', '{"y": 2, "x": 1, "uncompared": 1}'))
        self.assertFalse(self.same("m.json", '{"x": {"uncompared": 1}}', '{"x": {"uncompared": 2}}'))

    def test_a_missing_file_counts(self):
        self.same("a.csv", "1", "1")
        (self.top / "b/a.csv").rename(self.top / "b/b.csv")
        self.assertEqual(len(list(compare_results.differences(self.top / "a", self.top / "b"))), 2)

    def test_empty_results_are_not_the_same(self):
        (self.top / "a").mkdir()
        (self.top / "b").mkdir()
        self.assertTrue(list(compare_results.differences(self.top / "a", self.top / "b")))


if __name__ == "__main__":
    unittest.main()
