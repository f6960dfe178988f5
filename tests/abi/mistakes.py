#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mistakes of plugin authors that compilers find: mistakes.py INCLUDES COMPILER... compiles each file of tests/abi/mistakes
with one error allowed. The first line with `error:` has the text that the file's comment names, and all that the compiler
prints is at most 25 lines. A file that names several is compiled to its end, and for each of them some line has it. A file that
names none compiles."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

PLACE = pathlib.Path(__file__).resolve().parent / "mistakes"
MOST_LINES = 25
MARK = "// error: "


def expected(file: pathlib.Path) -> list[str]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(MARK) for line in lines if line.startswith(MARK)]


def command(compiler: str, includes: str, folder: pathlib.Path) -> list[str]:
    """The command of every file but its name: plugin.hpp, which nearly all include, is compiled here once."""
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    is_clang = "clang" in version
    common = [compiler, "-std=c++17", "-Wall", "-Wextra", "-Werror", "-I", includes]
    header = folder / compiler / "plugin.hpp"
    header.parent.mkdir()
    header.write_text("#include <mortise/plugin.hpp>\n", encoding="utf-8")
    compiled = header.with_suffix(".hpp.pch" if is_clang else ".hpp.gch")
    subprocess.run([*common, "-x", "c++-header", str(header), "-o", str(compiled)], check=True)
    more = ["-include-pch", str(compiled)] if is_clang else ["-include", str(header)]
    return [*common, "-fsyntax-only", *more]


def fault(compile_it: list[str], file: pathlib.Path) -> str | None:
    wanted = expected(file)
    limit = "-ferror-limit=" if "-include-pch" in compile_it else "-fmax-errors="
    most = 1 if len(wanted) < 2 else 0
    done = subprocess.run(
        [*compile_it, f"{limit}{most}", str(file)], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    lines = done.stderr.splitlines()
    if not wanted:
        return None if done.returncode == 0 else "does not compile:\n" + done.stderr
    if done.returncode == 0:
        return "compiles"
    errors = [line.split("error:", 1)[-1].replace('\\"', '"') for line in lines if "error:" in line]  # as clang quotes it
    if len(wanted) > 1:
        absent = [one for one in wanted if not any(one in error for error in errors)]
        return f"no error has {absent}" if absent else None
    if wanted[0] not in errors[0]:
        return f"the first error lacks {wanted[0]!r}:\n{done.stderr}"
    if len(lines) > MOST_LINES:
        return f"{len(lines)} lines:\n{done.stderr}"
    return None


def main() -> int:
    includes, *compilers = sys.argv[1:]
    found = [compiler for compiler in compilers if shutil.which(compiler)]
    files = sorted(PLACE.glob(os.environ.get("MISTAKE", "*") + ".cpp"))
    if not found or not files or all(expected(file) for file in sorted(PLACE.glob("*.cpp"))):
        print("no compiler, no file, or no control that compiles")
        return 1
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(2) as pool:
        commands = list(pool.map(lambda compiler: command(compiler, includes, pathlib.Path(folder)), found))
        jobs = [(compile_it, file) for compile_it in commands for file in files]
        faults = list(pool.map(lambda job: fault(*job), jobs))
    for ((compiler, *_), file), what in zip(jobs, faults):
        if what is not None:
            print(f"{compiler} {file.name}: {what}")
    print(f"{len(files)} files by {', '.join(found)}")
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main())
