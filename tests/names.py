#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The core knows no plugin by name.

In the code of server/ (comments do not count) stands no `plugin.NAME` or `org.mortise.NAME` of a folder of plugins/, no such name
as a whole literal, and no variable that one of them declares with .environment(). Lists of words that make a value sensitive
(SENSITIVE) are no names of plugins.
"""

from __future__ import annotations

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SENSITIVE = {"server/base/redaction.cpp", "server/base/sensitive_names.cpp"}


def faults(text: str, names: list[str], variables: set[str], words: bool):
    """What the code knows; `words`: also literals that are a name and nothing else."""
    for number, line in enumerate(text.splitlines(), 1):
        code = re.sub(r"(?<!:)//.*", "", line)
        for name in names:
            if re.search(rf"\b(plugin|org\.mortise)\.{re.escape(name)}\b", code) or (words and f'"{name}"' in code):
                yield number, f"the plugin '{name}'"
        for variable in variables:
            if re.search(rf"\b{variable}\b", code):
                yield number, f"the variable {variable}"


def main() -> int:
    names = sorted(path.name for path in (ROOT / "plugins").iterdir() if (path / "CMakeLists.txt").is_file())
    declared: list[str] = []
    for path in sorted((ROOT / "plugins").glob("*/*.[ch]pp")):
        declared += re.findall(r'\.environment\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    variables = {name.strip() for group in declared for name in group.split(",")}
    found = 0
    for path in sorted((ROOT / "server").rglob("*.[ch]pp")):
        place = path.relative_to(ROOT).as_posix()
        for number, what in faults(path.read_text(encoding="utf-8"), names, variables, place not in SENSITIVE):
            print(f"{place}:{number}: knows {what}", file=sys.stderr)
            found += 1
    print(f"{len(names)} plugins, {len(variables)} variables, {found} faults")
    return 1 if found or not names or not variables else 0


if __name__ == "__main__":
    sys.exit(main())
