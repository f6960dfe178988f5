#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Mistakes of plugin authors that compilers find: mistakes.py INCLUDES COMPILER... compiles each file of tests/abi/mistakes
with one error allowed. The first line with `error:` has the text that the file's comment names, and all that the compiler
prints is at most 25 lines. A file that names none compiles."""

import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys

PLACE = pathlib.Path(__file__).resolve().parent / "mistakes"
MOST_LINES = 25


def expected(file: pathlib.Path) -> str | None:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("// error: "):
            return line.removeprefix("// error: ")
    return None


def command(compiler: str, includes: str, file: pathlib.Path) -> list[str]:
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout
    limit = "-ferror-limit=1" if "clang" in version else "-fmax-errors=1"
    return [compiler, "-std=c++17", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", limit, "-I", includes, str(file)]


def fault(compiler: str, includes: str, file: pathlib.Path) -> str | None:
    done = subprocess.run(
        command(compiler, includes, file), capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"}
    )
    lines = done.stderr.splitlines()
    wanted = expected(file)
    if wanted is None:
        return None if done.returncode == 0 else "does not compile:\n" + done.stderr
    if done.returncode == 0:
        return "compiles"
    first = next((line for line in lines if "error:" in line), "")
    if wanted not in first.split("error:", 1)[-1].replace('\\"', '"'):  # as clang quotes it
        return f"the first error lacks {wanted!r}:\n{done.stderr}"
    if len(lines) > MOST_LINES:
        return f"{len(lines)} lines:\n{done.stderr}"
    return None


def main() -> int:
    includes, *compilers = sys.argv[1:]
    found = [compiler for compiler in compilers if shutil.which(compiler)]
    files = sorted(PLACE.glob(os.environ.get("MISTAKE", "*") + ".cpp"))
    if not found or not files or not any(expected(file) is None for file in sorted(PLACE.glob("*.cpp"))):
        print("no compiler, no file, or no control that compiles")
        return 1
    jobs = [(compiler, includes, file) for compiler in found for file in files]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(lambda job: fault(*job), jobs))
    for (compiler, _, file), what in zip(jobs, faults):
        if what is not None:
            print(f"{compiler} {file.name}: {what}")
    print(f"{len(files)} files by {', '.join(found)}")
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main())
