#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the way of a request that server/README.md lists: at most 18 numbered lines, counted from 1, each of which names a function
and the file that defines it; the function's definition is there, and so is every other file of that section."""

from __future__ import annotations

import pathlib
import re
import sys

README = pathlib.Path(__file__).resolve().parents[1] / "server" / "README.md"
HEADING = "## `GET /hello`"
MAXIMUM = 18
LINE = re.compile(r"(\d+)\. `([\w:]+)` \(\[([\w/.]+)\]\(([\w/.]+)\)\): \S")


def defines(text: str, function: str) -> bool:
    """Whether `text` has the definition of `function`: Class::member, or namespace::function, which stands without its namespace."""
    scope, _, name = function.rpartition("::")
    wanted = rf"{re.escape(scope)}::{name}" if scope[:1].isupper() else name
    # At the start of a line, behind what it returns, and with a body.
    return re.search(rf"^[\w][\w:<>*& ]*[ *&]{wanted}\([^;{{}}]*\)[^;{{}}()]*\{{", text, re.M) is not None


def faults(section: str, folder: pathlib.Path) -> list[str]:
    found = []
    lines = [line for line in section.splitlines() if re.match(r"\d+\.", line)]
    if not 0 < len(lines) <= MAXIMUM:
        found.append(f"{len(lines)} functions, instead of 1 to {MAXIMUM}")
    for number, line in enumerate(lines, 1):
        match = LINE.match(line)
        if not match or int(match[1]) != number or match[3] != match[4]:
            found.append(f"not of the form '{number}. `Class::function` ([file](file)): what it decides': {line}")
            continue
        file = folder / match[4]
        if not file.is_file():
            found.append(f"{match[4]} is not there")
        elif not defines(file.read_text(encoding="utf-8"), match[2]):
            found.append(f"{match[4]} does not define {match[2]}")
    for target in re.findall(r"\]\(([^)]+)\)", section):
        if not (folder / target).exists():
            found.append(f"{target} is not there")
    return found


def main() -> int:
    text = README.read_text(encoding="utf-8")
    _, heading, rest = text.partition(HEADING)
    found = faults(rest.partition("\n## ")[0], README.parent) if heading else [f"no section {HEADING}"]
    for fault in found:
        print(f"server/README.md: {fault}", file=sys.stderr)
    print(f"{len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
