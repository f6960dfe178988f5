#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table from each line of tests/contract.txt to the black-box tests that show it.

Prints the table as Markdown, or writes it to the file given; fails on a line without a test and on an unknown tag.
A tag is the comment `# contract: id[, id...]` inside or right above a test function.
"""

from __future__ import annotations

import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parent
TAG = re.compile(r"#\s*contract:\s*(.+?)\s*$")
TEST = re.compile(r"\s*def (test\w*)")
CLASS = re.compile(r"class (\w+)")


def read_lines() -> dict[str, tuple[str, str]]:
    """id to (heading, sentence), in the file's order."""
    lines: dict[str, tuple[str, str]] = {}
    heading = ""
    for number, line in enumerate((TESTS / "contract.txt").read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            heading = line[1:].strip()
        elif line.strip():
            name, _, sentence = line.partition(" ")
            if not sentence.strip() or name in lines:
                sys.exit(f"contract.txt:{number}: an id that is there twice, or without a sentence")
            lines[name] = (heading, sentence.strip())
    return lines


def read_tags() -> list[tuple[str, str, int]]:
    """(id, test, line) of every tag. A tag above a test's `def` (or its decorators) belongs to that test."""
    found = []
    for path in sorted(TESTS.glob("integration/**/*.py")) + sorted(TESTS.glob("conformance/**/*.py")):
        name = path.relative_to(TESTS).as_posix()
        lines = path.read_text(encoding="utf-8").splitlines()
        owner, current = "", ""
        for number, line in enumerate(lines):
            if match := CLASS.match(line):
                owner = match[1]
            if match := TEST.match(line):
                current = match[1]
            if match := TAG.search(line):
                follow = next((text for text in lines[number + 1 :] if not text.strip().startswith(("#", "@"))), "")
                above = TEST.match(follow)
                test = above[1] if above else current
                found += [(one.strip(), f"{name}: {owner}.{test}", number + 1) for one in match[1].split(",")]
    return found


def main() -> int:
    lines = read_lines()
    tests: dict[str, list[str]] = {name: [] for name in lines}
    faults = []
    for name, test, number in read_tags():
        if name not in tests:
            faults.append(f"{test} (line {number}): unknown id '{name}'")
        elif test not in tests[name]:
            tests[name].append(test)
    faults += [f"contract.txt: nothing shows '{name}': {lines[name][1]}" for name in lines if not tests[name]]

    out = ["# What clients rely on, and the tests that show it", ""]
    heading = ""
    for name, (part, sentence) in lines.items():
        if part != heading:
            heading = part
            out += ["", f"## {heading}", "", "| id | behaviour | tests |", "| --- | --- | --- |"]
        out.append(f"| `{name}` | {sentence} | {'<br>'.join(tests[name])} |")
    text = "\n".join(out) + "\n"
    if len(sys.argv) > 1:
        pathlib.Path(sys.argv[1]).write_text(text, encoding="utf-8")
    elif not faults:
        print(text, end="")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{sum(map(bool, tests.values()))} of {len(lines)} lines are shown by tests", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
