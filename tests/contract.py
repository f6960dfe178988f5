#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The table from each line of tests/contract.txt to the black-box tests that show it.

Prints the table as Markdown, or writes it to the file given; fails on a line without a test and on an unknown tag.
A tag is the comment `# contract: id[, id...]` inside or right above a test function.

Where the wire contract itself is at hand ($MORTISE_CONTRACT, default: shared/CONTRACT.md beside this tree),
contract_places.txt ties the lines to it: see there.
"""

from __future__ import annotations

import os
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
    for path in (path for folder in ("integration", "conformance", "graphql_clients") for path in sorted(TESTS.glob(f"{folder}/**/*.py"))):
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


def sections_of(path: pathlib.Path) -> dict[str, list[tuple[int, str]]]:
    """Heading to (number, text) of its lines; what only draws a table is left out."""
    sections: dict[str, list[tuple[int, str]]] = {}
    heading = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            heading = line[3:].strip()
            sections[heading] = []
        elif heading and line.strip() and not re.fullmatch(r"[| -]+|\| route \|.*", line):
            sections[heading].append((number, line))
    return sections


def places(ids: list[str], contract: pathlib.Path) -> list[str]:
    """The faults between contract_places.txt and the contract."""
    left, named, words, faults = set(), set(), [], []
    for number, line in enumerate((TESTS / "contract_places.txt").read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, text = line.partition(": ")
        if not colon or not text.strip():
            faults.append(f"contract_places.txt:{number}: an id, a colon, and words of the contract")
        elif name.startswith("section "):
            left.add(text.strip())
        else:
            words.append((number, text.strip()))
            if name.startswith("later "):
                continue
            named.add(name)
            if name not in ids:
                faults.append(f"contract_places.txt:{number}: unknown id '{name}'")
    faults += [f"contract_places.txt: no place for '{name}'" for name in ids if name not in named]
    sections = sections_of(contract)
    faults += [f"contract_places.txt: the contract has no section '{heading}'" for heading in sorted(left - set(sections))]
    lines = [one for heading, found in sections.items() if heading not in left for one in found]
    for number, text in words:
        if not any(text in line for _, line in lines):
            faults.append(f"contract_places.txt:{number}: no line in scope says {text!r}")
    for number, line in lines:
        if not any(text in line for _, text in words):
            faults.append(f"{contract.name}:{number}: nothing in contract_places.txt is about {line.strip()[:100]!r}")
    return faults


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

    contract = pathlib.Path(os.environ.get("MORTISE_CONTRACT", TESTS.parents[1] / "shared" / "CONTRACT.md"))
    if contract.is_file():
        faults += places(list(lines), contract)

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
