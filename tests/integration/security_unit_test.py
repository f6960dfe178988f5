# SPDX-License-Identifier: Apache-2.0
"""Every bundled plugin works under what the shipped service file allows, and nothing that it forbids gets through."""

import errno
import json
import os
import pathlib
import shutil
import socket
import subprocess
import unittest

import unit_filter
from http1 import Connection
from mortised import PLUGINS, PROGRAM, ROOT, SANITIZED, SOURCE, Folder, Mortised, environment, missing, run

SHIPPED = SOURCE / "packaging" / "systemd" / "mortise.service.in"
NOBODY = 65534


@unittest.skipIf(SANITIZED, "sanitizers trace their own process and choose its addresses, which the filters forbid")
class Served(unittest.TestCase):
    """Starts a server with all plugins in a process that has the filters of the unit."""

    def setUp(self):
        if reason := unit_filter.unavailable():
            missing(self, reason)
        self.unit = unit_filter.Unit(SHIPPED)
        self.folder = Folder(plugins=self.plugins())
        self.addCleanup(self.folder.remove)
        self.site = self.folder.path / "site"
        (self.site / "sub").mkdir(parents=True)
        (self.site / "a.txt").write_text("a file of the site " * 100)
        (self.site / "sub" / "b.txt").write_text("below")
        (self.site / "link.txt").symlink_to("sub/b.txt")
        (self.site / "out.txt").symlink_to("../etc/mortise.ini")
        (self.site / "absolute.txt").symlink_to(self.folder.file)
        self.folder.plugins["static-files"] = {"root": str(self.site), "prefix": "/site"}
        self.folder.write()
        if ROOT:
            for path in (self.folder.path, *self.folder.path.rglob("*")):
                os.chown(path, NOBODY, NOBODY, follow_symlinks=False)

    @staticmethod
    def plugins():
        names = sorted(file.stem for file in PLUGINS.glob("*.so"))
        given = {"database": {"url": "sqlite:///test.db"}, "openapi": {"docs": "on"}, "compression": {"min_size": "100", "algorithms": "gzip, br, zstd"}}
        return {name: given.get(name, {}) for name in names}

    def enter(self) -> None:
        self.unit.apply(NOBODY if ROOT else None)

    def serve(self, **options) -> Mortised:
        server = Mortised(self.folder, preexec=self.enter, **options)
        self.addCleanup(server.close)
        return server

    def test_requests_to_every_plugin(self):
        with self.serve() as server:
            self.assertEqual(server.found("Ready")[0]["plugins"], len(self.folder.plugins))
            self.assertEqual(server.get("/hello").json, {"hello": "world"})
            for path in ("/health", "/ready"):
                self.assertEqual(server.get(path).status, 200, path)
            user = server.register()  # bcrypt, database, tokens
            token = user["accessToken"]
            self.assertEqual(server.get("/api/users/me", token=token).status, 200)
            self.assertEqual(server.get("/api/users", token=token).json["pagination"]["total"], 1)
            self.assertEqual(server.patch(f"/api/users/{user['user']['id']}", {"name": "Another"}, token=token).status, 200)
            document = server.get("/openapi.json")
            self.assertEqual(json.loads(document.body)["openapi"][:3], "3.1")
            packed = server.get("/site/a.txt", headers={"Accept-Encoding": "identity"})
            self.assertEqual((packed.status, len(packed.body)), (200, 1900))
            self.assertEqual(server.get("/openapi.json", headers={"Accept-Encoding": "gzip"}).header("content-encoding"), "gzip")
            self.assertIsNotNone(server.get("/hello").header("content-security-policy"))
            self.assertIsNotNone(server.get("/hello").header("ratelimit-policy"))
            preflight = server.request("OPTIONS", "/hello", headers={"Origin": "http://localhost:3000", "Access-Control-Request-Method": "GET"})
            self.assertEqual(preflight.status, 204)
            self.assertEqual([record for record in server.records if record["level"] in ("error", "fatal")], [])

    def test_files_stay_beneath_their_root(self):
        with self.serve() as server:
            self.assertEqual(server.get("/site/sub/b.txt").body, b"below")
            self.assertEqual(server.get("/site/link.txt").body, b"below")
            for path in ("/site/out.txt", "/site/absolute.txt", "/site/sub/..%2f..%2fetc/mortise.ini", "/site/none", "/site/a.txt/b"):
                self.assertEqual(server.get(path).status, 404, path)

    def test_other_refusals_of_openat2(self):
        """Containers answer EPERM, other filters what they please."""
        for number in (errno.EPERM, errno.EACCES, errno.EINVAL):
            with self.subTest(number=number):
                self.unit.filters = [unit_filter.Filter().rule("openat2", unit_filter.failure(number))]
                with self.serve() as server:
                    self.assertEqual(server.get("/site/link.txt").body, b"below")
                    self.assertEqual(server.get("/site/out.txt").status, 404)

    def test_a_check_says_what_a_start_does(self):
        done = run("--config", self.folder.config, "--check-config", preexec_fn=self.enter)
        self.assertEqual(done.returncode, 0, done)
        self.folder.plugins["static-files"]["root"] = str(self.folder.file)  # no folder
        self.folder.write()
        server = self.serve(start=False)
        server.start(ready=False)
        server.expect_exit(1)
        self.assertIn("cannot be opened: Not a directory", "\n".join(server.lines))

    def test_a_reload_with_new_files(self):
        with self.serve() as server:
            self.folder.plugins["hello"]["name"] = "again"
            shutil.copy(PLUGINS / "hello.so", self.folder.path / "greeter.so")
            with open(self.folder.path / "greeter.so", "ab") as file:
                file.write(b"another file")  # which is tried in a child
            self.folder.plugins["hello"]["file"] = str(self.folder.path / "greeter.so")
            self.folder.write()
            server.reload()
            self.assertEqual(server.get("/hello").json, {"hello": "again"})
            self.assertEqual(server.get("/site/a.txt").status, 200)

    def test_the_filters_are_there(self):
        """What follows from the lines, tried in a process that has them."""
        script = (
            "import ctypes, errno, mmap, os, socket\n"
            "libc = ctypes.CDLL(None, use_errno=True)\n"
            "def tried(call):\n"
            "    try: call()\n"
            "    except OSError as error: return errno.errorcode[error.errno]\n"
            "    return 'done'\n"
            "def syscall(*arguments):\n"
            "    if libc.syscall(*arguments) < 0: raise OSError(ctypes.get_errno(), '')\n"
            "print(tried(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)),\n"
            "      tried(lambda: syscall(437, -100, b'.', None, 0)), tried(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW)),\n"
            "      tried(lambda: os.chmod('.', 0o4755)), tried(lambda: syscall(272, 0x10000000)),\n"
            "      tried(lambda: os.chown('.', 0, 0)), tried(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))),\n"
            "      tried(lambda: socket.socket().close()))\n"
        )
        if os.uname().machine != "x86_64":
            self.skipTest("the numbers of system calls are those of x86-64")
        done = subprocess.run(["python3", "-c", script], capture_output=True, text=True, timeout=60, check=False, cwd=self.folder.path,
                              preexec_fn=self.enter)
        self.assertEqual(done.stdout.split(), ["EPERM", "ENOSYS", "EAFNOSUPPORT", "EPERM", "EPERM", "EPERM", "EPERM", "done"], done.stderr)


class Systemd(unittest.TestCase):
    """The same by systemd itself, where it is there."""

    def test_a_unit_of_the_shipped_lines(self):
        if pathlib.Path("/proc/1/comm").read_text().strip() != "systemd" or not shutil.which("systemd-run") or not ROOT:
            self.skipTest("process 1 is no systemd, or this is not root: nothing but the filters was tried")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            address = probe.getsockname()
        folder = Folder({"listen": f"127.0.0.1:{address[1]}"}, Served.plugins())
        self.addCleanup(folder.remove)
        (folder.path / "site").mkdir()
        (folder.path / "site" / "a.txt").write_text("a file")
        folder.plugins["static-files"] = {"root": str(folder.path / "site"), "prefix": "/site"}
        name = f"mortise-test-{os.getpid()}"
        folder.server |= {"state_directory": f"/var/lib/{name}", "cache_directory": f"/var/cache/{name}", "plugin_directory": str(PLUGINS)}
        folder.write()
        # systemd keeps these, behind links where the user is a dynamic one. What is added first is done last.
        self.addCleanup(self.forget, name)
        left_out = ("ExecStart", "ExecReload", "Restart", "RestartPreventExitStatus", "RestartSec", "User", "Group", "ConfigurationDirectory",
                    "ConfigurationDirectoryMode")
        lines = [f"{key}={value}" for key, value in unit_filter.Unit(SHIPPED).lines if key not in left_out]
        lines = [line.replace("=mortise", f"={name}") if "Directory=" in line else line for line in lines]
        # What the test brings lies where the unit sees nothing.
        lines += ["DynamicUser=yes", "ProtectHome=tmpfs", f"BindReadOnlyPaths={folder.path}", f"BindReadOnlyPaths={PROGRAM.parents[1]}"]
        properties = [word for line in lines for word in ("--property", line)]
        begun = subprocess.run(["systemd-run", "--unit", name, *properties, str(PROGRAM), "--config", str(folder.config)], env=environment(),
                               capture_output=True, text=True, timeout=180, check=False)
        self.addCleanup(subprocess.run, ["systemctl", "stop", name], capture_output=True, timeout=120, check=False)
        log = subprocess.run(["journalctl", "-u", name, "--no-pager"], capture_output=True, text=True, timeout=60, check=False).stdout
        self.assertEqual(begun.returncode, 0, begun.stderr + log)  # Type=notify: it is ready
        with Connection(address) as connection:
            self.assertEqual(connection.exchange("GET", "/site/a.txt").body, b"a file")
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    @staticmethod
    def forget(name: str) -> None:
        for above in map(pathlib.Path, ("/var/lib", "/var/cache", "/var/log", "/run")):
            for path in (above / name, above / "private" / name):
                if path.is_symlink():
                    path.unlink()
                elif path.is_dir():
                    shutil.rmtree(path)


if __name__ == "__main__":
    unittest.main()
