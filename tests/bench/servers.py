# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured, each on the first core with a port of its own."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

from mortised import BUILD, Folder, Mortised, eventually  # noqa: E402

# The first two cores that are ours.
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = str(CORES[0]), str(CORES[1 % len(CORES)])
# Where `npm ci` was run, and a Node that Fastify 5 runs on (20 or later).
PEERS = pathlib.Path(os.environ.get("MORTISE_BENCH_PEERS", HERE / "peers"))
NODE = os.environ.get("MORTISE_BENCH_NODE", "node")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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

    name = "nginx"

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


class Fastify:
    """peers/fastify: one process, one log line a request, written in blocks. `database` is a file with the peers' tables,
    or nothing; `synchronous` what its commits survive, as SQLite calls it. Or `mariadb` is the URL of a database with our tables,
    in which it reads users by id over `connections`."""

    name = "fastify"

    def __init__(self, filters: bool, database: pathlib.Path | None = None, synchronous: str = "full", mariadb: str = "",
                 connections: int = 10):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mortise-bench-"))
        self.port = free_port()
        self.secret = secrets.token_hex(32)
        settings = {"PORT": str(self.port), "LOG_FILE": str(self.folder / "requests.log"), "NODE_ENV": "production",
                    "RATE_LIMIT_MAX": "1000000000", "FILTERS": "1" if filters else "0",
                    "DB": str(database or ""), "SYNCHRONOUS": synchronous.upper(), "MARIADB": mariadb,
                    "MARIADB_CONNECTIONS": str(connections), "JWT_SECRET": self.secret, "JWT_REFRESH_SECRET": secrets.token_hex(32)}
        output = self.folder / "output"
        with open(output, "w", encoding="utf-8") as file:
            self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, NODE, str(PEERS / "fastify" / "server.mjs")],
                                            env={**os.environ, **settings}, stdout=file)
        eventually(lambda: self.process.poll() is not None or accepts(self.port), "Fastify listens")
        if self.process.poll() is not None:
            raise SystemExit("the Fastify peer does not start")
        if database:
            # As its connection says, not as it was told.
            said = eventually(lambda: re.search(r"journal_mode=\w+ synchronous=\w+", output.read_text()), "Fastify's settings")
            self.durability = said.group(0)
        self.pids = [self.process.pid]

    @staticmethod
    def installed() -> bool:
        return (PEERS / "node_modules" / "fastify").is_dir() and shutil.which(NODE) is not None

    @staticmethod
    def has_database() -> bool:
        return any((PEERS / "node_modules" / "better-sqlite3" / "build" / "Release").glob("better_sqlite3.node"))

    @staticmethod
    def has_mysql2() -> bool:
        return (PEERS / "node_modules" / "mysql2").is_dir()

    def close(self) -> None:
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclasses.dataclass(frozen=True)
class Build:
    """A build folder of mortised, and what it is called where several are compared."""

    folder: pathlib.Path
    name: str = "mortised"

    @property
    def program(self) -> pathlib.Path:
        return self.folder / "bin" / "mortised"

    @property
    def plugins(self) -> pathlib.Path:
        return self.folder / "lib" / "mortise" / "plugins"

    @property
    def fixtures(self) -> pathlib.Path:
        return self.folder / "fixtures" / "plugins"


OURS = Build(BUILD)


class Server:
    """mortised on the server's core, request log to a file."""

    def __init__(self, folder: Folder, build: Build = OURS, wrapper: tuple[str, ...] = ()):
        self.folder = folder
        self.name = build.name
        self.port = free_port()
        folder.server["listen"] = f"127.0.0.1:{self.port}"
        folder.server["plugin_directory"] = f"{build.plugins}, {build.fixtures}"
        folder.write()
        self.process = Mortised(folder, program=build.program, wrapper=wrapper, start=False,
                                preexec=lambda: os.sched_setaffinity(0, {int(SERVER_CORE)}))
        begin = time.monotonic()
        self.process.start(ready=False)
        while not self.answers():
            time.sleep(0.05 if wrapper else 0)
            if time.monotonic() - begin > (120 if wrapper else 30):
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
