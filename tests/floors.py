#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the tree promises about its own structure.

- A floor of server/ includes only itself and floors below it; only host/ and json/ know the plugin interface.
- Plugins and the SDK include nothing of server/; plugins know the SDK only by <mortise/...>.
- No `using namespace` in headers, `#pragma once` (C++) or a guard (C) in each.
- The first line of every source file (after #!) names the licence.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
FLOORS = ["base", "config", "json", "http", "host", "application"]  # lowest first
SEES_INTERFACE = {"json", "host", "application"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')
CODE = {".c", ".cpp", ".h", ".hpp"}
MARKED = CODE | {".py", ".sh", ".cmake", ".inc", ".map", ".service", ".supp"}
MARK = "SPDX-License-Identifier: Apache-2.0"


def files() -> list[pathlib.Path]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-z"], capture_output=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        names = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        names = [path for path in ROOT.rglob("*") if "build" not in path.relative_to(ROOT).parts]
    return sorted(path for path in names if path.is_file())


def includes(text: str):
    for number, line in enumerate(text.splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1] == "<", match[2]


def check_include(path: pathlib.Path, place: str, angled: bool, target: str) -> str | None:
    parts = path.relative_to(ROOT).parts
    head = target.split("/")[0]
    if parts[0] == "server":
        floor = parts[1] if len(parts) > 2 else "main"
        if angled and head == "mortise" and floor not in SEES_INTERFACE:
            return f"{place}: {floor}/ does not know the plugin interface ({target})"
        if angled:
            return None
        if head not in FLOORS:
            return f"{place}: \"{target}\" names no floor"
        allowed = FLOORS if floor in ("main", "ctl") else FLOORS[: FLOORS.index(floor) + 1]
        if head not in allowed:
            return f"{place}: {floor}/ may not include {head}/ ({target})"
    elif parts[0] in ("plugins", "sdk"):
        test = "tests" in parts
        if not angled and head in FLOORS and "/" in target and not (test or (path.parent / target).exists()):
            return f"{place}: {parts[0]}/ may not include server/ ({target})"
        if not angled and target.startswith("../") and not test:
            return f"{place}: leaves its folder ({target})"
    return None


def main() -> int:
    faults = []
    for path in files():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix not in MARKED and path.name != "CMakeLists.txt" or name.startswith("tests/abi/frozen/"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        head = text.splitlines()[:2]
        if not any(MARK in line for line in head):
            faults.append(f"{name}:1: no '{MARK}'")
        if path.suffix not in CODE:
            continue
        for number, angled, target in includes(text):
            if fault := check_include(path, f"{name}:{number}", angled, target):
                faults.append(fault)
        if path.suffix in (".h", ".hpp"):
            for number, line in enumerate(text.splitlines(), 1):
                if re.match(r"using\s+namespace\b", line):
                    faults.append(f"{name}:{number}: using namespace in a header")
            if "#pragma once" not in text and not re.search(r"#ifndef \w+\n#define \w+", text):
                if not name.startswith("tests/"):
                    faults.append(f"{name}:1: neither #pragma once nor a guard")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
