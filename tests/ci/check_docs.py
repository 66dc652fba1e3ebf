#!/usr/bin/env python3
"""Runs every command that the documents show and compares what it prints with what they say it prints.

    tests/ci/check_docs.py [--update] [--root DIR] [FILE.md…]

Without FILEs: README.md and docs/**/*.md. For authors:

* Commands stand in ```console blocks. `$ ` begins a command; a line that ends in a backslash goes on in the
  next; lines that begin with `> ` right below a command belong to it (a here-document, say). What follows, up
  to the next `$ `, is the expected output, stdout and stderr as on a terminal.
* In the expected output `…` stands for any text within a line, and a line that is only `…` for any number of
  lines.
* A command must exit with 0. On the line above a block an HTML comment can say otherwise:
      <!-- check: exit=2 -->       the block's last command must exit with 2; its output is compared
      <!-- check: run -->          only the exit code counts, not the output (the two combine: run, exit=2)
      <!-- check: skip REASON -->  not run; the reason is printed
* A document's commands run in order, each in a bash of its own, in one scratch copy of the repository, so a
  later command sees the files of an earlier one and nothing is written to the work tree. `sushisim` is on PATH.
* Commands in ```sh, ```bash or ```shell blocks would go unchecked, so those are refused.

--update replaces the expected output of the commands that no longer match; those that match, and with them
their `…`, stay.

Exit code 0 all as shown, 1 some differ, 2 a document that cannot be read.
"""

import argparse
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

COPIED = ["configs", "models", "traces", "docs"]  # a command may write beside these
LINKED = ["build", "src", "include", "tests", "cmake", "schemas", "examples"]
REFUSED_LANGUAGES = {"sh", "bash", "shell", "zsh"}
ELLIPSIS = "…"
SHOWN_LINES = 60


class DocumentError(Exception):
    pass


@dataclass
class Command:
    line: int  # 0-based, of the `$ `
    text: str
    first: int  # the expected output is lines[first:end]
    end: int
    expected: list
    exit_code: int = 0


@dataclass
class Block:
    line: int
    indent: str
    compare: bool = True
    skip: str = ""
    commands: list = field(default_factory=list)


def read_directive(text, block, where):
    """`text` is what stands between `<!-- check:` and `-->`. Returns the last command's exit code."""
    word, _, rest = text.strip().partition(" ")
    if word == "skip":
        if not rest.strip():
            raise DocumentError(f"{where}: 'check: skip' needs a reason")
        block.skip = rest.strip()
        return 0
    exit_code = 0
    for item in text.split(","):
        item = item.strip()
        if item == "run":
            block.compare = False
        elif re.fullmatch(r"exit=\d+", item):
            exit_code = int(item[5:])
        else:
            raise DocumentError(f"{where}: unknown directive '{item}'; known: run, exit=N, skip REASON")
    return exit_code


def read_commands(lines, first, end, indent, where):
    commands = []
    at = first
    plain = lambda i: lines[i][len(indent):] if lines[i].startswith(indent) else lines[i].lstrip()
    while at < end:
        if not plain(at).startswith("$ "):
            raise DocumentError(f"{where}: a console block begins with a line '$ COMMAND'")
        begin = at
        text = plain(at)[2:]
        at += 1
        while at < end and (text.endswith("\\") or plain(at).startswith("> ") or plain(at) == ">"):
            more = plain(at)
            text += "\n" + (more[2:] if more.startswith(">") else more)
            at += 1
        output = at
        while at < end and not plain(at).startswith("$ "):
            at += 1
        commands.append(Command(begin, text, output, at, trimmed([plain(i) for i in range(output, at)])))
    if not commands:
        raise DocumentError(f"{where}: an empty console block")
    return commands


def read_blocks(lines, name):
    blocks = []
    at = 0
    while at < len(lines):
        fence = re.match(r"^( *)(`{3,}|~{3,}) *([\w+-]*)", lines[at])
        if not fence:
            at += 1
            continue
        indent, ticks, language = fence.groups()
        end = at + 1
        while end < len(lines) and not re.match(r"^ *" + ticks[0] + "{" + str(len(ticks)) + r",} *$", lines[end]):
            end += 1
        where = f"{name}:{at + 1}"
        if end == len(lines):
            raise DocumentError(f"{where}: this block never ends")
        if language in REFUSED_LANGUAGES:
            raise DocumentError(f"{where}: commands go into ```console blocks, where they are checked")
        if language == "console":
            block = Block(at, indent)
            above = at - 1
            while above >= 0 and not lines[above].strip():
                above -= 1
            directive = re.match(r"^ *<!-- *check:(.*?)-->\s*$", lines[above]) if above >= 0 else None
            exit_code = read_directive(directive.group(1), block, where) if directive else 0
            block.commands = read_commands(lines, at + 1, end, indent, where)
            block.commands[-1].exit_code = exit_code
            blocks.append(block)
        elif any(line.strip().startswith("$ ") for line in lines[at + 1:end]) and not language:
            raise DocumentError(f"{where}: shows a command, so name its language: ```console")
        at = end + 1
    return blocks


def trimmed(lines):
    lines = [line.rstrip() for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def line_matches(pattern, line):
    if ELLIPSIS not in pattern:
        return pattern == line
    return re.fullmatch(".*".join(re.escape(part) for part in pattern.split(ELLIPSIS)), line) is not None


def matches(expected, actual):
    """Glob over lines: a line that is only `…` is the star."""
    e = a = 0
    star = resume = -1
    while a < len(actual):
        if e < len(expected) and expected[e].strip() == ELLIPSIS:
            star, resume = e, a
            e += 1
        elif e < len(expected) and line_matches(expected[e], actual[a]):
            e += 1
            a += 1
        elif star >= 0:
            resume += 1
            e, a = star + 1, resume
        else:
            return False
    return all(line.strip() == ELLIPSIS for line in expected[e:])


def make_scratch(root, parent):
    scratch = parent / root.name
    scratch.mkdir()
    for path in root.iterdir():
        if path.is_file():
            shutil.copy2(path, scratch / path.name)
        elif path.name in COPIED:
            shutil.copytree(path, scratch / path.name, symlinks=True)
        elif path.name in LINKED:
            (scratch / path.name).symlink_to(path)
    if (root.parent / "shared").is_dir():
        (parent / "shared").symlink_to(root.parent / "shared")
    return scratch


def environment(root):
    binary = os.environ.get("SUSHISIM")
    folder = Path(binary).resolve().parent if binary else root / "build/release/bin"
    env = dict(os.environ, PATH=f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", NO_COLOR="1", COLUMNS="100",
               TERM="dumb", LC_ALL="C.UTF-8")
    env.pop("GITHUB_ACTIONS", None)  # it makes sushisim print annotations too
    return env


def run(command, cwd, env, timeout):
    """(exit code, lines printed); the exit code is None if it had to be stopped."""
    process = subprocess.Popen(["bash", "-c", command], cwd=cwd, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        printed, _ = process.communicate(timeout=timeout)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        printed, _ = process.communicate()
        code = None
    return code, trimmed(printed.decode("utf-8", "replace").splitlines())


def shown(lines):
    cut = lines[:SHOWN_LINES]
    if len(lines) > SHOWN_LINES:
        cut = cut + [f"({len(lines) - SHOWN_LINES} more lines)"]
    return "".join(f"      {line}\n" for line in cut)


class Checker:
    def __init__(self, root, update, timeout):
        self.root, self.update, self.timeout = root, update, timeout
        self.env = environment(root)
        self.passed = self.failed = self.skipped = self.updated = 0

    def fail(self, where, command, message, detail):
        self.failed += 1
        print(f"FAILED {where}: $ {command}\n  {message}\n{shown(detail)}", flush=True)

    def check_file(self, path):
        text = path.read_text("utf-8")
        lines = text.splitlines()
        name = os.path.relpath(path, self.root)
        blocks = read_blocks(lines, name)
        if not blocks:
            return
        replacements = []
        with tempfile.TemporaryDirectory(prefix="check_docs.") as parent:
            scratch = make_scratch(self.root, Path(parent))
            for block in blocks:
                if block.skip:
                    self.skipped += len(block.commands)
                    for command in block.commands:
                        print(f"skipped {name}:{command.line + 1}: $ {command.text} ({block.skip})")
                    continue
                for command in block.commands:
                    self.check_command(name, block, command, scratch, replacements)
        for first, end, new in reversed(replacements):
            lines[first:end] = new
        if replacements:
            path.write_text("\n".join(lines) + "\n", "utf-8")

    def check_command(self, name, block, command, scratch, replacements):
        where = f"{name}:{command.line + 1}"
        code, actual = run(command.text, scratch, self.env, self.timeout)
        if code is None:
            self.fail(where, command.text, f"did not end within {self.timeout:g} s; it printed:", actual)
        elif code != command.exit_code:
            self.fail(where, command.text, f"exit code {code} where {command.exit_code} is expected; it printed:",
                      actual)
        elif not block.compare or matches(command.expected, actual):
            self.passed += 1
        elif self.update:
            self.updated += 1
            replacements.append((command.first, command.end, [(block.indent + line).rstrip() for line in actual]))
        else:
            diff = difflib.unified_diff(command.expected, actual, "shown in the document", "printed", lineterm="")
            self.fail(where, command.text, "prints something else:", list(diff))


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    parser.add_argument("--timeout", type=float, default=300, help="seconds a command may take (300)")
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE.md")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    files = [f.resolve() for f in options.files]
    if not files:
        files = [f for f in [root / "README.md"] if f.exists()] + sorted((root / "docs").rglob("*.md"))
    if not files:
        print(f"check_docs: no documents in {root}", file=sys.stderr)
        return 2
    checker = Checker(root, options.update, options.timeout)
    try:
        for path in files:
            checker.check_file(path)
    except (DocumentError, OSError) as error:
        print(f"check_docs: {error}", file=sys.stderr)
        return 2
    print(f"check_docs: {checker.passed} commands as shown, {checker.failed} not, {checker.updated} updated, "
          f"{checker.skipped} skipped, in {len(files)} documents")
    return 1 if checker.failed else 0


if __name__ == "__main__":
    sys.exit(main())
