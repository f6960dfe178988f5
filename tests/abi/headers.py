#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the C headers of the interface promise, read from their text.

headers.py tags INCLUDE_DIR               every function pointer stands under a thread tag
headers.py layout INCLUDE_DIR CC          prints the layout table of every struct (layout.inc)
headers.py compare INCLUDE_DIR CC TABLE   the same, compared with a table
headers.py future INCLUDE_DIR TARGET [--keep STRUCT]...
                                          copies the headers with one field appended to every growable struct
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TAG = re.compile(r"\[(control|worker|loop|any)\]")
STRUCT = re.compile(r"typedef struct (mortise_\w+) \{(.*?)\n\} \1;", re.S)


def headers(include):
    root = pathlib.Path(include) / "mortise"
    return sorted([*(root / "abi").rglob("*.h"), *(root / "service").rglob("*.h")])


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def members(body):
    """Names of the members of a struct, in order."""
    names = []
    depth = 0
    declaration = ""
    for c in without_comments(body):
        depth += (c == "(") - (c == ")")
        if c == ";" and depth == 0:
            pointer = re.search(r"\(\*(\w+)\)\s*\(", declaration)
            names.append(pointer.group(1) if pointer else re.search(r"(\w+)\s*(\[\w+\])?\s*$", declaration).group(1))
            declaration = ""
        else:
            declaration += c
    return names


def structs(include):
    for header in headers(include):
        for match in STRUCT.finditer(header.read_text()):
            yield header, match.group(1), match.group(2)


def untagged(text):
    """Function pointers (members and typedefs) whose comment, or that of the group they continue, has no thread tag."""
    tagged = False
    depth = 0  # of parentheses: pointers among a function's parameters are the function's affair
    position = 0
    token = re.compile(r"/\*.*?\*/|\(\*(\w+)\)\s*\(|[();{}]", re.S)
    while True:
        match = token.search(text, position)
        if match is None:
            return
        position = match.end()
        found = match.group(0)
        if found.startswith("/*"):
            # A comment behind a declaration on the same line speaks of that one.
            line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
            if line.strip() == "":
                tagged = TAG.search(found) is not None
        elif match.group(1):
            if depth == 0 and not tagged:
                yield match.group(1), text.count("\n", 0, match.start()) + 1
            depth += 1
        elif found == "(":
            depth += 1
        elif found == ")":
            depth -= 1
        elif found in "{}":
            tagged = False


def check_tags(include):
    count = 0
    faults = 0
    for header in headers(include):
        text = header.read_text()
        count += len(re.findall(r"\(\*\w+\)\s*\(", without_comments(text)))
        for name, line in untagged(text):
            print(f"{header}:{line}: {name} stands under no thread tag ([control], [worker], [loop] or [any])")
            faults += 1
    if count == 0:
        sys.exit("no function pointer found")
    print(f"{count} function pointers, {faults} without a tag")
    return 1 if faults else 0


def layout(include, compiler):
    root = pathlib.Path(include)
    lines = ["#include <stddef.h>", "#include <stdio.h>"]
    lines += [f"#include <{h.relative_to(root)}>" for h in headers(include)]
    lines.append("#define SIZE(s) printf(\"SIZE(%s, %zu)\\n\", #s, sizeof(s))")
    lines.append("#define FIELD(s, f) printf(\"FIELD(%s, %s, %zu, %zu)\\n\", #s, #f, offsetof(s, f), "
                 "sizeof(((s *)0)->f))")
    lines.append("int main(void) {")
    for _, name, body in structs(include):
        lines.append(f"SIZE({name});")
        lines += [f"FIELD({name}, {member});" for member in members(body)]
    lines += ["return 0;", "}"]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "layout.c"
        source.write_text("\n".join(lines))
        program = pathlib.Path(folder) / "layout"
        subprocess.run([compiler, "-std=c11", "-I", include, str(source), "-o", str(program)], check=True)
        text = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    return "/* SPDX-License-Identifier: Apache-2.0 */\n/* Made by headers.py layout; 64-bit. */\n" + text


def compare(include, compiler, table):
    expected = pathlib.Path(table).read_text()
    actual = layout(include, compiler)
    if expected == actual:
        return 0
    old, new = expected.splitlines(), actual.splitlines()
    for line in old:
        if line not in new:
            print("gone:", line)
    for line in new:
        if line not in old:
            print("new: ", line)
    print(f"The layout is not that of {table}: see CONTRIBUTING, write a line in sdk/ABI_HISTORY.md and make it anew.")
    return 1


def future(include, target, keep):
    root = pathlib.Path(include)
    grown = 0
    for header in headers(include):
        def append(match):
            nonlocal grown
            name, body = match.group(1), match.group(2)
            if members(body)[0] != "struct_size" or name in keep:
                return match.group(0)
            grown += 1
            return f"typedef struct {name} {{{body}\n    uint64_t appended_by_a_later_version;\n}} {name};"
        text = STRUCT.sub(append, header.read_text())
        text = re.sub(r"(#define MORTISE_ABI_MINOR )(\d+)u", lambda m: f"{m.group(1)}{int(m.group(2)) + 1}u", text)
        out = pathlib.Path(target) / header.relative_to(root)
        out.parent.mkdir(parents=True, exist_ok=True)
        if not out.exists() or out.read_text() != text:
            out.write_text(text)
    if grown == 0:
        sys.exit("no growable struct found")
    print(f"{grown} structs grown")
    return 0


def main():
    match sys.argv[1:]:
        case ["tags", include]:
            return check_tags(include)
        case ["layout", include, compiler]:
            print(layout(include, compiler), end="")
            return 0
        case ["compare", include, compiler, table]:
            return compare(include, compiler, table)
        case ["future", include, target, *rest]:
            return future(include, target, {name for name in rest if name != "--keep"})
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
