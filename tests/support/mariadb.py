# SPDX-License-Identifier: Apache-2.0
"""A MariaDB server of a test's own: its data in memory, on a Unix socket and a free TCP port.

As a program it serves one for tests that are not written in Python: `mariadb.py serve [ARGUMENT...]` prints a line of JSON
when the server accepts connections, and does what it reads line by line (`start`, `stop`, `kill`), printing the line again
after each; it ends with its input.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

SLOWNESS = float(os.environ.get("MORTISE_TEST_SLOWNESS", "1"))
START_S = 60.0 * SLOWNESS
STOP_S = 60.0 * SLOWNESS
NAME = PASSWORD = DATABASE = "mortise"

_PROGRAM = shutil.which("mariadbd", path=os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin")))
# Small, and as durable as in production: what is measured is measured elsewhere.
_SIZES = ("--innodb-log-file-size=8M", "--innodb-buffer-pool-size=48M")
_ALWAYS = ("--performance-schema=OFF", "--skip-log-bin", "--skip-name-resolve", "--key-buffer-size=1M", "--max-connections=300")
_ACCOUNT = f"CREATE USER '{NAME}'@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO '{NAME}'@'%' WITH GRANT OPTION;"


_libc = ctypes.CDLL(None)


def _end_with_parent() -> None:
    """In the child: no server outlives its test, however that ends."""
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def available() -> bool:
    return _PROGRAM is not None


def _memory() -> str:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()


def _user() -> str:
    return pwd.getpwuid(os.geteuid()).pw_name


def _environment(folder: pathlib.Path) -> dict[str, str]:
    """With a place in `folder` for temporary tables: a server that starts deletes those of others from a shared one."""
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    return {**os.environ, "TMPDIR": str(temporary)}


def _template() -> pathlib.Path:
    """A data directory with the system's tables and the tests' account, made once a build folder."""
    build = pathlib.Path(os.environ.get("MORTISE_BUILD_DIR", tempfile.gettempdir())).resolve()
    version = subprocess.run([_PROGRAM, "--no-defaults", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    folder = build / f"mariadb-{version}-{os.geteuid()}"
    build.mkdir(parents=True, exist_ok=True)
    with open(build / f"{folder.name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            room = pathlib.Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=_memory()))
            made = room / "data"
            try:
                subprocess.run(["mariadb-install-db", "--no-defaults", f"--datadir={made}", f"--user={_user()}", "--skip-test-db",
                                "--auth-root-authentication-method=normal", *_SIZES], env=_environment(room),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True, timeout=START_S * 3)
                bootstrap = f"USE mysql;\nFLUSH PRIVILEGES;\n{_ACCOUNT}\nCREATE DATABASE {DATABASE} CHARACTER SET utf8mb4;\n"
                subprocess.run([_PROGRAM, "--no-defaults", "--bootstrap", f"--datadir={made}", f"--user={_user()}", *_SIZES, *_ALWAYS],
                               input=bootstrap.replace("; ", ";\n"), env=_environment(room), stderr=subprocess.PIPE, text=True, check=True, timeout=START_S)
                partial = folder.with_name(f"{folder.name}.{os.getpid()}")
                shutil.copytree(made, partial)
                partial.rename(folder)
            except subprocess.CalledProcessError as error:
                raise AssertionError(f"{error}\n{error.stderr}") from error
            finally:
                shutil.rmtree(room)
    return folder


def certificates(folder: pathlib.Path) -> None:
    """In `folder`: server.pem and server.key of ca.pem, for localhost only; and other.pem, which knows nobody."""
    def openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    for name in ("ca", "other"):
        openssl("req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "2", "-subj", f"/CN=Test {name}")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n", encoding="ascii")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")


class MariaDb:
    """`with MariaDb("--max-connections=5") as server:` its `url` names an empty database, and an account that may do everything."""

    def __init__(self, *arguments: str, tls: bool = False) -> None:
        if not available():
            raise AssertionError("there is no mariadbd: install mariadb-server")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mortise-mariadb.", dir=_memory()))
        self.data = self.folder / "data"
        self.socket = self.folder / "socket"
        self.log = self.folder / "log"
        self.arguments = list(arguments)
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        try:
            shutil.copytree(_template(), self.data)
            if tls:
                certificates(self.folder)
                self.arguments += [f"--ssl-{kind}={self.folder / name}" for kind, name in
                                   (("ca", "ca.pem"), ("cert", "server.pem"), ("key", "server.key"))]
        except BaseException:
            shutil.rmtree(self.folder)
            raise

    def __enter__(self) -> MariaDb:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def url(self) -> str:
        return f"mariadb://{NAME}:{PASSWORD}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def socket_url(self) -> str:
        return f"mariadb://{NAME}:{PASSWORD}@localhost/{DATABASE}?socket={self.socket}"

    def start(self) -> None:
        """Also again, on the same port and data."""
        assert self._process is None
        for attempt in range(5):
            if self.port == 0 or attempt > 0:
                with socket.create_server(("127.0.0.1", 0)) as free:
                    self.port = free.getsockname()[1]
            with open(self.log, "ab") as log:
                self._process = subprocess.Popen(
                    [_PROGRAM, "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}", f"--port={self.port}",
                     "--bind-address=127.0.0.1", f"--pid-file={self.folder / 'pid'}", f"--user={_user()}", *_SIZES, *_ALWAYS, *self.arguments],
                    env=_environment(self.folder), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True,
                    preexec_fn=_end_with_parent)
            if self._wait_for_start():
                return
        raise AssertionError(f"mariadbd does not start:\n{self.log.read_text(errors='replace')[-4000:]}")

    def _wait_for_start(self) -> bool:
        assert self._process is not None
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as probe:
                    probe.settimeout(5)
                    if probe.recv(5):  # its greeting: it was not another's port
                        return self.socket.exists()
            except OSError:
                time.sleep(0.02)
        self.kill()
        return False

    def stop(self) -> None:
        """As its service manager would."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(how)
            process.send_signal(signal.SIGCONT)
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise

    def restart(self) -> None:
        self.stop()
        self.start()

    def suspend(self) -> None:
        """It hangs: connections stay, and nothing responds."""
        os.kill(self.pid, signal.SIGSTOP)
        deadline = time.monotonic() + STOP_S
        while not self._is_stopped():
            assert time.monotonic() < deadline, "the server does not stop"
            time.sleep(0.001)

    def _is_stopped(self) -> bool:
        """Its threads stop one by one."""
        try:
            states = [(task / "stat").read_text().rpartition(")")[2].split()[0] for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir()]
        except FileNotFoundError:  # one of them ended
            return False
        return all(state == "T" for state in states)

    def resume(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def sql(self, statements: str, database: str = DATABASE) -> list[list[str]]:
        """As root; the rows of all of them, NULL as the text NULL."""
        done = subprocess.run(["mariadb", "--no-defaults", "-u", "root", "-S", str(self.socket), "-N", "-B", "--default-character-set=utf8mb4", database],
                              input=statements, capture_output=True, text=True, timeout=START_S)
        if done.returncode != 0:
            raise AssertionError(f"{done.stderr.strip()}\n{statements}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def close(self) -> None:
        try:
            self.kill()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)


def _serve(arguments: list[str]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal: the test's end is ours
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # of a runner that ends the test's whole group
    with MariaDb(*arguments, tls="--ssl=0" not in arguments) as server:
        def show() -> None:
            running = server._process is not None
            print(json.dumps({"pid": server.pid if running else 0, "port": server.port, "socket": str(server.socket), "folder": str(server.folder)}),
                  flush=True)

        show()
        for line in sys.stdin:
            {"start": server.start, "stop": server.stop, "kill": server.kill}[line.strip()]()
            show()


if __name__ == "__main__":
    if sys.argv[1:2] != ["serve"]:
        sys.exit(__doc__)
    _serve(sys.argv[2:])
