# SPDX-License-Identifier: Apache-2.0
"""Alternating rounds of load, and what they cost each server by CPU time per request."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import statistics
import subprocess
import time

from ratio import Ratio
from servers import LOAD_CORE

TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


def cpu_us(pid: int) -> float:
    """User and system time of a process so far, all its threads."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def children_s() -> float:
    """CPU time of the load generators that have ended."""
    return os.times().children_user + os.times().children_system


@dataclasses.dataclass
class Asked:
    """One server and what it is asked: a path, a script for wrk, and whether every answer is to be an error."""

    server: object
    path: str = "/"
    script: str = ""
    arguments: tuple[str, ...] = ()
    errors: bool = False
    environment: dict[str, str] = dataclasses.field(default_factory=dict)  # of wrk, beside our own
    target: float = 0.0  # of ours by this one's, as a ratio; 0: none
    rate_target: float = 0.0  # likewise, of this one's rate by ours; 0: rates are not compared

    @property
    def name(self) -> str:
        return self.server.name


class Load:
    """What one run of wrk did, and what it cost a server."""

    def __init__(self, asked: Asked, connections: int, seconds: int):
        server = asked.server
        script = ["-s", asked.script] if asked.script else []
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", *script,
                   f"http://127.0.0.1:{server.port}{asked.path}", *asked.arguments]
        used = children_s()
        before = sum(cpu_us(pid) for pid in server.pids)
        begin = time.monotonic()
        output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True,
                                env={**os.environ, **asked.environment}).stdout
        wall_s = time.monotonic() - begin
        after = sum(cpu_us(pid) for pid in server.pids)
        self.requests = int(re.search(r"(\d+) requests in", output).group(1))
        errors = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
        self.cpu_us = (after - before) / max(self.requests, 1)
        self.rate = self.requests / wall_s
        self.marks = set()
        if self.requests == 0 or after == before:
            self.marks.add(f"ROUNDS WITHOUT {asked.name}")
        if (int(errors.group(1)) if errors else 0) != (self.requests if asked.errors else 0):
            self.marks.add(f"{asked.name} GAVE OTHER ANSWERS")
        if "Socket errors" in output:
            self.marks.add(f"SOCKET ERRORS with {asked.name}")
        if (children_s() - used) / wall_s > 0.95:
            self.marks.add(f"load saturated by {asked.name}")


def quartiles(values: list[float], digits: int = 2) -> str:
    low, middle, high = statistics.quantiles(values, n=4) if len(values) > 1 else values * 3
    return f"{middle:6.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def verdict(fine: bool) -> str:
    return "met" if fine else "MISSED"


@dataclasses.dataclass
class Figures:
    """Of every round, by server: index 0 is ours."""

    cpu_us: list[list[float]]
    rate: list[list[float]]
    requests: int  # that ours got
    marks: set[str]


def alternate(ours: Asked, others: list[Asked], options, connections: int = 64) -> Figures:
    """One second of warming up each, then the rounds: every server in turn, the others first."""
    everyone = [ours, *others]
    figures = Figures([[] for _ in everyone], [[] for _ in everyone], 0, set())
    for asked in reversed(everyone):
        warm = Load(asked, connections, 1)
        figures.requests += warm.requests if asked is ours else 0
    for _ in range(options.rounds):
        for index in reversed(range(len(everyone))):
            load = Load(everyone[index], connections, options.seconds)
            figures.cpu_us[index].append(load.cpu_us)
            figures.rate[index].append(load.rate)
            figures.marks |= load.marks
            if index == 0:
                figures.requests += load.requests
    return figures


def ratio_of(mine: list[float], theirs: list[float]) -> Ratio:
    """Of the rounds in which both were at work: on a busy machine a second may pass without a tick for one."""
    pairs = [pair for pair in zip(mine, theirs) if all(pair)]
    if not pairs:
        raise SystemExit("there is no round in which both servers were at work")
    return Ratio.of(pairs)


def compare(name: str, ours: Asked, others: list[Asked], options, connections: int = 64) -> int:
    """Prints a line a server beside ours and returns the requests that ours got."""
    figures = alternate(ours, others, options, connections)
    mine = figures.cpu_us[0]
    print(f"{name:14} {connections:4}  {ours.name:9} {quartiles(mine)} us   {statistics.median(figures.rate[0]):.0f}/s"
          f"   {', '.join(sorted(figures.marks))}", flush=True)
    for asked, theirs, rates in zip(others, figures.cpu_us[1:], figures.rate[1:]):
        ratio = ratio_of(mine, theirs)
        target = f"   target {asked.target:.3g} {ratio.verdict(asked.target)}" if asked.target else ""
        print(f"{'':14} {'':4}  {asked.name:9} {quartiles(theirs)} us   ours by theirs: "
              f"{ratio}{target}", flush=True)
        if asked.rate_target:
            ratio = ratio_of(rates, figures.rate[0])
            print(f"{'':14} {'':4}  {asked.name:9} {statistics.median(rates):.0f}/s   theirs by ours: "
                  f"{ratio}   target {asked.rate_target:.3g} {ratio.verdict(asked.rate_target)}", flush=True)
    return figures.requests
