#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""quotes.py ROOT: code that a guide quotes is code that is built.

A fenced block after `<!-- quoted from PATH -->` must stand in PATH word for word.
"""
import pathlib
import re
import sys

QUOTE = re.compile(r"<!-- quoted from (\S+) -->\n```\w*\n(.*?)```", re.S)


def main():
    root = pathlib.Path(sys.argv[1])
    quotes = faults = 0
    for guide in sorted(p for p in root.rglob("*.md") if "build" not in p.relative_to(root).parts):
        for match in QUOTE.finditer(guide.read_text()):
            quotes += 1
            source = root / match.group(1)
            if not source.exists() or match.group(2) not in source.read_text():
                print(f"{guide}: the quotation from {match.group(1)} is not what stands there")
                faults += 1
    print(f"{quotes} quotations, {faults} wrong")
    return 1 if faults or quotes == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
