# SPDX-License-Identifier: Apache-2.0
"""Starts, watches and ends a real mortised for tests. MORTISE_BUILD_DIR names the build folder (default build/dev)."""

from __future__ import annotations

import json
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import uuid

from http1 import Connection, Response
from reachable import reachable
import stored
import truth

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MORTISE_BUILD_DIR", SOURCE / "build" / "dev")).resolve()
_SEEN = reachable(BUILD)
PROGRAM = _SEEN / "bin" / "mortised"
PLUGINS = _SEEN / "lib" / "mortise" / "plugins"
FIXTURES = _SEEN / "fixtures" / "plugins"
# Sanitizers and busy machines slow everything down; deadlines (never expectations) are multiplied by this.
SLOWNESS = float(os.environ.get("MORTISE_TEST_SLOWNESS", "1"))
# Built with sanitizers, which need what a hardened process has not.
SANITIZED = bool(re.search(r"(?m)^MORTISE_SANITIZE:\w+=\S", (BUILD / "CMakeCache.txt").read_text()) if (BUILD / "CMakeCache.txt").exists() else None)
ROOT = os.geteuid() == 0
START_S = 60.0 * SLOWNESS
EVENT_S = 20.0 * SLOWNESS
# server.control_timeout (and its like) of tests in which a plugin hangs: calls beside it that do not hang keep it on a busy machine, too.
HANG_S = 3.0 * SLOWNESS
HANG_TIMEOUT = f"{int(HANG_S * 1000)}ms"

# Everything the first version ships, as the contract wants it.
ALL_PLUGINS = {
    "routing": {},
    "logging": {},
    "health": {},
    "hello": {},
    "database": {"url": "sqlite:///test.db"},
    "users": {},
    "auth": {},
}

_TEXT_RECORD = re.compile(r"\S+Z (trace|debug|info|warning|error|fatal) (\S*): (.*?)(?: \((.*)\))?")
_SANITIZER_REPORT = re.compile(r"(ERROR|WARNING): \w+Sanitizer|: runtime error: ")
_ALIASES = ("PORT", "NODE_ENV", "LOG_LEVEL", "CORS_ORIGIN", "JWT_SECRET", "JWT_REFRESH_SECRET", "DATABASE_URL")


def service_user() -> pwd.struct_passwd | None:
    """Who root's checks are made as where no state directory tells."""
    for name in ("mortise", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def sanitizer_options(*options: str) -> dict[str, str]:
    """An addition to the environment of a program that may be built with sanitizers."""
    return {"ASAN_OPTIONS": ":".join(filter(None, (os.environ.get("ASAN_OPTIONS"), *options)))}


# Under strace: the leak check traces the process itself, which only one can do.
TRACED = sanitizer_options("detect_leaks=0")
# With a library of the test's loaded first (LD_PRELOAD).
PRELOADED = sanitizer_options("verify_asan_link_order=0")


def environment(extra: dict[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without what would configure mortised, plus `extra`."""
    foreign = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES")
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("MORTISE_") and key not in _ALIASES and key not in foreign
    }
    kept.update(extra or {})
    return kept


def render_ini(sections: dict[str, dict[str, str]]) -> str:
    return "\n".join(
        f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in settings.items())
        for section, settings in sections.items()
    )


def run(*arguments: str, env: dict[str, str] | None = None, **options) -> subprocess.CompletedProcess:
    """Runs mortised to its end (check modes, refused starts)."""
    return subprocess.run(
        [str(PROGRAM), *map(str, arguments)],
        env=environment(env),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60 * SLOWNESS,
        **options,
    )


def eventually(condition, what: str, timeout_s: float = EVENT_S, pause_s: float = 0.01):
    """Polls until `condition()` is true and returns its value."""
    deadline = time.monotonic() + timeout_s
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout_s} s: {what}")
        time.sleep(pause_s)


def missing(test: unittest.TestCase, what: str) -> None:
    """Ends a test that cannot run here: skipped on a developer's machine, failed where everything must be there (CI=true)."""
    if os.environ.get("CI"):
        test.fail(what)
    test.skipTest(what)


def open_folder(prefix: str) -> pathlib.Path:
    """A new temporary folder; root's is one that others can look into, since checks are made as another user."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    if ROOT:
        path.chmod(0o755)
    return path


class Folder:
    """A configuration with its state and cache, in a temporary folder of its own."""

    def __init__(self, server: dict[str, str] | None = None, plugins: dict[str, dict[str, str]] | None = None):
        self.path = open_folder("mortise-test-")
        self.config = self.path / "etc"
        self.state = self.path / "state"
        self.cache = self.path / "cache"
        self.config.mkdir()
        self.server = {
            "listen": "127.0.0.1:0",
            "password_cost": "4",  # bcrypt is not what is tested
            "state_directory": str(self.state),
            "cache_directory": str(self.cache),
            "plugin_directory": f"{PLUGINS}, {FIXTURES}",
            **(server or {}),
        }
        self.plugins = {name: dict(values) for name, values in (ALL_PLUGINS if plugins is None else plugins).items()}
        if stored.SERVER and self.plugins.get("database", {}).get("url", "").startswith("sqlite:///"):
            self._use_mariadb()
        self.write()

    def state_of(self, plugin: str) -> pathlib.Path:
        """The state folder of that instance, which is there once it was started."""
        return self.state / "plugins" / plugin

    def _use_mariadb(self) -> None:
        """A database of its own in the place of the file."""
        name = f"test_{uuid.uuid4().hex}"
        stored.Mariadb(stored.SERVER).change(f"CREATE DATABASE {name} CHARACTER SET utf8mb4")
        self.plugins = {"database-mariadb": {}, **self.plugins, "database": {**self.plugins["database"], "url": f"{stored.SERVER}/{name}"}}

    @property
    def stored(self) -> stored.Sqlite | stored.Mariadb:
        """What is in the database."""
        return stored.stored(self)

    @property
    def file(self) -> pathlib.Path:
        return self.config / "mortise.ini"

    def write(self) -> None:
        sections = {"server": self.server}
        for name, settings in (truth.switched_on(self.plugins) if truth.SOCKET else self.plugins).items():
            sections[f"plugin.{name}"] = {"enabled": "true", **settings}
        self.file.write_text(render_ini(sections), encoding="utf-8")

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


class Mortised:
    """A serving mortised. Use as a context manager, or call stop() or kill() yourself."""

    def __init__(
        self,
        folder: Folder | None = None,
        *,
        server: dict[str, str] | None = None,
        plugins: dict[str, dict[str, str]] | None = None,
        arguments: tuple[str, ...] = (),
        env: dict[str, str] | None = None,
        wrapper: tuple[str, ...] = (),
        pass_fds: tuple[int, ...] = (),
        preexec=None,
        program: pathlib.Path = PROGRAM,
        start: bool = True,
    ):
        self._owns_folder = folder is None
        self.folder = folder or Folder(server, plugins)
        self.arguments = arguments
        self.env = env or {}
        self.wrapper = wrapper
        self.pass_fds = pass_fds
        self.preexec = preexec
        self.program = program
        self.process: subprocess.Popen | None = None
        self._changed = threading.Condition()
        self.lines: list[str] = []  # both outputs, as they came
        self.records: list[dict] = []  # those that are log records
        self._readers: list[threading.Thread] = []
        self.addresses: list[str] = []
        self._proxy: truth.Proxy | None = None
        if start:
            self.start()

    def __enter__(self) -> Mortised:
        return self

    def __exit__(self, kind, *_) -> None:
        try:
            if self.process is not None and self.process.poll() is None:
                if kind is None:
                    self.stop()
                else:
                    self.kill()
        finally:
            if kind is not None:
                self.show()
            self.close()

    def show(self) -> None:
        """The last lines of the log, and what a sanitizer said before them, for a failed test's output."""
        lines = list(self.lines)
        last = max(0, len(lines) - 30)
        reported = next((at for at, line in enumerate(lines[:last]) if _SANITIZER_REPORT.search(line)), last)
        for line in lines[reported:min(reported + 60, last)] + lines[last:]:
            print("  mortised |", line, file=sys.stderr)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._leave_proxy()
        if self._owns_folder:
            self.folder.remove()

    # Life

    def start(self, ready: bool = True) -> None:
        self._leave_proxy()
        with self._changed:
            self.lines, self.records, self.addresses = [], [], []
        self.process = subprocess.Popen(
            [*self.wrapper, str(self.program), "--config", str(self.folder.config), *self.arguments],
            env=environment(self.env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=self.pass_fds,
            preexec_fn=self.preexec,
            text=True,
            errors="replace",
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream,), daemon=True)
            for stream in (self.process.stdout, self.process.stderr)
        ]
        for reader in self._readers:
            reader.start()
        if ready:
            self.wait_ready()

    def wait_ready(self) -> None:
        try:
            self.wait_for("Ready", START_S)
        except AssertionError:
            self.kill()
            self.show()
            raise
        self.addresses = [str(record["address"]) for record in self.found("Listening")]
        if truth.SOCKET:
            self._proxy = truth.Proxy(endpoint(self.addresses[0]), self.folder.plugins)

    def _leave_proxy(self) -> None:
        if self._proxy is not None:
            self._proxy.close()
            self._proxy = None

    def restart(self) -> None:
        """Starts again on the same folder, after stop() or kill()."""
        assert self.process is not None and self.process.poll() is not None
        self.start()

    def stop(self, sig: int = signal.SIGTERM, status: int = 0, timeout_s: float = START_S) -> None:
        """Sends the signal and expects the end with `status`."""
        self.signal(sig)
        self.expect_exit(status, timeout_s)

    def expect_exit(self, status: int = 0, timeout_s: float = START_S) -> None:
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            self.show()
            raise AssertionError(f"mortised did not end within {timeout_s} s") from None
        self._join()
        if self.process.returncode != status:
            self.show()
            raise AssertionError(f"mortised ended with {self.process.returncode}, not {status}")

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.pid, signal.SIGKILL)
            self.process.wait(START_S)
        self._join()

    def signal(self, sig: int) -> None:
        if sig == signal.SIGHUP and self._proxy is not None:
            self._proxy.pause()
        os.kill(self.pid, sig)

    def cpu_s(self) -> float:
        """What all threads have used so far, to the nanosecond; other processes slow them down and do not add to it."""
        return time.clock_gettime(~self.pid << 3 | 2)  # clock_getcpuclockid(3): Linux makes it of the process like this

    @property
    def pid(self) -> int:
        """Of mortised itself, also under a wrapper that keeps running (strace)."""
        if not self.wrapper:
            return self.process.pid
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else self.process.pid

    def reload(self, expect: str = "Reloaded") -> dict:
        """SIGHUP, then the record that tells the outcome, which must be `expect` ("Reloaded" or "Reload failed")."""
        mark = self.mark()
        self.signal(signal.SIGHUP)
        record = self.wait_for(("Reloaded", "Reload failed"), EVENT_S, mark)
        if record["msg"] != expect:
            raise AssertionError(f"reload: {record}")
        if self._proxy is not None:
            self._proxy.renew()
        return record

    # Logs

    def mark(self) -> int:
        """A place in the log, for wait_for() and found()."""
        with self._changed:
            return len(self.records)

    def found(self, message: str, since: int = 0) -> list[dict]:
        with self._changed:
            return [record for record in self.records[since:] if record["msg"] == message]

    def count(self, message: str, least: int = 1, since: int = 0) -> int:
        """How many records have that message, once there are `least`: a record may be read after the response it belongs to."""
        eventually(lambda: len(self.found(message, since)) >= least, f"{least} times {message!r}")
        return len(self.found(message, since))

    def wait_for(self, message: str | tuple[str, ...], timeout_s: float = EVENT_S, since: int = 0, **fields) -> dict:
        """The first record with that message and those fields."""
        messages = (message,) if isinstance(message, str) else message
        deadline = time.monotonic() + timeout_s
        with self._changed:
            while True:
                for record in self.records[since:]:
                    if record["msg"] in messages and all(record.get(key) == value for key, value in fields.items()):
                        return record
                left = deadline - time.monotonic()
                ended = self.process.poll() is not None and not any(reader.is_alive() for reader in self._readers)
                if left <= 0 or ended:
                    tail = "\n".join(self.lines[-20:])
                    raise AssertionError(f"no record {messages} {fields}; the log ends:\n{tail}")
                self._changed.wait(min(left, 0.2))

    def request_records(self) -> list[dict]:
        return self.found("Request completed")

    def _read(self, stream) -> None:
        for line in stream:
            line = line.rstrip("\n")
            if truth.SOCKET and truth.RECORD.search(line):
                continue
            record = None
            if line.startswith("{"):
                try:
                    record = json.loads(line)
                except ValueError:
                    record = None
            elif match := _TEXT_RECORD.fullmatch(line):
                level, logger, message, rest = match.groups()
                record = {"level": level.replace("warning", "warn"), "logger": logger, "msg": message}
                for part in (rest or "").split(", "):
                    key, equals, value = part.partition("=")
                    if equals:
                        record[key] = value
            with self._changed:
                self.lines.append(line)
                if isinstance(record, dict) and "msg" in record:
                    self.records.append(record)
                self._changed.notify_all()
        stream.close()

    def _join(self) -> None:
        for reader in self._readers:
            reader.join(10)

    # Clients

    @property
    def endpoint(self):
        """Of the first listener: what Connection takes."""
        return endpoint(self.addresses[0]) if self._proxy is None else self._proxy.endpoint

    @property
    def url(self) -> str:
        return f"http://{self.addresses[0]}" if self._proxy is None else f"http://127.0.0.1:{self._proxy.port}"

    def connect(self, **options) -> Connection:
        connection = Connection(self.endpoint, **{"timeout_s": EVENT_S, **options})
        if self._proxy is not None:
            connection.send(truth.preamble())
        return connection

    def request(self, method: str, target: str, *, token: str | None = None, json_body=None, headers=None,
                body: bytes | None = None) -> Response:
        """One request on a connection of its own."""
        given = dict(headers or {})
        given.setdefault("Connection", "close")
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        if json_body is not None:
            body = json.dumps(json_body).encode()
            given.setdefault("Content-Type", "application/json")
        with self.connect() as connection:
            return connection.exchange(method, target, headers=given, body=body)

    def get(self, target: str, **options) -> Response:
        return self.request("GET", target, **options)

    def post(self, target: str, json_body=None, **options) -> Response:
        return self.request("POST", target, json_body=json_body, **options)

    def patch(self, target: str, json_body=None, **options) -> Response:
        return self.request("PATCH", target, json_body=json_body, **options)

    def delete(self, target: str, **options) -> Response:
        return self.request("DELETE", target, **options)

    _counter = 0

    def register(self, **members) -> dict:
        """A new user by /auth/register: its answer plus `password`."""
        Mortised._counter += 1
        body = {"name": "Test User", "email": f"user{Mortised._counter}@example.com", "password": "correct horse", **members}
        response = self.post("/auth/register", body)
        if response.status != 201:
            raise AssertionError(f"registration: {response}")
        return {**response.json, "password": body["password"]}


def endpoint(address: str):
    """What the log calls an address, as what connect() takes."""
    if address.startswith("unix:"):
        return address[len("unix:") :]
    host, _, port = address.rpartition(":")
    return (host.strip("[]"), int(port))


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


class Clients:
    """Addresses that nobody else in a test file has, for a server that believes its peer."""

    _last = 0

    @classmethod
    def fresh(cls) -> dict[str, str]:
        cls._last += 1
        return {"X-Forwarded-For": f"198.51.{cls._last // 200}.{cls._last % 200 + 1}"}


class ServerTest(unittest.TestCase):
    """Tests that share one server with `SERVER` and `PLUGINS` as its configuration."""

    SERVER: dict[str, str] = {}
    PLUGINS: dict[str, dict[str, str]] | None = None
    ENV: dict[str, str] = {}
    server: Mortised

    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(server=cls.SERVER, plugins=cls.PLUGINS, env=cls.ENV)

    @classmethod
    def tearDownClass(cls):
        try:
            cls.server.stop()
        finally:
            cls.server.close()

    def talk(self, data: bytes, pieces: int = 1) -> list[Response]:
        """Sends the bytes and returns all responses up to the end of the connection, which must be a clean one."""
        with self.server.connect() as connection:
            size = max(1, -(-len(data) // pieces))
            try:
                for at in range(0, len(data), size):
                    connection.send(data[at : at + size])
            except OSError:
                pass  # refused before all of it was read
            responses = []
            while not connection.at_end():
                responses.append(connection.read())
            return responses

    def assertError(self, response: Response, status: int, sentence: str | None = None) -> dict:
        """An error answer of the one shape; returns its body."""
        self.assertEqual(response.status, status, response)
        body = response.json
        self.assertIsInstance(body.get("error"), str, response)
        self.assertEqual(body.get("requestId"), response.header("x-request-id"), response)
        self.assertLessEqual(set(body), {"error", "code", "details", "position", "message", "requestId"}, response)
        if sentence is not None:
            self.assertEqual(body["error"], sentence, response)
        return body

    def assertInvalid(self, response: Response, *expected: tuple[str, str, str]) -> list[dict]:
        """A validation error with exactly these (in, path, code)."""
        details = self.assertError(response, 400, "Validation error")["details"]
        found = sorted((one["in"], one["path"], one["code"]) for one in details)
        self.assertEqual(found, sorted(expected), response)
        for one in details:
            self.assertTrue(one["message"], response)
        return details
