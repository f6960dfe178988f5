# SPDX-License-Identifier: Apache-2.0
"""Many slow clients at once, more clients than descriptors, and more logins than hashing can take: nobody else notices.

MORTISE_SLOW_CLIENTS (default 1000) is how many of each kind there are."""

import json
import os
import pathlib
import resource
import subprocess
import sys
import time
import unittest

from mortised import EVENT_S, SLOWNESS, Mortised, eventually, sanitizer_options

COUNT = int(os.environ.get("MORTISE_SLOW_CLIENTS", "1000"))
# Of header, body and write; all clients connect and are measured in it.
DEADLINE_S = (3.0 if COUNT <= 1000 else COUNT / 200) * SLOWNESS
PROBES = 200
PROBE_S = 0.020 * SLOWNESS  # the 99th percentile may take so long
# What a client may cost: a connection with its read buffer; of a reader besides up to 8 KiB of unsent responses, in a buffer
# twice as large, and the requests read with the one that waits. A sanitizer's own bookkeeping grows with what is allocated.
KIB_EACH = {"header": 10 * SLOWNESS, "body": 10 * SLOWNESS, "reader": 36 * SLOWNESS}
LATE_S = 1.5 * SLOWNESS
HERD = pathlib.Path(__file__).resolve().parents[1] / "support" / "herd.py"


def descriptors(server: Mortised) -> int:
    return len(os.listdir(f"/proc/{server.pid}/fd"))


def resident_kib(server: Mortised) -> int:
    for line in pathlib.Path(f"/proc/{server.pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("no VmRSS")


class Herd:
    """tests/support/herd.py at work."""

    def __init__(self, server: Mortised, kind: str, count: int, pause_s: float):
        host, port = server.endpoint
        self.process = subprocess.Popen([sys.executable, "-B", str(HERD), kind, host, str(port), str(count), str(pause_s)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line == "held\n", f"the herd says {line!r}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def result(self) -> dict:
        self.process.stdin.close()
        return json.loads(self.process.stdout.readline())


def probe(server: Mortised) -> list[float]:
    """The times of PROBES requests for /health, each on a connection of its own; sorted."""
    times = []
    for _ in range(PROBES):
        begin = time.perf_counter()
        status = server.get("/health").status
        times.append(time.perf_counter() - begin)
        assert status == 200, status
    return sorted(times)


def p99_ms(times: list[float]) -> float:
    return times[len(times) * 99 // 100 - 1] * 1000


class SlowTest(unittest.TestCase):
    def measure(self, server: Mortised, what: str, idle: list[float]) -> None:
        """The bound holds in one of three rounds: other programs on the machine may spoil a round, not all of them."""
        rounds = []
        for _ in range(3):
            rounds.append(probe(server))
            if p99_ms(rounds[-1]) <= PROBE_S * 1000:
                break
        shown = ", ".join(f"{p99_ms(one):.1f}" for one in rounds)
        print(f"{what}: /health p99 of {PROBES} probes {shown} ms, idle {p99_ms(idle):.1f} ms")
        self.assertLessEqual(p99_ms(rounds[-1]), PROBE_S * 1000, what)


class SlowClients(SlowTest):
    PLUGINS = {"routing": {}, "logging": {"request_log": "false"}, "health": {}, "hello": {}, "slow": {}, "uses-exchange": {}}

    def herd_of(self, kind: str, server_settings: dict[str, str]) -> tuple[dict, float]:
        """Lets the herd loose on a server of its own; returns what it saw and the KiB that each client cost."""
        milliseconds = f"{int(DEADLINE_S * 1000)}ms"
        settings = {"workers": "1", "header_timeout": "600s", "body_timeout": "600s", "body_max_time": "600s", "body_min_rate": "0",
                    "write_timeout": "600s", **{key: value or milliseconds for key, value in server_settings.items()}}
        # What was freed is not the server's any more, though the address sanitizer would keep up to 256 MiB of it.
        with Mortised(server=settings, plugins=self.PLUGINS, env=sanitizer_options("quarantine_size_mb=1")) as server:
            before_descriptors = descriptors(server)
            idle = probe(server)
            before_kib = resident_kib(server)
            with Herd(server, kind, COUNT, DEADLINE_S / 20) as herd:
                eventually(lambda: descriptors(server) >= before_descriptors + COUNT, "all are accepted", DEADLINE_S)
                grown_kib = resident_kib(server) - before_kib
                # The one worker there is answers, too.
                begin = time.monotonic()
                for _ in range(20):
                    self.assertEqual(server.get("/slow?ms=1").status, 200)
                self.assertLess(time.monotonic() - begin, 1.0 * SLOWNESS)
                self.measure(server, f"{COUNT} slow clients ({kind})", idle)
                self.assertGreaterEqual(descriptors(server), before_descriptors + COUNT, "some were cut while being measured")
                result = herd.result()
            eventually(lambda: descriptors(server) <= before_descriptors, "all descriptors are back", LATE_S)
            each = grown_kib / COUNT
            print(f"  {each:.1f} KiB each; cut after {result['shortest_s']:.2f} to {result['longest_s']:.2f} s; {result['statuses']}")
            self.assertLessEqual(each, KIB_EACH[kind])
            self.assertGreaterEqual(result["shortest_s"], DEADLINE_S * 0.95)
            self.assertLessEqual(result["longest_s"], DEADLINE_S + LATE_S)
            self.assertEqual(server.get("/health").status, 200)
        return result

    # contract: limit.header-time
    def test_headers_that_dribble(self):
        result = self.herd_of("header", {"header_timeout": ""})
        self.assertEqual(result["statuses"], {"408": COUNT})

    # contract: limit.body-time
    def test_bodies_that_dribble(self):
        result = self.herd_of("body", {"body_timeout": "", "body_max_time": ""})
        self.assertEqual(result["statuses"], {"408": COUNT})

    # contract: limit.write-stall
    def test_clients_that_never_read(self):
        self.herd_of("reader", {"write_timeout": ""})


class Logins(SlowTest):
    PLUGINS = {
        "routing": {}, "logging": {"request_log": "false"}, "health": {}, "database": {"url": "sqlite:///t.db"},
        "users": {}, "auth": {},
    }
    QUEUE = 8

    # contract: busy.retry-after
    def test_parallel_logins(self):
        with Mortised(server={"password_cost": "10", "hashing_workers": "1", "hashing_queue": str(self.QUEUE)}, plugins=self.PLUGINS) as server:
            idle = probe(server)
            body = {"email": "nobody@example.com", "password": "wrong password"}
            begin = time.monotonic()
            self.assertEqual(server.post("/auth/login", body).status, 401)
            one_s = time.monotonic() - begin
            with Herd(server, "login", 100, 0.2 * SLOWNESS) as herd:
                self.measure(server, "100 parallel logins", idle)
                result = herd.result()
            print(f"  {result['statuses']}; the longest took {result['longest_s']:.2f} s, one alone {one_s:.2f} s")
            self.assertEqual(set(result["statuses"]), {"401", "503"})
            self.assertGreaterEqual(sum(result["statuses"].values()), 100)
            self.assertEqual(result["without_retry_after"], 0)
            # Who is let in waits for the queue in front, on a processor that others use, too.
            self.assertLess(result["longest_s"], 5 * (self.QUEUE + 2) * max(one_s, 0.1 * SLOWNESS))
            eventually(lambda: server.post("/auth/login", body).status == 401, "hashing has room again")


class Descriptors(unittest.TestCase):
    LIMIT = 64
    WATCHED_S = 1.0

    def test_none_left(self):
        def few():
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.LIMIT, self.LIMIT))

        plugins = {"routing": {}, "logging": {}, "hello": {}}
        with Mortised(server={"header_timeout": "600s"}, plugins=plugins, preexec=few) as server:
            before = descriptors(server)
            with server.connect() as kept:
                self.assertEqual(kept.exchange("GET", "/hello").status, 200)
                kept.send(b"GET /hello HTTP/1.1\r\n")
                waiting = []
                for _ in range(2 * self.LIMIT):
                    connection = server.connect()
                    connection.send(b"GET /hel")  # busy, so that it makes no room
                    waiting.append(connection)
                eventually(lambda: descriptors(server) >= self.LIMIT - 2, "the descriptors are used up")
                # A stretch of time is what is measured here, so that one is waited for.
                begin, used = time.monotonic(), server.cpu_s()
                while time.monotonic() - begin < self.WATCHED_S:
                    time.sleep(0.05)
                used = server.cpu_s() - used
                print(f"without a descriptor: {used * 1000:.0f} ms of CPU time in {self.WATCHED_S:.0f} s")
                self.assertLess(used, 0.1 * SLOWNESS, "it spins")
                # Who is in is served, and so is everyone else once there is room.
                kept.send(b"Host: t\r\n\r\n")
                self.assertEqual(kept.read().status, 200)
                for connection in waiting:
                    connection.close()
            eventually(lambda: descriptors(server) <= before, "all descriptors are back")
            again = [server.connect() for _ in range(self.LIMIT // 2)]
            for connection in again:
                connection.send(b"GET /hel")
            for connection in again:
                connection.send(b"lo HTTP/1.1\r\nHost: t\r\n\r\n")
                self.assertEqual(connection.read(timeout_s=EVENT_S).status, 200)
                connection.close()


if __name__ == "__main__":
    unittest.main()
