#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks documents against the tree: links between files lead somewhere, every plugin has a README with a row for each of
its settings, the README's table names every plugin, the manual and the completions know every option of --help, and the
completions every command of a plugin."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = pathlib.Path(os.environ.get("MORTISE_BUILD_DIR", ROOT / "build" / "release"))

sys.path.insert(0, str(ROOT / "tests" / "support"))

from reachable import reachable  # noqa: E402


def anchors(path: pathlib.Path) -> set[str]:
    """What headings of a document can be linked by, as GitHub makes it."""
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.S)
    found: set[str] = set()
    for title in re.findall(r"(?m)^#+ +(.+?) *$", text):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", title).lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


def broken_links(root: pathlib.Path, names: list[str]) -> list[str]:
    """Of documents below `root`: links between files lead to one there, and to a heading that it has."""
    faults = []
    for name in names:
        path = root / name
        text = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.S)
        for target, anchor in re.findall(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            leads = (path.parent / target).resolve() if target else path.resolve()
            if not leads.exists() or root.resolve() not in leads.parents:
                faults.append(f"{name}: link to {target}, which is not there")
            elif anchor and leads.suffix == ".md" and anchor not in anchors(leads):
                faults.append(f"{name}: link to {target}#{anchor}, a heading that is not there")
    return faults


def links() -> list[str]:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "*.md"], capture_output=True, text=True, check=True)
    return broken_links(ROOT, [name for name in listed.stdout.split() if (ROOT / name).exists()])


def plugins() -> list[str]:
    faults = []
    build = reachable(BUILD)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("MORTISE_")}
    for folder in sorted(path.parent for path in ROOT.glob("plugins/*/CMakeLists.txt")):
        page = folder / "README.md"
        if not page.exists():
            faults.append(f"plugins/{folder.name}: no README.md")
            continue
        if f"plugins/{folder.name}/README.md" not in readme:
            faults.append(f"README.md does not link plugins/{folder.name}/README.md")
        program, file = build / "bin" / "mortised", build / "lib" / "mortise" / "plugins" / f"{folder.name}.so"
        if not program.exists() or not file.exists():
            continue
        config = f"[server]\nplugin_directory = {file.parent}\n[plugin.{folder.name}]\nenabled = false\n"
        path = build / "documents.ini"
        path.write_text(config, encoding="utf-8")
        shown = subprocess.run([str(program), "--config", str(path), "--print-config"], capture_output=True, text=True, env=environment, check=False)
        if shown.returncode != 0:
            faults.append(f"plugins/{folder.name}: its settings cannot be shown: {shown.stderr}")
        section, keys = "", []
        for line in shown.stdout.splitlines():
            if match := re.match(r"\[([^]]+)\]", line):
                section = match[1]
            elif (match := re.match(r"([a-z0-9_]+) =", line)) and section == f"plugin.{folder.name}":
                keys.append(match[1])
        text = page.read_text(encoding="utf-8")
        faults += [f"plugins/{folder.name}/README.md: no row for '{key}'" for key in keys
                   if key not in ("enabled", "file", "on_error") and f"| `{key}`" not in text]
    return faults


def options() -> list[str]:
    program = BUILD / "bin" / "mortised"
    if not program.exists():
        return []
    shown = subprocess.run([str(program), "--help"], capture_output=True, text=True, check=True).stdout
    known = sorted(set(re.findall(r"--([a-z][a-z-]+)", shown)))
    faults = []
    for name, form in (("man/mortised.8", "-{}"), ("completions/mortised.bash", "--{}"), ("completions/_mortised", "--{}"),
                       ("completions/mortised.fish", "-l {}")):
        text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
        faults += [f"packaging/{name} does not know --{option}" for option in known if form.format(option) not in text]
    return faults


def commands() -> list[str]:
    names = sorted({name for file in (ROOT / "plugins").glob("*/*.cpp")
                    for name in re.findall(r"\.command\(\s*\"([a-z-]+)\"", file.read_text(encoding="utf-8"))})
    return [f"packaging/completions/{name} does not know the command {command}"
            for name in ("mortised.bash", "_mortised", "mortised.fish") for command in names
            if not re.search(rf"(?<![\w-]){command}(?![\w-])", (ROOT / "packaging" / "completions" / name).read_text(encoding="utf-8"))]


def main() -> int:
    faults = links() + plugins() + options() + commands()
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults in documents")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
