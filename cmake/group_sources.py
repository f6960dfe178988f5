#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""group_sources.py LINES <LIST >FILE.cmake: shares the sources of targets out over groups that can be compiled as one file.

LIST has "TARGET FILE" a line; what is printed gives files their UNITY_GROUP, and does without precompiled headers where few
groups are left. Two files come into one group only when neither's private names (those of its unnamed namespaces, its statics
and its macros) are a word of the other; a group ends at LINES lines; who is alone stays as he is. By the layout that
clang-format gives: what a namespace declares begins in the first column."""
import re
import sys

WORD = re.compile(r"(?<![\w.>])[A-Za-z_]\w*")
COMMENT = re.compile(r"//[^\n]*")
TEXT = re.compile(r'"(?:[^"\\\n]|\\.)*"')
TYPE = re.compile(r"(?:enum class|enum|class|struct|union|using)\s+(\w+)\b(?!::)")
MACRO = re.compile(r"#\s*define\s+(\w+)")
DECLARATION = re.compile(r"[A-Za-z_][^({=;\[]*?(\w+)\s*[({=;\[]")


class Source:
    def __init__(self, path):
        self.path = path
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.lines = text.count("\n")
        text = text.replace("\n} // namespace\n", "\n}namespace\n") # the end of an unnamed one, before comments go
        text = COMMENT.sub("", TEXT.sub('""', text))
        self.words = set(WORD.findall(text))
        self.private = set()
        unnamed = False
        for line in text.splitlines():
            if line.startswith("namespace"):
                unnamed = line.split() == ["namespace", "{"]
            elif line == "}namespace":
                unnamed = False
            macro = MACRO.match(line)
            if macro:
                self.private.add(macro[1])
            elif unnamed or line.startswith("static "):
                found = TYPE.match(line) or DECLARATION.match(line)
                if found:
                    self.private.add(found[1])

    def clashes(self, other):
        return not (self.private.isdisjoint(other.words) and other.private.isdisjoint(self.words))


def groups(sources, limit):
    found = []
    for source in sorted(sources, key=lambda one: -sum(map(one.clashes, sources))): # the quarrelsome first: fewer groups
        for group in found:
            if sum(each.lines for each in group) + source.lines <= limit and not any(map(source.clashes, group)):
                group.append(source)
                break
        else:
            found.append([source])
    return found


def main():
    targets = {}
    for line in sys.stdin:
        target, path = line.rstrip("\n").split(" ", 1)
        targets.setdefault(target, []).append(Source(path))
    for target, sources in targets.items():
        shared = groups(sources, int(sys.argv[1]))
        if len(shared) < 3: # compiling headers beforehand costs what two files spend on them
            print(f"set_target_properties({target} PROPERTIES DISABLE_PRECOMPILE_HEADERS ON)")
        for number, group in enumerate(shared):
            if len(group) > 1:
                files = " ".join(f'"{source.path}"' for source in group)
                print(f"set_source_files_properties({files} TARGET_DIRECTORY {target} PROPERTIES UNITY_GROUP {number})")


main()
