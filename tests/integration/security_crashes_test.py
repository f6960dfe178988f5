# SPDX-License-Identifier: Apache-2.0
"""A plugin that crashes: before it serves it takes no server along, and when it must, the last line names it."""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from mortised import FIXTURES, HANG_S, HANG_TIMEOUT, PROGRAM, SANITIZED, SLOWNESS, Folder, Mortised, environment, eventually, run

BASE = {"routing": {}, "logging": {}, "hello": {}}
GRACE_S = 20.0 * SLOWNESS
SECRET = "f4c3-not-for-the-log-b00c"

# What a call before serving can do, and what is told of it.
BEFORE_SERVING = {
    ("configure", "segv"): r"crashed while configure ran: the process that tried it .*",
    ("configure", "abort"): r"crashed while configure ran: the process that tried it was ended by signal 6",
    ("configure", "throw"): r"crashed while configure ran: .*signal 6.*thrown out of a function that lets nothing out",
    ("configure", "kill"): r"crashed while configure ran: the process that tried it was ended by signal 9",
    ("configure", "overflow"): r"while configure ran",
    ("configure", "exit"): r"ended the process that tried it, which exited with status 0, while configure ran",
    ("configure", "quick_exit"): r"ended the process that tried it, which exited with status 0, while configure ran",
    ("configure", "_exit"): r"ended the process that tried it, which exited with status 0, while configure ran",
    ("configure", "tell"): r"while configure ran: .*signal 6.*it said '\[redacted\]'",
    ("configure", "fork_copy"): r"while configure ran",
    ("extension", "fork_copy"): r"while get_extension ran",
    ("destroy", "fork_copy"): r"while destroy ran",
    ("extension", "segv"): r"while get_extension ran",
    ("destroy", "segv"): r"while destroy ran",
}
if SANITIZED:  # the sanitizers end the process themselves, with a status of theirs
    BEFORE_SERVING = {
        key: re.sub(r"crashed while (\w+) ran.*", r"while \1 ran", pattern) for key, pattern in BEFORE_SERVING.items()
    }

# In the serving process: (where, how) to what the last line says. A request brings those that need one.
SERVING = {
    ("start", "segv"): (None, r"fatal signal 11 \(SIGSEGV\) at address 0x0 in {title}, function 'start', in the code of "),
    ("start", "abort"): (None, r"fatal signal 6 \(SIGABRT\) in {title}, function 'start'"),
    ("start", "throw"): (None, r"fatal signal 6 \(SIGABRT\) in {title}, function 'start'"),
    ("start", "fpe"): (None, r"fatal signal 8 \(SIGFPE\) at address 0x[0-9a-f]+ in {title}, function 'start'"),
    ("start", "ill"): (None, r"fatal signal 4 \(SIGILL\) in {title}, function 'start'"),
    ("start", "trap"): (None, r"fatal signal 5 \(SIGTRAP\) in {title}, function 'start'"),
    ("start", "overflow"): (None, r"fatal signal 11 \(SIGSEGV\) at address 0x[0-9a-f]+ in {title}, function 'start'"),
    ("start", "exit"): (None, r"the process was ended by exit\(\) in {title}, function 'start'"),
    ("start", "quick_exit"): (None, r"the process was ended by exit\(\) in {title}, function 'start'"),
    ("activate", "segv"): (None, r"fatal signal 11 .* in {title}, function 'activate'"),
    ("timer", "segv"): (None, r"fatal signal 11 .* in {title}, function 'a timer'"),
    ("thread", "exit"): (None, r"the process was ended by exit\(\) outside of any call into a plugin"),
    ("thread", "abort"): (None, r"fatal signal 6 \(SIGABRT\) outside of any call into a plugin"),
    ("herd", "segv"): (None, r"fatal signal 11 .* outside of any call into a plugin, in the code of .*crashes\.so"),
    ("thread", "segv"): (None, r"fatal signal 11 .* outside of any call into a plugin, in the code of .*crashes\.so"),
    ("loop", "segv"): ("/crashes/loop", r"fatal signal 11 .* in {title}, function 'handle'"),
    ("loop", "overflow"): ("/crashes/loop", r"fatal signal 11 .* in {title}, function 'handle'"),
    ("loop", "int3"): ("/crashes/loop", r"fatal signal 5 \(SIGTRAP\) in {title}, function 'handle'"),
    ("worker", "segv"): ("/crashes/worker", r"fatal signal 11 .* in {title}, function 'handle'"),
    ("worker", "exit"): ("/crashes/worker", r"ended by exit\(\) in {title}, function 'handle'"),
    ("filter", "fpe"): ("/hello", r"fatal signal 8 .* in {title}, function 'on_request'"),
}
TITLE = r"plugin 'org\.mortise\.fixtures\.crashes' 1\.0\.0, instance '{name}'"


def folder(plugins: dict[str, dict[str, str]]) -> Folder:
    return Folder({"control_timeout": HANG_TIMEOUT}, {**BASE, **plugins})


def crashes(where: str, how: str, **more: str) -> dict[str, str]:
    return {"where": where, "how": how, "secret": SECRET, **more}


class BeforeServing(unittest.TestCase):
    def test_a_start_names_it_and_its_step(self):
        for (where, how), pattern in BEFORE_SERVING.items():
            with self.subTest(where=where, how=how):
                made = folder({"crashes": crashes(where, how)})
                self.addCleanup(made.remove)
                process = run("--config", made.config)
                self.assertEqual(process.returncode, 78, process.stderr)
                self.assertRegex(process.stderr, rf"mortise\.ini:\d+.*plugin 'crashes' .*{pattern}")
                self.assertNotIn(SECRET, process.stderr + process.stdout)

    def test_a_check_names_it_and_its_step(self):
        for (where, how), pattern in BEFORE_SERVING.items():
            with self.subTest(where=where, how=how):
                made = folder({"crashes": crashes(where, how)})
                self.addCleanup(made.remove)
                for mode in (("--check-config",), ("--list-plugins", "--order")):
                    process = run("--config", made.config, *mode)
                    self.assertEqual(process.returncode, 78, process.stderr)
                    self.assertRegex(process.stderr, rf"plugin 'crashes' .*{pattern}")
                self.assertFalse(made.state.exists() or made.cache.exists(), "a check has written something")

    def test_each_of_several_is_named_in_one_run_beside_other_mistakes(self):
        library = str(FIXTURES / "crashes.so")
        made = folder({
            "first": {"file": library, **crashes("configure", "segv")},
            "second": {"file": library, **crashes("configure", "exit")},
            "throws-in-configure": {},
        })
        self.addCleanup(made.remove)
        for mode in ((), ("--check-config",)):
            process = run("--config", made.config, *mode)
            self.assertEqual(process.returncode, 78, process.stderr)
            for name in ("first", "second", "throws-in-configure"):
                self.assertRegex(process.stderr, rf"plugin '{name}' .*configure")

    def test_on_error_disable_goes_on_without_it(self):
        for how in ("segv", "exit"):
            with self.subTest(how=how), Mortised(
                plugins={**BASE, "crashes": crashes("configure", how, on_error="disable")}
            ) as server:
                self.assertEqual(server.get("/hello").status, 200)
                self.assertEqual(server.get("/crashes").status, 404)
                self.assertRegex("\n".join(server.lines), r"Going on without a plugin.*while configure ran")

    def test_a_reload_is_rejected_and_the_same_process_serves_on(self):
        with Mortised(plugins=BASE) as server:
            pid = server.pid
            generation = 1
            for (where, how), pattern in BEFORE_SERVING.items():
                with self.subTest(where=where, how=how):
                    # A new file, then only a new setting of one that serves.
                    server.folder.plugins = {**BASE, "crashes": crashes(where, how)}
                    server.folder.write()
                    server.reload("Reload failed")
                    eventually(lambda p=pattern: any(re.search(p, line) for line in server.lines), pattern)
                    self.assertEqual(server.get("/hello").status, 200)
                    server.folder.plugins["crashes"] = crashes("nowhere", how)
                    server.folder.write()
                    server.reload()
                    generation += 1
                    self.assertEqual(server.get("/crashes").status, 200)
                    server.folder.plugins["crashes"] = crashes(where, how)
                    server.folder.write()
                    server.reload("Reload failed")
                    self.assertEqual(server.get("/crashes").status, 200)
                    self.assertEqual(server.pid, pid)
            server.folder.plugins = dict(BASE)
            server.folder.write()
            self.assertEqual(int(server.reload()["generation"]), generation + 1)
            self.assertNotIn(SECRET, "\n".join(server.lines))

    def test_one_that_hangs_leaves_nothing_behind(self):
        with Mortised(folder({"crashes": crashes("nowhere", "hang")})) as server:
            self.addCleanup(server.folder.remove)
            threads = len(list(pathlib.Path(f"/proc/{server.pid}/task").iterdir()))
            for where in ("configure", "extension", "destroy"):
                with self.subTest(where=where):
                    server.folder.plugins["crashes"] = crashes(where, "hang")
                    server.folder.write()
                    begun = time.monotonic()
                    server.reload("Reload failed")
                    self.assertLess(time.monotonic() - begun, 3 * HANG_S + GRACE_S)
                    function = "get_extension" if where == "extension" else where
                    eventually(
                        lambda f=function: any(f"{f} did not return within" in line for line in server.lines), function
                    )
                    self.assertEqual(server.get("/crashes").status, 200)
            # Not quarantined: it may serve with other settings, and no thread of it is left.
            server.folder.plugins["crashes"] = crashes("nowhere", "segv")
            server.folder.write()
            server.reload()
            self.assertEqual(server.get("/crashes").status, 200)
            eventually(
                lambda: len(list(pathlib.Path(f"/proc/{server.pid}/task").iterdir())) <= threads, "the same threads"
            )

    def test_only_what_is_new_is_tried_and_nothing_new_is_taken_untried(self):
        with tempfile.TemporaryDirectory() as place:
            program = pathlib.Path(place) / "mortised"
            shutil.copy(PROGRAM, program)
            with Mortised(plugins=BASE, program=program) as server:
                program.unlink()  # no child can be started any more
                server.reload()
                server.folder.plugins["hello"] = {"name": "all"}
                server.folder.write()
                server.reload("Reload failed")
                eventually(
                    lambda: any("cannot be tried in a child process" in line for line in server.lines), "the reason"
                )
                self.assertEqual(server.get("/hello").status, 200)

    def test_the_child_is_nothing_for_people(self):
        for mode in ("--try-configuration", "--try-plugins"):
            process = run(mode)
            self.assertEqual(process.returncode, 64, process.stderr)
            self.assertIn("--check-config", process.stderr)
        self.assertNotIn("try-", run("--help").stdout)


class Serving(unittest.TestCase):
    def bring(self, server: Mortised, target: str | None) -> None:
        if target is None:
            return
        try:
            server.get(target, headers={"X-Crash": "yes"})
        except (OSError, AssertionError, EOFError):
            pass  # its connection went with the process

    def ending(self, server: Mortised) -> str:
        server.process.wait(GRACE_S)
        server._join()
        self.assertNotEqual(server.process.returncode, 0, server.lines[-5:])
        return "\n".join(server.lines)

    def test_the_last_line_names_plugin_instance_and_function(self):
        for (where, how), (target, pattern) in SERVING.items():
            with self.subTest(where=where, how=how):
                server = Mortised(plugins=BASE)
                self.addCleanup(server.close)
                server.folder.plugins["culprit"] = {"file": str(FIXTURES / "crashes.so"), **crashes(where, how)}
                server.folder.write()
                server.signal(signal.SIGHUP)
                if target is not None:
                    server.wait_for("Reloaded")
                    self.bring(server, target)
                said = self.ending(server)
                self.assertRegex(said, pattern.format(title=TITLE.format(name="culprit")))
                self.assertEqual(len(re.findall(r"mortised: (?:fatal signal|the process was ended)", said)), 1, said)
                if where not in ("thread", "herd"):
                    self.assertIn("set enabled = false in [plugin.culprit]", said)
                self.assertNotIn(SECRET, said)
                if how in ("trap", "int3") or (how not in ("exit", "quick_exit") and not SANITIZED):
                    self.assertLess(server.process.returncode, 0, "the signal did not take its course")

    def test_of_many_that_crash_at_once_one_is_reported(self):
        for _ in range(2 if SANITIZED else 10):  # their reports take their time
            with Mortised(plugins=BASE) as server:
                server.folder.plugins["culprit"] = {"file": str(FIXTURES / "crashes.so"), **crashes("herd", "segv")}
                server.folder.write()
                server.signal(signal.SIGHUP)
                self.assertEqual(self.ending(server).count("mortised: fatal signal 11"), 1)

    @unittest.skipIf(SANITIZED, "the sanitizers' own report waits for its reader")
    def test_who_does_not_read_standard_error_holds_up_no_end(self):
        read, write = os.pipe()
        self.addCleanup(os.close, read)
        server = Mortised(plugins={**BASE, "crashes": crashes("worker", "segv")}, start=False)
        self.addCleanup(server.close)
        program = [str(PROGRAM), "--config", str(server.folder.config)]
        with subprocess.Popen(program, env=environment(), stdout=subprocess.PIPE, stderr=write) as process:
            self.addCleanup(process.kill)
            records = (json.loads(line) for line in process.stdout if line.startswith(b"{"))
            address = next(record["address"] for record in records if record["msg"] == "Listening")
            next(record for record in records if record["msg"] == "Ready")
            os.set_blocking(write, False)
            with contextlib.suppress(BlockingIOError):
                while True:
                    os.write(write, bytes(65536))
            os.set_blocking(write, True)
            os.close(write)
            host, port = address.split(":")
            with socket.create_connection((host, int(port))) as client:
                client.sendall(b"GET /crashes/worker HTTP/1.1\r\nHost: x\r\n\r\n")
                self.assertNotEqual(process.wait(GRACE_S), 0)

    def test_starting_is_logged_before_the_call(self):
        for log in ("stdout", "file"):
            with self.subTest(log=log):
                server = Mortised(plugins=BASE)
                self.addCleanup(server.close)
                file = server.folder.path / "log.json"
                if log == "file":
                    server.folder.plugins["logging"] = {"output": "stdout, file", "path": str(file)}
                    server.folder.write()
                    server.reload()
                server.folder.plugins["crashes"] = crashes("start", "segv")
                server.folder.write()
                server.signal(signal.SIGHUP)
                said = self.ending(server)
                if log == "file":
                    said = file.read_text()
                self.assertRegex(said, r"starting crashes")

    def test_a_signal_from_outside_blames_nobody(self):
        for number, name in ((signal.SIGSEGV, "SIGSEGV"), (signal.SIGABRT, "SIGABRT"), (signal.SIGBUS, "SIGBUS")):
            with self.subTest(signal=name), Mortised(plugins=BASE, start=True) as server:
                self.assertEqual(server.get("/hello").status, 200)
                server.signal(number)
                said = self.ending(server)
                self.assertRegex(said, rf"fatal signal {int(number)} \({name}\) outside of any call into a plugin")
                self.assertNotIn("set enabled = false", said)

    def test_a_plugin_of_a_crash_loop_is_left_out_by_its_setting(self):
        made = folder({"crashes": crashes("start", "segv")})
        self.addCleanup(made.remove)
        process = run("--config", made.config)
        self.assertNotEqual(process.returncode, 0)
        section = re.search(r"set enabled = false in \[plugin\.([a-z-]+)\]", process.stderr)
        self.assertIsNotNone(section, process.stderr)
        made.plugins[section[1]] = {"enabled": "false"}
        made.write()
        with Mortised(made) as server:
            self.assertEqual(server.get("/hello").status, 200)

    def test_stop_that_crashes_is_named_too(self):
        server = Mortised(plugins={**BASE, "crashes": crashes("stop", "segv")})
        self.addCleanup(server.close)
        os.kill(server.pid, signal.SIGTERM)
        self.assertRegex(self.ending(server), r"fatal signal 11 .* function 'stop'")


if __name__ == "__main__":
    unittest.main()
