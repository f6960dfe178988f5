#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long logins take while POST /api/users/batch hashes, beside logins without. See README.md."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import pathlib
import sqlite3
import statistics
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from mortised import Mortised  # noqa: E402

BATCH = "/api/users/batch"
PATIENCE_S = 900  # logins that never pause leave a batch little


def percentile(times: list[float], part: float) -> float:
    """The smallest of them that so large a part does not exceed."""
    return sorted(times)[max(0, math.ceil(part * len(times)) - 1)]


class Batches:
    """One batch after the other, on a thread of its own, while it is open."""

    _number = 0

    def __init__(self, server: Mortised, token: str, size: int):
        self.server, self.token, self.size = server, token, size
        self.times: list[float] = []
        self.failure = ""
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def __enter__(self) -> Batches:
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.over.set()
        self.thread.join()
        if self.failure:
            raise SystemExit(self.failure)

    def _run(self) -> None:
        while not self.over.is_set():
            Batches._number += 1
            users = [{"name": "Batch", "email": f"batch{Batches._number}-{i}@example.com", "password": f"password {i}"} for i in range(self.size)]
            begin = time.monotonic()
            with self.server.connect(timeout_s=PATIENCE_S) as connection:
                response = connection.exchange("POST", BATCH, body=json.dumps({"users": users}).encode(), headers={
                    "Authorization": f"Bearer {self.token}", "Content-Type": "application/json"})
            if response.status != 201 or response.json != {"count": self.size}:
                self.failure = f"GAVE ANOTHER RESPONSE: {response}"
                return
            self.times.append(time.monotonic() - begin)


def logins(server: Mortised, session: dict, count: int) -> list[float]:
    """Seconds of each, one after the other."""
    times = []
    for _ in range(count):
        begin = time.monotonic()
        response = server.post("/auth/login", {"email": session["user"]["email"], "password": session["password"]})
        times.append(time.monotonic() - begin)
        if response.status != 200:
            raise SystemExit(f"GAVE ANOTHER RESPONSE: {response}")
    return times


def shown(times: list[float]) -> str:
    return f"median {statistics.median(times) * 1000:6.1f} ms   p99 {percentile(times, 0.99) * 1000:6.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10, help="of logins without and with batches, in turn")
    parser.add_argument("--logins", type=int, default=30, help="of one round")
    parser.add_argument("--size", type=int, default=100, help="users of a batch")
    parser.add_argument("--workers", type=int, default=0, help="server.hashing_workers; 0: its default")
    options = parser.parse_args()
    with Mortised(server={"password_cost": "10", "hashing_workers": str(options.workers), "request_timeout": f"{PATIENCE_S}s",
                          "handler_timeout": f"{PATIENCE_S}s"}) as server:
        session = server.register()
        with contextlib.closing(sqlite3.connect(server.folder.state_of("database") / "test.db", timeout=20)) as database, database:
            database.execute("UPDATE users SET role = 'admin'")
        logins(server, session, 5)
        alone: list[float] = []
        beside: list[float] = []
        batches: list[float] = []
        for _ in range(options.rounds):
            alone += logins(server, session, options.logins)
            with Batches(server, session["accessToken"], options.size) as running:
                beside += logins(server, session, options.logins)
            batches += running.times
    print(f"{len(alone)} logins alone:           {shown(alone)}")
    print(f"{len(beside)} logins beside batches:  {shown(beside)}")
    print(f"ratio of p99 {percentile(beside, 0.99) / percentile(alone, 0.99):.2f}, of medians "
          f"{statistics.median(beside) / statistics.median(alone):.2f}")
    print(f"{len(batches)} batches of {options.size}: median {statistics.median(batches):.1f} s")


if __name__ == "__main__":
    main()
