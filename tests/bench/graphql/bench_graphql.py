# SPDX-License-Identifier: Apache-2.0
"""The GraphQL engine beside graphql-js and graphql-jit, in one run: rounds that take turns, a ratio with its interval for each
target.

    python3 tests/bench/graphql/bench_graphql.py BUILD_DIR [--rounds N]
"""

from __future__ import annotations

import argparse
import pathlib
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from ratio import Ratio  # noqa: E402

# What is timed, how often in a round by the engine and by its peer, what the peer does, and the target.
WORKS = (
    ("prepare", 2_000, 200, "parse and validate (graphql-js)", 1 / 10),
    ("execute", 100_000, 50_000, "the compiled query and JSON.stringify (graphql-jit)", 1 / 4),
    ("serve", 100_000, 50_000, "the same, from a map of texts (graphql-jit)", None),
)


class Program:
    """Takes lines of work and gives nanoseconds."""

    def __init__(self, *command: str) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, line: str) -> str:
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        said = self.process.stdout.readline().strip()
        if not said:
            raise SystemExit(f"{self.process.args[0]} ended")
        return said

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def installed(build: pathlib.Path) -> pathlib.Path:
    """The peers' folder with its packages."""
    folder = build / "bench-graphql"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "peer.mjs", "schema.graphql", "query.graphql"):
        shutil.copy(HERE / name, folder / name)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True)
    return folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=30)
    options = parser.parse_args()
    folder = installed(options.build)
    ours = Program(str(options.build / "tests" / "bench" / "bench_graphql"), str(HERE))
    theirs = Program("node", str(folder / "peer.mjs"))
    if ours.ask("text") != theirs.ask("text"):
        raise SystemExit("they do not write the same response")
    missed = False
    for what, our_count, their_count, peer, target in WORKS:
        for _ in range(3):  # to warm up
            ours.ask(f"{what} {our_count}")
            theirs.ask(f"{what} {their_count}")
        pairs = []
        for turn in range(options.rounds):
            first, second = (ours, theirs) if turn % 2 == 0 else (theirs, ours)
            times = {}
            for one in (first, second):
                times[one] = float(one.ask(f"{what} {our_count if one is ours else their_count}"))
            pairs.append((times[ours], times[theirs]))
        ratio = Ratio.of(pairs)
        medians = [statistics.median(side) for side in zip(*pairs)]
        verdict = "" if target is None else f", at most {target:.3f}: {ratio.verdict(target)}"
        print(f"{what}: {medians[0]:.0f} ns beside {medians[1]:.0f} ns of {peer}; ratio {ratio}{verdict}")
        missed |= target is not None and ratio.verdict(target) == "MISSED"
    ours.close()
    theirs.close()
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
