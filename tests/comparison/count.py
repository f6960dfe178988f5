#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""count.py: lines and tokens of each query of this folder, between `// query` and `// end`; fails where ours are more."""
import pathlib
import re
import sys

PLACE = pathlib.Path(__file__).resolve().parent
OTHERS = ("prisma", "drizzle")
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.S)
TOKEN = re.compile(
    r"""\s+|(?P<token>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`|[A-Za-z_$][\w$]*|\d[\w.]*"""
    r"""|\.\.\.|===|!==|=>|->|::|==|!=|<=|>=|&&|\|\||\?\?|\?\.|[^\w\s])"""
)


def query(file: pathlib.Path) -> str:
    found = re.findall(r"^ *// query\n(.*?)^ *// end$", file.read_text(encoding="utf-8"), re.S | re.M)
    if len(found) != 1:
        sys.exit(f"{file}: one region from // query to // end")
    return COMMENT.sub("", found[0])


def count(file: pathlib.Path) -> tuple[int, int]:
    text = query(file)
    lines = sum(1 for line in text.splitlines() if line.strip())
    tokens = [match["token"] for match in TOKEN.finditer(text) if match["token"]]
    # A comma before a closing bracket is the formatter's.
    trailing = sum(1 for a, b in zip(tokens, tokens[1:]) if a == "," and b in ")]}")
    return lines, len(tokens) - trailing


def main() -> int:
    faults = 0
    names = sorted(file.stem for file in (PLACE / "mortise").glob("*.cpp"))
    for other in OTHERS:
        if sorted(file.stem for file in (PLACE / other).glob("*.ts")) != names:
            print(f"{other}/ has not the queries of mortise/")
            faults += 1
    for name in names:
        ours = count(PLACE / "mortise" / f"{name}.cpp")
        shown = [f"mortise {ours[0]} lines, {ours[1]} tokens"]
        for other in OTHERS:
            theirs = count(PLACE / other / f"{name}.ts")
            longer = ours[0] > theirs[0] or ours[1] > theirs[1]
            faults += longer
            shown.append(f"{other} {theirs[0]}, {theirs[1]}" + (" (ours is longer)" if longer else ""))
        print(f"{name}: {'; '.join(shown)}")
    return 1 if faults or not names else 0


if __name__ == "__main__":
    sys.exit(main())
