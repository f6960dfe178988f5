# SPDX-License-Identifier: Apache-2.0
"""Instructions per request of two builds of mortised, counted by callgrind. See README.md and instructions.sh."""

from __future__ import annotations

import argparse
import dataclasses
import pathlib
import re
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from bench import ECHO, INVALID, seeded_folder
from scene import FILTERS, compact, database_of, plain_folder
from servers import OURS, Build, Server

from http1 import Connection
from mortised import Folder

# Of a start the median of its batches counts, of the starts the least: whether a string that is looked at lies at the end of a
# page, where glibc is slower, differs between them by up to 0.4%.
STARTS = 3
BATCHES = 4
REQUESTS = 300  # in a batch; a multiple of what a scenario has to ask
PIPELINE = 30  # requests in one segment
STEADY = 0.002  # how far apart the quartiles of the batches may be
QUIET_S = 0.2  # how long the idle server is watched before each batch, for what its timers and the watchdog take meanwhile
COMMAND_S = 60.0
HELLO = ("routing", "logging", "health", "hello")  # as commit.sh builds them


def get(path: str, token: str = "") -> bytes:
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n".encode()


def post(path: str, value) -> bytes:
    body = compact(value).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def hellos(*_) -> list[bytes]:
    return [get(f"/hello?name=N{number:06d}") for number in range(100)]


def users_by_id(folder: Folder, token: str) -> list[bytes]:
    with sqlite3.connect(database_of(folder)) as database:
        rows = database.execute("SELECT id FROM users WHERE name LIKE 'User %' ORDER BY id LIMIT 100").fetchall()
    return [get(f"/api/users/{one}", token) for (one,) in rows]


@dataclasses.dataclass(frozen=True)
class Scenario:
    """What a server with these plugins is asked: requests in turn, each answered with `status`."""

    requests: Callable[[Folder, str], list[bytes]]
    plugins: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    alone: tuple[str, ...] = ()  # of the plugins of a first installation only these; empty: all
    log: bool = True
    users: bool = False  # whether the folder is the one with a database full of them
    status: int = 200
    depth: int = 1  # requests in one segment


SCENARIOS = {
    "hello": Scenario(hellos, alone=HELLO, log=False),
    "pipelined": Scenario(hellos, alone=HELLO, log=False, depth=PIPELINE),
    "filters": Scenario(hellos, FILTERS),
    "echo": Scenario(lambda *_: [post("/echo", ECHO)], {"bench": {}}),
    "create-invalid": Scenario(lambda *_: [post("/api/users", INVALID)], FILTERS, status=400),
    "user": Scenario(users_by_id, users=True),
    "users": Scenario(lambda _, token: [get("/api/users?page=1&limit=10", token)], users=True),
}


class Counter:
    """A mortised under callgrind, counted from start() on: all of its threads."""

    def __init__(self, folder: Folder, build: Build):
        self.out = folder.path / "callgrind.out"
        self.prefix = f"--vgdb-prefix={folder.path / 'vgdb'}"
        self.taken = 0
        self.since = 0.0
        self.server = Server(folder, build, wrapper=(
            "valgrind", "--tool=callgrind", "--instr-atstart=no", "--dump-instr=no", "--dump-line=no", self.prefix,
            f"--callgrind-out-file={self.out}", f"--log-file={folder.path / 'valgrind.log'}"))

    def command(self, *words: str) -> None:
        subprocess.run(["vgdb", self.prefix, f"--pid={self.server.pids[0]}", *words], check=True, timeout=COMMAND_S,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start(self) -> None:
        self.command("instrumentation", "on")

    def take(self) -> tuple[int, float]:
        """Instructions and seconds since the last call."""
        self.command("dump")
        now, since = time.monotonic(), self.since
        self.since = now
        self.taken += 1
        dump = pathlib.Path(f"{self.out}.{self.taken}")
        count = int(re.search(r"^totals: (\d+)", dump.read_text(), re.MULTILINE).group(1))
        dump.unlink()
        return count, now - since

    def close(self) -> None:
        self.server.close()


def ask(client: Connection, scenario: Scenario, requests: list[bytes]) -> None:
    """One batch: REQUESTS requests, the next segment when the one before is answered."""
    for first in range(0, REQUESTS, scenario.depth):
        client.send(b"".join(requests[number % len(requests)] for number in range(first, first + scenario.depth)))
        for response in client.read_many(scenario.depth):
            if response.status != scenario.status:
                raise SystemExit(f"{response} instead of {scenario.status}")


def batches(scenario: Scenario, folder: Folder, build: Build, token: str) -> list[float]:
    """Instructions per request, of every batch of one start, without what the idle server takes in the same time."""
    requests = scenario.requests(folder, token)
    counter = Counter(folder, build)
    idle, busy = [], []
    try:
        with Connection(("127.0.0.1", counter.server.port), COMMAND_S) as client:
            ask(client, scenario, requests)
            counter.start()
            ask(client, scenario, requests)
            counter.take()
            for _ in range(BATCHES):
                time.sleep(QUIET_S)
                idle.append(counter.take())
                ask(client, scenario, requests)
                busy.append(counter.take())
    finally:
        counter.close()
    rate = sum(instructions for instructions, _ in idle) / sum(seconds for _, seconds in idle)
    return [(instructions - rate * seconds) / REQUESTS for instructions, seconds in busy]


def count(scenario: Scenario, build: Build) -> list[float]:
    """Instructions per request, of the batches of the start that took the least."""
    token = ""
    if scenario.users:
        folder, token, _ = seeded_folder(build)
    else:
        folder = plain_folder(scenario.log)
    if scenario.alone:
        folder.plugins = {name: folder.plugins[name] for name in scenario.alone}
    folder.plugins.update(scenario.plugins)
    # Lines are written by a thread of their own, in blocks; how many share one is then not up to the clock.
    folder.plugins["logging"]["flush_interval"] = "1s"
    # A loop that the machine holds up is not to be logged.
    folder.server.update(loop_stall_warning="60s", watchdog_timeout="120s")
    try:
        return min((batches(scenario, folder, build, token) for _ in range(STARTS)), key=statistics.median)
    finally:
        folder.remove()


def steady(counts: list[float]) -> bool:
    low, middle, high = statistics.quantiles(counts, n=4)
    return high - low <= STEADY * middle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=pathlib.Path, help="build folder to compare $MORTISE_BUILD_DIR with")
    parser.add_argument("--name", default="there", help="what that build is called")
    parser.add_argument("--limit", type=float, default=2.0, metavar="PERCENT", help="how much more a request may take (default: 2)")
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(SCENARIOS), metavar="SCENARIO,...",
                        help=f"some of {','.join(SCENARIOS)}")
    options = parser.parse_args()
    if unknown := [name for name in options.only if name not in SCENARIOS]:
        parser.error(f"no scenario is called {', '.join(unknown)}")
    builds = (Build(options.build.resolve(), options.name), OURS)
    over = []
    print(f"{'instructions/request':20} {options.name:>12} {'here':>12} {'difference':>12}", flush=True)
    for name in options.only:
        there, here = (count(SCENARIOS[name], build) for build in builds)
        before, after = statistics.median(there), statistics.median(here)
        percent = (after / before - 1) * 100
        marks = [f"over the limit of {options.limit:g} %"] if percent > options.limit else []
        over += marks
        if not steady(there) or not steady(here):
            marks.append("unsteady")
        print(f"{name:20} {before:12.0f} {after:12.0f} {percent:+10.2f} %  {', '.join(marks)}".rstrip(), flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
