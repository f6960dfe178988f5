# SPDX-License-Identifier: Apache-2.0
"""CPU per request of mortised beside nginx's static answer. See run.sh."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from http1 import Connection  # noqa: E402
from mortised import BUILD, Folder, Mortised, eventually  # noqa: E402

SERVER_CORE, LOAD_CORE = "0", "1"
TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")
USERS = 10_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_us(pid: int) -> float:
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_US


def children(pid: int) -> list[int]:
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def resident_kib(pid: int) -> int:
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text()).group(1))


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False


class Nginx:
    """One worker that answers `body` to everything, access log off."""

    def __init__(self, body: str):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mortise-bench-"))
        self.port = free_port()
        (self.folder / "nginx.conf").write_text(
            f"""worker_processes 1; daemon off; pid {self.folder}/pid; error_log stderr crit;
events {{ worker_connections 8192; }}
http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {self.folder}; default_type application/json;
  server {{ listen 127.0.0.1:{self.port}; location / {{ return 200 '{body}'; }} }} }}
"""
        )
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, "nginx", "-e", "stderr", "-c", str(self.folder / "nginx.conf")]
        )
        eventually(lambda: accepts(self.port) and children(self.process.pid), "nginx listens")
        self.pids = [self.process.pid, *children(self.process.pid)]

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Server:
    """mortised on the server's core, request log to a file."""

    def __init__(self, folder: Folder):
        self.folder = folder
        self.port = free_port()
        folder.server["listen"] = f"127.0.0.1:{self.port}"
        folder.write()
        self.process = Mortised(folder, wrapper=(), arguments=(), start=False,
                                preexec=lambda: os.sched_setaffinity(0, {int(SERVER_CORE)}))
        begin = time.monotonic()
        self.process.start(ready=False)
        while not self.answers():
            if time.monotonic() - begin > 30:
                self.process.show()
                raise SystemExit("mortised does not start")
        self.start_ms = (time.monotonic() - begin) * 1000
        self.pids = [self.process.process.pid]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as client:
                client.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                return client.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False

    def close(self) -> None:
        self.process.stop()
        self.process.close()


class Load:
    """What one run of wrk did, and what it cost a server."""

    def __init__(self, port: int, path: str, pids: list[int], connections: int, seconds: float, arguments: list[str]):
        before = [cpu_us(pid) for pid in pids]
        begin = time.monotonic()
        command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", *arguments,
                   f"http://127.0.0.1:{port}{path}"]
        wrk = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        output = wrk.communicate()[0]
        load_us = os.times().children_user + os.times().children_system
        self.wall_s = time.monotonic() - begin
        after = [cpu_us(pid) for pid in pids]
        self.requests = int(re.search(r"(\d+) requests in", output).group(1))
        self.cpu_us = (sum(after) - sum(before)) / max(self.requests, 1)
        self.load_s = load_us
        self.valid = "Non-2xx" not in output and "Socket errors" not in output
        self.rate = self.requests / self.wall_s


def quartiles(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:6.2f} ({low:.2f}-{high:.2f})"


def compare(name: str, server: Server, nginx: Nginx, path: str, arguments: list[str], target: float, options,
            connections: int = 64) -> int:
    """Alternating rounds; prints a line of the table and returns the requests that mortised got."""
    ours, theirs, ratios, rates, marks, total = [], [], [], [], set(), 0
    for peer, port, pids, extra in ((nginx, nginx.port, nginx.pids, []), (server, server.port, server.pids, arguments)):
        warm = Load(port, path, pids, connections, 1, extra)
        total += warm.requests if peer is server else 0
    for _ in range(options.rounds):
        used = os.times().children_user + os.times().children_system
        reference = Load(nginx.port, "/", nginx.pids, connections, options.seconds, [])
        measured = Load(server.port, path, server.pids, connections, options.seconds, arguments)
        total += measured.requests
        if not (reference.valid and measured.valid):
            marks.add("ANSWERS OTHER THAN 2xx")
        busy = (measured.load_s - used) / (reference.wall_s + measured.wall_s)
        if busy > 0.95:
            marks.add("load generator saturated")
        theirs.append(reference.cpu_us)
        ours.append(measured.cpu_us)
        ratios.append(measured.cpu_us / reference.cpu_us)
        rates.append(measured.rate)
    verdict = "met" if statistics.median(ratios) <= target else "MISSED"
    print(f"{name:12} {connections:4} nginx {quartiles(theirs)} us   mortised {quartiles(ours)} us   ratio "
          f"{quartiles(ratios)}   target {target:.2f} {verdict}   {statistics.median(rates):.0f}/s"
          f"   {', '.join(sorted(marks))}", flush=True)
    return total


def plain_folder(log: bool = True) -> Folder:
    folder = Folder()
    folder.server["max_connections"] = "20000"
    folder.plugins["logging"] = {"output": "file", "path": str(folder.path / "requests.log"),
                                 "request_log": "true" if log else "false"}
    return folder


def bench_hello(options, log: bool) -> None:
    folder, nginx = plain_folder(log), Nginx('{"hello":"N000000"}')
    server = Server(folder)
    probes = 1
    try:
        name = "hello" if log else "hello-nolog"
        count = compare(name, server, nginx, "", ["-s", str(HERE / "names.lua")], 1.15 if log else 1.05, options)
    finally:
        server.close()
        nginx.close()
    if log:
        lines = sum(1 for line in open(folder.path / "requests.log") if '"url":"/hello?name=' in line)
        # wrk stops counting when its time is up; what was on its way then is answered and logged too.
        late = 64 * (options.rounds + probes)
        good = count <= lines <= count + late
        print(f"{'':12}      request log: {lines} lines for {count} counted requests: {'good' if good else 'WRONG'}")
    folder.remove()


def bench_health(options) -> None:
    folder, nginx = plain_folder(), Nginx('{"status":"ok","timestamp":"2026-01-02T03:04:05.678Z"}')
    server = Server(folder)
    try:
        compare("health", server, nginx, "/health", [], 1.25, options)
    finally:
        server.close()
        nginx.close()
        folder.remove()


def seeded_folder() -> tuple[Folder, str, str]:
    """A database with USERS users; one of them with a token."""
    folder = plain_folder()
    server = Server(folder)
    with Connection(("127.0.0.1", server.port)) as client:
        answer = client.exchange("POST", "/auth/register", headers={"Content-Type": "application/json"}, body=json.dumps(
            {"name": "Bench", "email": "bench@example.com", "password": "password of bench"}).encode())
        assert answer.status == 201, answer
        token, own = answer.json["accessToken"], answer.json["user"]["id"]
    server.close()
    with sqlite3.connect(folder.state / "test.db") as database:
        database.executemany(
            "INSERT INTO users (id, name, email, email_lower, password_hash, role, created_at, updated_at)"
            " VALUES (?, ?, ?, ?, '', 'user', 0, 0)",
            ((str(uuid.uuid4()), f"User {i}", f"u{i}@example.com", f"u{i}@example.com") for i in range(USERS - 1)))
    return folder, token, own


def bench_user(options, connections: int) -> None:
    folder, token, own = seeded_folder()
    nginx = Nginx('{"user":{"id":"%s","name":"Bench","email":"bench@example.com","createdAt":"2026-01-02T03:04:05.678Z"}}'
                  % own)
    ids = folder.path / "ids"
    with sqlite3.connect(folder.state / "test.db") as database:
        ids.write_text("".join(f"{one}\n" for (one,) in database.execute("SELECT id FROM users")), encoding="ascii")
    # Not on a command line, where everyone on the machine reads it.
    os.environ.update(MORTISE_BENCH_IDS=str(ids), MORTISE_BENCH_TOKEN=token)
    server = Server(folder)
    try:
        compare("user", server, nginx, "", ["-s", str(HERE / "users.lua")], 2.5, options, connections)
    finally:
        server.close()
        nginx.close()
        folder.remove()


def bench_start(options) -> None:
    folder, _, _ = seeded_folder()
    warm, cold = [], []
    for _ in range(max(5, options.rounds // 3)):
        server = Server(folder)
        warm.append(server.start_ms)
        server.close()
    for _ in range(5):
        shutil.rmtree(folder.cache)
        server = Server(folder)
        cold.append(server.start_ms)
        server.close()
    folder.remove()
    median = statistics.median(warm)
    print(f"start        first answer after {quartiles(warm)} ms with a warm verification cache, {quartiles(cold)} ms cold"
          f"   target 100 {'met' if median <= 100 else 'MISSED'}", flush=True)


def bench_memory(_options) -> None:
    folder = plain_folder()
    server = Server(folder)
    pid = server.pids[0]
    idle = resident_kib(pid)
    clients = []
    for _ in range(5000):
        client = socket.create_connection(("127.0.0.1", server.port))
        client.sendall(b"GET /health HTTP/1.1\r\nHost: bench\r\n\r\n")
        clients.append(client)
    for client in clients:
        client.recv(4096)
    each = (resident_kib(pid) - idle) / len(clients)
    for client in clients:
        client.close()
    server.close()
    folder.remove()
    print(f"memory       idle {idle / 1024:.1f} MiB resident   target 25 {'met' if idle <= 25 * 1024 else 'MISSED'};   "
          f"{each:.2f} KiB for each of 5,000 idle connections   target 2 {'met' if each <= 2 else 'MISSED'}", flush=True)


def bench_routing(_options) -> None:
    programs = list(BUILD.rglob("bench_routing"))
    if not programs:
        print("routing      bench_routing is not built")
        return
    print("routing      " + subprocess.run([str(programs[0])], capture_output=True, text=True).stdout.strip(), flush=True)


SCENARIOS = {
    "hello": lambda options: bench_hello(options, True),
    "hello-nolog": lambda options: bench_hello(options, False),
    "health": bench_health,
    "user": lambda options: bench_user(options, 64),
    "user-1": lambda options: bench_user(options, 1),
    "start": bench_start,
    "memory": bench_memory,
    "routing": bench_routing,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("scenario", nargs="*", choices=[*SCENARIOS, []], default=[])
    options = parser.parse_args()
    print("CPU microseconds per request: median (quartiles) of the rounds; ratios are taken round by round.")
    for name in options.scenario or SCENARIOS:
        SCENARIOS[name](options)


if __name__ == "__main__":
    main()
