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
    """peers/fastify without a database: one process, one log line a request, written in blocks."""

    name = "fastify"

    def __init__(self, filters: bool):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mortise-bench-"))
        self.port = free_port()
        settings = {"PORT": str(self.port), "LOG_FILE": str(self.folder / "requests.log"), "NODE_ENV": "production",
                    "RATE_LIMIT_MAX": "1000000000", "FILTERS": "1" if filters else "0", "DB": "",
                    "JWT_SECRET": secrets.token_hex(32), "JWT_REFRESH_SECRET": secrets.token_hex(32)}
        self.process = subprocess.Popen(["taskset", "-c", SERVER_CORE, NODE, str(PEERS / "fastify" / "server.mjs")],
                                        env={**os.environ, **settings}, stdout=subprocess.DEVNULL)
        eventually(lambda: self.process.poll() is not None or accepts(self.port), "Fastify listens")
        if self.process.poll() is not None:
            raise SystemExit("the Fastify peer does not start")
        self.pids = [self.process.pid]

    @staticmethod
    def installed() -> bool:
        return (PEERS / "node_modules" / "fastify").is_dir() and shutil.which(NODE) is not None

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
