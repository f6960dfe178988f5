#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks what the tree promises about its own structure.

- A floor of server/ includes only itself and floors below it (BELOW); only some know the plugin interface (INTERFACE). What is
  still otherwise is listed (TOLERATED), and an entry that nothing needs any more is a fault: the list shrinks.
- http/ does not know its transports (http/http1/ and the like), which are in its sub-folders.
- Plugins and the SDK include nothing of server/; plugins know the SDK only by <mortise/...>.
- The engine of GraphQL (ENGINE) has floors too, and knows nothing else of the tree.
- No `using namespace` in headers, `#pragma once` (C++) or a guard (C) in each.
- The first line of every source file (after #!) names the licence.
"""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
# A floor to those right below it; it may include itself and whatever is reached from there. Sub-folders belong to their floor.
BELOW = {
    "main": {"application"},
    "application": {"dispatch"},
    "dispatch": {"host", "http", "json"},
    "host": {"module", "json"},
    "module": {"config"},
    "http": {"config"},
    "json": {"config"},
    "config": {"base"},
    "base": set(),
    "ctl": {"config"},  # mortisectl, a client: nothing of the server includes it
}
# A floor to the headers of the plugin interface that it may include, by how they begin. <mortise/text/...> is free of the
# interface and lies below base/.
INTERFACE = {
    "module": "mortise/",
    "host": "mortise/",
    "dispatch": "mortise/",
    "json": "mortise/abi/json_node.h",  # the tape's node, plain data
}
# The engine's folders, each with those below it.
ENGINE = "plugins/graphql/engine/"
ENGINE_FLOORS = ["language", "schema", "validation", "execution"]
# Who includes what it should not, today: (floor or file, floor or <header>).
TOLERATED = {
    ("server/host/instance.hpp", "http"),  # constant_fields.hpp: fields that its plugin declared as a block
    ("server/host/route.hpp", "http"),  # method.hpp: the grammar of methods, which is to lie in base/
    ("server/application/version.cpp", "<mortise/abi/types.h>"),
}
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


def reach(floor: str) -> set[str]:
    """The floor and all below it."""
    return {floor}.union(*(reach(below) for below in BELOW[floor]))


def check_server(name: str, angled: bool, target: str, used: set) -> str | None:
    """What is wrong when server/'s file `name` includes `target`; the tolerated entries that allow it are added to `used`."""
    parts = name.split("/")
    floor = parts[1] if len(parts) > 2 else "main"
    if floor not in BELOW:
        return f"server/{floor}/ is no floor"
    head = target.split("/")[0]
    if angled:
        if head != "mortise" or target.startswith(("mortise/text/", INTERFACE.get(floor, "mortise/text/"))):
            return None
        entries, fault = {(floor, f"<{target}>"), (name, f"<{target}>")}, f"{floor}/ does not know the plugin interface"
    elif head not in BELOW:
        return "names no floor"
    elif floor == head == "http" and len(parts) == 3 and target.count("/") > 1:
        return "http/ does not know its transports"
    elif head in reach(floor):
        return None
    else:
        entries, fault = {(floor, head), (name, head)}, f"{floor}/ may not include {head}/"
    used |= entries & TOLERATED
    return None if entries & TOLERATED else fault


def check_engine(name: str, angled: bool, target: str) -> str | None:
    """What is wrong when a file of the engine includes `target`."""
    floor, head = name.removeprefix(ENGINE).split("/")[0], target.split("/")[0]
    if angled:
        return "the engine knows neither the SDK nor a library" if "/" in target else None
    if floor not in ENGINE_FLOORS:
        return f"{ENGINE}{floor}/ is no floor"
    if head not in ENGINE_FLOORS[:ENGINE_FLOORS.index(floor) + 1]:
        return f"{floor}/ may not include {head}/"
    return None


def check_outside(path: pathlib.Path, angled: bool, target: str) -> str | None:
    """What is wrong when a file of plugins/ or sdk/ includes `target`."""
    parts = path.relative_to(ROOT).parts
    if angled or "tests" in parts:
        return None
    if target.split("/")[0] in BELOW and "/" in target and not (path.parent / target).exists():
        return f"{parts[0]}/ may not include server/"
    if target.startswith("../"):
        return "leaves its folder"
    return None


def main() -> int:
    faults = []
    used: set[tuple[str, str]] = set()
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
            fault = None
            if name.startswith("server/"):
                fault = check_server(name, angled, target, used)
            elif name.startswith(ENGINE) and "/tests/" not in name:
                fault = check_engine(name, angled, target)
            elif name.startswith(("plugins/", "sdk/")):
                fault = check_outside(path, angled, target)
            if fault:
                faults.append(f"{name}:{number}: {fault} ({target})")
        if path.suffix in (".h", ".hpp"):
            for number, line in enumerate(text.splitlines(), 1):
                if re.match(r"using\s+namespace\b", line):
                    faults.append(f"{name}:{number}: using namespace in a header")
            if "#pragma once" not in text and not re.search(r"#ifndef \w+\n#define \w+", text):
                if not name.startswith("tests/"):
                    faults.append(f"{name}:1: neither #pragma once nor a guard")
    faults += [f"tests/floors.py: nothing needs {entry} of TOLERATED any more" for entry in sorted(TOLERATED - used)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
