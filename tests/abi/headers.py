#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the C headers of the interface promise, read from their text.

headers.py tags INCLUDE_DIR               every function pointer stands under a thread tag
headers.py reentry INCLUDE_DIR            every callback says what may be called from it, every function that takes one says
                                          whether it calls back before it returns
headers.py since INCLUDE_DIR SIZES        every member and constant stands under the minor since which it is there; what has
                                          grown since its first version is named in SIZES, detail/elements.hpp;
                                          every struct without a size is frozen, or has its stride beside each array
headers.py layout INCLUDE_DIR CC          prints the layout table of every struct (layout.inc)
headers.py compare INCLUDE_DIR CC TABLE   the same, compared with a table
headers.py compiled OBJECT TABLE          compares the table with the debug information of a compiled host
headers.py future INCLUDE_DIR TARGET SIZES [--keep STRUCT]...
                                          copies the headers with one field appended to every struct and array element
                                          that may grow, and SIZES with how far they reached before
"""
import pathlib
import re
import subprocess
import sys
import tempfile

TAG = re.compile(r"\[(control|worker|loop|any)\]")
SINCE = re.compile(r"/\* since 1\.(\d+) \*/")
STRIDE = "Element of an array with a stride."
CONSTANT = re.compile(r"#define (MORTISE_\w+)(?:\([^)]*\))?[ \t]+\S")
STRUCT = re.compile(r"typedef struct (mortise_\w+) \{(.*?)\n\} \1;", re.S)


def headers(include):
    root = pathlib.Path(include) / "mortise"
    return sorted([*(root / "abi").rglob("*.h"), *(root / "service").rglob("*.h")])


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def members(body):
    """Names of the members of a struct, in order; a union inside is one."""
    names = []
    depth = 0
    declaration = ""
    for c in without_comments(body):
        depth += (c in "({") - (c in ")}")
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


# What the host calls; functions of other structs are called by plugins.
CALLED_BY_HOST = {"mortise_command", "mortise_filter", "mortise_module", "mortise_reply", "mortise_route", "mortise_transformer"}
MAY_BE_CALLED = re.compile(r"\bmay\s+be\s+called:", re.S)
CALLS_BACK = re.compile(r"\bcalls?\s+back\s+before\s+it\s+returns", re.S)
GIVEN_BY_HOST = re.compile(r"\bGiven\s+by\s+the\s+host\b", re.S)


def comments_before(text, position):
    """The comment that the declaration at `position` stands under: its own, or that of the group it continues."""
    before = text[:position]
    found = [match for match in re.finditer(r"/\*.*?\*/", before, re.S)
             if before[before.rfind("\n", 0, match.start()) + 1:match.start()].strip() == "" and not SINCE.fullmatch(match.group(0))]
    return re.sub(r"\s*\n\s*\*\s*", " ", found[-1].group(0)) if found else ""


def function_members(body):
    """(name, parameters, position) of each function pointer that is a member."""
    depth = 0
    for match in re.finditer(r"/\*.*?\*/|\(\*(\w+)\)\s*\(|[()]", body, re.S):
        found = match.group(0)
        if found.startswith("/*"):
            continue
        if match.group(1):
            if depth == 0:
                yield match.group(1), body[match.end():body.index(";", match.end())], match.start()
            depth += 1
        else:
            depth += 1 if found == "(" else -1


def without_reentry(text, callbacks):
    """(what, line) of what the rule of re-entrancy in types.h is not said of. `callbacks`: types of all headers."""
    for match in re.finditer(r"^typedef [^;{]*?\(\*(\w+)\)\s*\(", text, re.M):
        comment = comments_before(text, match.start())
        if not MAY_BE_CALLED.search(comment) and not GIVEN_BY_HOST.search(comment):
            yield f"{match.group(1)}: \"From it may be called: ...\", or \"Given by the host\"", match.start()
    for struct in STRUCT.finditer(text):
        name, body, begin = struct.group(1), struct.group(2), struct.start(2)
        whole = comments_before(text, struct.start())
        for function, parameters, at in function_members(body):
            comment = comments_before(body, at) + whole
            taken = [other for other in re.findall(r"\(\*(\w+)\)\s*\(", parameters) if other != "release"]
            taken += [kind for kind in callbacks if re.search(rf"\b{kind}\b", parameters)]
            called = name in CALLED_BY_HOST or name.startswith("mortise_plugin_")
            if called and function != "release" and not MAY_BE_CALLED.search(comment):
                yield f"{name}.{function}: \"From it may be called: ...\"", begin + at
            if taken and not CALLS_BACK.search(comment):
                yield f"{name}.{function}: \"May call back before it returns: ...\" or \"Does not ...\"", begin + at
            if set(taken) - callbacks and not MAY_BE_CALLED.search(comment):
                yield f"{name}.{function}: \"From `{taken[0]}` may be called: ...\"", begin + at


def check_reentry(include):
    texts = {header: header.read_text() for header in headers(include)}
    callbacks = set()
    for text in texts.values():
        for match in re.finditer(r"^typedef [^;{]*?\(\*(\w+)\)\s*\(", text, re.M):
            if not GIVEN_BY_HOST.search(comments_before(text, match.start())):
                callbacks.add(match.group(1))
    callbacks -= {"mortise_handler", "mortise_module_entry"}  # no function takes these
    faults = 0
    for header, text in texts.items():
        for what, at in without_reentry(text, callbacks):
            line = text.count("\n", 0, at) + 1
            print(f"{header}:{line}: {what} is not said")
            faults += 1
    print(f"{len(callbacks)} types of callbacks, {faults} faults")
    return 1 if faults or not callbacks else 0


def without_since(text):
    """(what, line) of each member and constant that stands under no `since`, and the structs with members since a later
    minor than their first."""
    since = None
    struct = None
    depth = 0
    minors = {}
    grown = set()
    faults = []
    comment = False
    for number, line in enumerate(text.splitlines(), 1):
        found = SINCE.search(line)
        if found:
            since = int(found.group(1))
            continue
        code = re.sub(r"/\*.*?\*/", " ", line)
        if comment:
            if "*/" not in code:
                continue
            code = code[code.index("*/") + 2:]
            comment = False
        if "/*" in code:
            code = code[:code.index("/*")]
            comment = True
        begins = re.match(r"typedef struct (mortise_\w+) \{", code)
        if begins:
            struct, since, depth = begins.group(1), None, 0
        elif re.match(r"\} mortise_\w+;", code):
            struct = since = None
        elif struct is not None:
            if code.strip() and depth == 0:
                if since is None:
                    faults.append((f"{struct}: {code.strip()[:60]}", number))
                elif since > minors.setdefault(struct, since):
                    grown.add(struct)
                elif since < minors[struct]:
                    faults.append((f"{struct}: a member since 1.{since} behind later ones", number))
            depth += code.count("(") - code.count(")")
        elif constant := CONSTANT.match(code):
            if since is None:
                faults.append((constant.group(1), number))
        elif not line.strip():
            since = None
    return faults, grown


def comment_before(text, at):
    """The comment right before a place."""
    before = text[:at].rstrip()
    return before[before.rindex("/*"):] if before.endswith("*/") else ""


def kind(text, match):
    """How a struct may change: it is "sized", an "element", "frozen", or None: its comment does not say."""
    if members(match.group(2))[0] == "struct_size":
        return "sized"
    comment = " ".join(comment_before(text, match.start()).replace("*", " ").split())
    return "element" if STRIDE in comment else "frozen" if "Frozen." in comment else None


def check_kinds(include):
    """Every struct is of one kind, and every array of elements has its stride in the same struct or parameter list."""
    texts = {header: header.read_text() for header in headers(include)}
    faults = 0
    elements = set()
    for header, text in texts.items():
        for match in STRUCT.finditer(text):
            found = kind(text, match)
            if found == "element":
                elements.add(match.group(1))
            if found is None:
                print(f"{header}: {match.group(1)} has no struct_size: its comment says \"Frozen.\" or \"{STRIDE}\"")
                faults += 1
    arrays = 0
    for header, text in texts.items():
        code = without_comments(text)
        for match in re.finditer(rf"const ({'|'.join(sorted(elements))})\s*\*\s*(\w+)\s*([,;])", code):
            struct, name, end = match.groups()
            # The members of the struct that it stands in, or the rest of its parameter list.
            scope = (code[code.rindex("{", 0, match.start()):code.index("}", match.end())] if end == ";"
                     else code[match.end():code.index(")", match.end())])
            names = {f"{name.removesuffix('s')}_size", f"{name}_size", "size"} if end == "," else {f"{name.removesuffix('s')}_size"}
            arrays += 1
            if not any(re.search(rf"uint32_t {one}\b", scope) for one in names):
                print(f"{header}: the array {name} of {struct} has no stride beside it")
                faults += 1
    if len(elements) > arrays:
        sys.exit(f"{len(elements)} kinds of elements, but only {arrays} arrays found")
    print(f"{len(elements)} kinds of elements, {arrays} arrays, {faults} faults")
    return faults


def check_since(include, sizes):
    known = pathlib.Path(sizes).read_text()
    faults = check_kinds(include)
    count = 0
    for header in headers(include):
        text = header.read_text()
        count += len(SINCE.findall(text))
        missing, grown = without_since(text)
        for what, line in missing:
            print(f"{header}:{line}: {what} stands under no /* since 1.x */")
            faults += 1
        for struct in sorted(grown):
            if f"firstSize<{struct}>" not in known:
                print(f"{header}: {struct} has grown: {sizes} must say how far its first version reached")
                faults += 1
    print(f"{count} groups, {faults} faults")
    return 1 if faults or count == 0 else 0


def debug_entries(compiled):
    """Of the debug information: entries by offset as (tag, depth, {attribute: value}), in order."""
    text = subprocess.run(["readelf", "--debug-dump=info", "--wide", compiled], check=True, capture_output=True, text=True).stdout
    entries = {}
    current = None
    for line in text.splitlines():
        if head := re.match(r" <(\w+)><(\w+)>: Abbrev Number: \d+ \((\w+)\)", line):
            current = (head.group(3), int(head.group(1), 16), {})
            entries[int(head.group(2), 16)] = current
        elif current and (value := re.match(r"\s+<\w+>\s+(DW_AT_\w+)\s*: (.*)", line)):
            current[2][value.group(1)] = re.sub(r"^(\([^)]*\):?\s*)+", "", value.group(2)).strip()
    return entries


def compiled_layout(compiled):
    """{"SIZE(...)", "FIELD(...)"} of every struct of the interface in an object file."""
    entries = debug_entries(compiled)
    order = list(entries)

    def children(offset):
        depth = entries[offset][1]
        for other in order[order.index(offset) + 1:]:
            if entries[other][1] <= depth:
                return
            if entries[other][1] == depth + 1:
                yield other

    def reference(text):
        return int(re.match(r"<0x(\w+)>", text).group(1), 16)

    def number(text):
        return int(text.split()[0], 0)

    def size_of(offset):
        tag, _, values = entries[offset]
        if "DW_AT_byte_size" in values:
            return number(values["DW_AT_byte_size"])
        if "pointer" in tag:
            return 8
        inner = reference(values["DW_AT_type"])
        if tag == "DW_TAG_array_type":
            count = 1
            for child in children(offset):
                bounds = entries[child][2]
                count *= number(bounds["DW_AT_count"]) if "DW_AT_count" in bounds else number(bounds["DW_AT_upper_bound"]) + 1
            return count * size_of(inner)
        return size_of(inner)

    lines = set()
    for offset, (tag, _, values) in entries.items():
        name = values.get("DW_AT_name", "")
        if tag != "DW_TAG_structure_type" or not name.startswith("mortise_") or "DW_AT_byte_size" not in values:
            continue
        lines.add(f"SIZE({name}, {number(values['DW_AT_byte_size'])})")
        for child in children(offset):
            kind, _, member = entries[child]
            if kind == "DW_TAG_member":
                at = number(member.get("DW_AT_data_member_location", "0"))
                size = size_of(reference(member["DW_AT_type"]))
                lines.add(f"FIELD({name}, {member['DW_AT_name']}, {at}, {size})")
    return lines


def compare_compiled(compiled, table):
    expected = {line for line in pathlib.Path(table).read_text().splitlines() if line.startswith(("SIZE(", "FIELD("))}
    actual = compiled_layout(compiled)
    for line in sorted(expected - actual):
        print(f"not in {compiled}: {line}")
    for line in sorted(actual - expected):
        print(f"not in {table}: {line}")
    print(f"{len(actual)} lines")
    return 0 if expected == actual else 1


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


def write_changed(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def future(include, target, sizes, keep):
    root = pathlib.Path(include)
    grown = []
    for header in headers(include):
        source = header.read_text()

        def append(match, source=source):
            name, body = match.group(1), match.group(2)
            if kind(source, match) == "frozen" or name in keep:
                return match.group(0)
            grown.append((header, name))
            return f"typedef struct {name} {{{body}\n    uint64_t appended_by_a_later_version;\n}} {name};"
        text = STRUCT.sub(append, source)
        text = re.sub(r"(#define MORTISE_ABI_MINOR )(\d+)", lambda m: f"{m.group(1)}{int(m.group(2)) + 1}", text)
        write_changed(pathlib.Path(target) / header.relative_to(root), text)
    if not grown:
        sys.exit("no growable struct found")
    # As whoever appends a member has to do it.
    text = pathlib.Path(sizes).read_text()
    primary = "inline constexpr std::size_t firstSize = sizeof(Struct);\n"
    if primary not in text:
        sys.exit(f"{sizes} has no firstSize")
    stated = "".join(one.read_text() for one in root.rglob("*.hpp"))
    grown = [(header, name) for header, name in grown if f"firstSize<{name}>" not in stated]
    before = "".join(f"template<>\ninline constexpr std::size_t firstSize<{name}> = offsetof({name}, appended_by_a_later_version);\n"
                     for _, name in grown)
    includes = "".join(f"#include <{header.relative_to(root)}>\n" for header in sorted({header for header, _ in grown}))
    write_changed(pathlib.Path(target) / pathlib.Path(sizes).relative_to(root),
                  text.replace(primary, primary + before).replace("#pragma once\n", f"#pragma once\n\n{includes}", 1))
    print(f"{len(grown)} structs grown")
    return 0


def main():
    match sys.argv[1:]:
        case ["tags", include]:
            return check_tags(include)
        case ["reentry", include]:
            return check_reentry(include)
        case ["since", include, sizes]:
            return check_since(include, sizes)
        case ["compiled", compiled, table]:
            return compare_compiled(compiled, table)
        case ["layout", include, compiler]:
            print(layout(include, compiler), end="")
            return 0
        case ["compare", include, compiler, table]:
            return compare(include, compiler, table)
        case ["future", include, target, sizes, *rest]:
            return future(include, target, sizes, {name for name in rest if name != "--keep"})
    sys.exit(__doc__)


if __name__ == "__main__":
    sys.exit(main())
