# SPDX-License-Identifier: Apache-2.0
"""Every faulty plugin is named with what it did, within its deadline, and harms nobody else."""

from __future__ import annotations

import pathlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from mortised import FIXTURES, HANG_S, HANG_TIMEOUT, PLUGINS, SLOWNESS, Folder, Mortised, eventually, run

# What a start, a check or a refusal takes besides the deadlines that it runs into.
GRACE_S = 20.0 * SLOWNESS
BASE = {"routing": {}, "logging": {}, "hello": {}}


# Fixtures that are refused as files: what the message says besides the file's name.
BEFORE_ANY_CODE = {
    "no-entry": r"it exports no function mortise_module_entry_v1_draft2",
    "wrong-major": r"built for ABI major 2, this host speaks major 1: upgrade mortised",
    "newer-draft": r"built with the SDK of draft 9 .* needs draft 2: rebuild it .*, or upgrade mortised",
    "static-tls": r"DF_STATIC_TLS.*-ftls-model=global-dynamic",
    "no-manifest": r"has no manifest: rebuild the plugin with the SDK of this release",
    "needs-newer-minor": r"needs host ABI 1\.99, this host speaks 1\.\d+: upgrade mortised",
    "needs-missing-library": r"needs the library 'libmortise-missing\.so\.1'.*link it statically",
}
IN_THE_HANDSHAKE = {
    "manifest-differs": r"differs from its code: needs is \['mortise\.users/1'\] in the manifest and \[\] in the code",
    "short-struct": r"struct of 16 bytes",
    "unknown-module-flag": r"flags 2147483648, which this host .* does not know",
}
WHILE_MAPPED = {
    "constructor-aborts": r"crashed while its constructors ran: .*signal 6",
    "constructor-exits": r"ended the process that tried it, which exited with status 0, while its constructors ran",
    "constructor-prints": r"prints on standard output.*'constructor_prints: standard output",
    "constructor-forks": r"started another process while it was loaded",
    "constructor-loops": r"did not return from its constructors within",
    "entry-crashes": r"while mortise_module_entry_v1_draft2 was called",
    "entry-hangs": r"did not return from mortise_module_entry_v1_draft2 within",
}
REFUSED_FILES = {**BEFORE_ANY_CODE, **IN_THE_HANDSHAKE, **WHILE_MAPPED}

# Good files whose instance fails: (what is enabled beside BASE, what the message says).
FAILING_INSTANCES = {
    "missing-service": (
        {"missing-service": {}},
        r"plugin 'missing-service' requires 'mortise\.nonexistent/1', which no enabled plugin provides",
    ),
    "cycle": ({"cycle-a": {}, "cycle-b": {}}, r"'cycle-a' needs 'cycle-b' needs 'cycle-a'"),
    "unknown-flag": ({"unknown-flag": {}}, r"plugin 'unknown-flag'.*configure.*unknown route flag 2147483648"),
    "throws-in-configure": (
        {"throws-in-configure": {}},
        r"plugin 'throws-in-configure'.*configure.*thrown in configure",
    ),
    "throws-in-start": ({"throws-in-start": {}}, r"plugin 'throws-in-start'.*start.*thrown in start"),
    "hangs-in-configure": ({"hangs-in-configure": {}}, r"plugin 'hangs-in-configure'.*configure did not return"),
    "hangs-in-start": ({"hangs-in-start": {}}, r"plugin 'hangs-in-start'.*start"),
}
SHOWN_BY_A_CHECK = ("missing-service", "cycle", "unknown-flag", "throws-in-configure", "hangs-in-configure")


def folder(plugins: dict[str, dict[str, str]], **server: str) -> Folder:
    deadlines = {"verify_timeout": HANG_TIMEOUT, "control_timeout": HANG_TIMEOUT}
    return Folder({**deadlines, **server}, plugins)


class RefusedFiles(unittest.TestCase):
    def refuse(self, process: subprocess.CompletedProcess, faults: dict[str, str], status: int) -> None:
        self.assertEqual(process.returncode, status, process.stderr)
        for name, pattern in faults.items():
            with self.subTest(plugin=name):
                lines = [line for line in process.stderr.splitlines() if f"{name}.so: " in line]
                self.assertEqual(len(lines), 1, process.stderr)
                self.assertRegex(lines[0], pattern)

    def test_verify_plugin_names_each_fault(self):
        for name, pattern in {**BEFORE_ANY_CODE, **IN_THE_HANDSHAKE}.items():
            process = run("--verify-plugin", FIXTURES / f"{name}.so")
            self.refuse(process, {name: pattern}, 1)
            self.assertEqual(process.stdout, "")

    def test_one_start_names_them_all_within_the_deadline(self):
        made = folder({**BASE, **{name: {} for name in REFUSED_FILES}})
        self.addCleanup(made.remove)
        begun = time.monotonic()
        process = run("--config", made.config)
        self.assertLess(time.monotonic() - begun, 2 * HANG_S + GRACE_S)  # two of them hang
        self.refuse(process, REFUSED_FILES, 78)
        for name in REFUSED_FILES:
            self.assertIn(f"plugin '{name}'", process.stderr)
            self.assertRegex(process.stderr, rf"mortise\.ini:\d+.*plugin '{name}'")
        # What a constructor prints reaches no output of ours but inside the message.
        self.assertEqual(process.stdout, "")
        self.assertNotRegex(process.stderr, r"(?m)^constructor_prints: standard output")
        self.assertFalse(made.state.exists(), "a refused start has made something")

    def test_on_error_disable_goes_on_without_them(self):
        server = Mortised(folder({**BASE, **{name: {"on_error": "disable"} for name in REFUSED_FILES}}))
        self.addCleanup(server.folder.remove)
        with server:
            self.assertEqual(server.get("/hello").status, 200)
            for name, pattern in REFUSED_FILES.items():
                with self.subTest(plugin=name):
                    self.assertRegex("\n".join(server.lines), rf"warning: plugin '{name}'.*{pattern}")

    def test_a_verdict_spares_the_child_of_the_next_start(self):
        made = folder(BASE)
        self.addCleanup(made.remove)
        for _ in range(2):
            with Mortised(made) as server:
                self.assertEqual(server.get("/hello").status, 200)
            verdicts = sorted((made.cache / "verdicts").iterdir())
            self.assertEqual(len(verdicts), len(BASE))
            times = [(path.name, path.stat().st_mtime_ns) for path in verdicts]
        with Mortised(made):
            again = [(path.name, path.stat().st_mtime_ns) for path in sorted((made.cache / "verdicts").iterdir())]
            self.assertEqual(again, times, "a file with a verdict was tried again")
        # A damaged one is as good as none.
        verdicts[0].write_bytes(b"passed\n")
        with Mortised(made) as server:
            self.assertEqual(server.get("/hello").status, 200)
        self.assertNotEqual(verdicts[0].read_bytes(), b"passed\n")

    def test_truncated_files_are_refused_at_any_length(self):
        whole = (FIXTURES / "throws-in-handle.so").read_bytes()
        with tempfile.TemporaryDirectory() as place:
            os.chmod(place, 0o755)  # root's checks are made as another user
            files = []
            for tenth in range(10):
                for offset in (0, 1, 17):
                    length = len(whole) * tenth // 10 + offset
                    file = pathlib.Path(place) / f"cut-{length}.so"
                    file.write_bytes(whole[:length])
                    files.append(file)
            process = run(*(word for file in files for word in ("--verify-plugin", file)))
            self.assertEqual(process.returncode, 1)
            for file in files:
                self.assertRegex(process.stderr, rf"{re.escape(str(file))}: is (truncated|empty|no ELF file)")
            damaged = pathlib.Path(place) / "damaged.so"
            damaged.write_bytes(whole[:4096] + bytes(len(whole) - 4096))
            process = run("--verify-plugin", damaged)
            self.assertEqual(process.returncode, 1)
            self.assertIn(f"{damaged}: is damaged", process.stderr)

    def test_a_reload_with_a_bad_file_keeps_the_running_one(self):
        with tempfile.TemporaryDirectory() as place:
            file = pathlib.Path(place) / "greeter.so"
            shutil.copy(PLUGINS / "hello.so", file)
            made = folder({"routing": {}, "logging": {}, "greeter": {"file": str(file)}})
            self.addCleanup(made.remove)
            with Mortised(made) as server:
                for bad in ("constructor-aborts", "no-entry"):
                    # Overwritten in place, which the mapped copy does not feel.
                    shutil.copyfile(FIXTURES / f"{bad}.so", file)
                    record = server.reload("Reload failed")
                    eventually(lambda: any(re.search(REFUSED_FILES[bad], line) for line in server.lines), f"{record}")
                    self.assertEqual(server.get("/hello").status, 200)
                shutil.copyfile(PLUGINS / "hello.so", file)
                server.reload()
                self.assertEqual(server.get("/hello").status, 200)

    def test_list_plugins_shows_what_is_refused(self):
        made = folder(BASE)
        self.addCleanup(made.remove)
        process = run("--config", made.config, "--list-plugins")
        self.assertEqual(process.returncode, 0, process.stderr)
        for name in REFUSED_FILES:
            state = "refused" if name in BEFORE_ANY_CODE else "disabled"
            self.assertRegex(process.stdout, rf"(?m)^{name} +{state}")
        self.assertRegex(process.stdout, r"(?m)^hello +enabled")
        self.assertRegex(process.stdout, r"(?m)^slow +disabled")


class FailingInstances(unittest.TestCase):
    def test_each_is_named_with_its_step_within_the_deadline(self):
        for name, (plugins, pattern) in FAILING_INSTANCES.items():
            with self.subTest(plugin=name):
                made = folder({**BASE, **plugins})
                self.addCleanup(made.remove)
                begun = time.monotonic()
                process = run("--config", made.config)
                self.assertLess(time.monotonic() - begun, HANG_S + GRACE_S)
                self.assertNotIn(process.returncode, (0, -signal.SIGSEGV, -signal.SIGABRT), process.stderr)
                self.assertGreater(process.returncode, 0, process.stderr)
                self.assertRegex(process.stdout + process.stderr, pattern)

    def test_a_check_names_what_shows_without_starting(self):
        for name in SHOWN_BY_A_CHECK:
            with self.subTest(plugin=name):
                plugins, pattern = FAILING_INSTANCES[name]
                made = folder({**BASE, **plugins})
                self.addCleanup(made.remove)
                process = run("--config", made.config, "--check-config")
                self.assertEqual(process.returncode, 78, process.stderr)
                self.assertRegex(process.stderr, pattern)
                self.assertFalse(made.state.exists() or made.cache.exists(), "a check has written something")

    def test_on_error_disable_goes_on_without_them(self):
        for name, (plugins, pattern) in FAILING_INSTANCES.items():
            with self.subTest(plugin=name):
                made = folder({**BASE, **{key: {"on_error": "disable"} for key in plugins}})
                self.addCleanup(made.remove)
                with Mortised(made) as server:
                    self.assertEqual(server.get("/hello").status, 200)
                    self.assertRegex("\n".join(server.lines), pattern)
                    if name.startswith("hangs-"):
                        server.kill()  # its thread cannot be joined; how such a process ends is shown elsewhere

    def test_a_reload_with_one_keeps_the_running_generation(self):
        made = folder(BASE)
        self.addCleanup(made.remove)
        with Mortised(made) as server:
            for name in ("throws-in-start", "cycle", "missing-service"):
                plugins, pattern = FAILING_INSTANCES[name]
                made.plugins = {**BASE, **plugins}
                made.write()
                server.reload("Reload failed")
                eventually(lambda p=pattern: any(re.search(p, line) for line in server.lines), pattern)
                self.assertEqual(server.get("/hello").status, 200)
            made.plugins = dict(BASE)
            made.write()
            self.assertEqual(int(server.reload()["generation"]), 2)

    def test_a_hanging_reload_fails_in_time_and_the_server_goes_on(self):
        made = folder(BASE)
        self.addCleanup(made.remove)
        with Mortised(made) as server:
            made.plugins = {**BASE, "hangs-in-start": {}}
            made.write()
            begun = time.monotonic()
            server.reload("Reload failed")
            self.assertLess(time.monotonic() - begun, HANG_S + GRACE_S)
            server.wait_for(
                "A plugin missed a deadline and is quarantined until restart", plugin="hangs-in-start", step="start"
            )
            self.assertEqual(server.get("/hello").status, 200)
            made.plugins = dict(BASE)
            made.write()
            server.reload()
            self.assertEqual(server.get("/hello").status, 200)
            server.stop()


class FailingHandlers(unittest.TestCase):
    def serve(self, plugins: dict[str, dict[str, str]], **server: str) -> Mortised:
        made = folder({**BASE, **plugins}, **server)
        self.addCleanup(made.remove)
        started = Mortised(made)
        self.addCleanup(started.close)
        return started

    def test_an_exception_is_a_500_that_tells_nothing_and_a_log_line_that_tells_all(self):
        server = self.serve({"throws-in-handle": {}})
        for target, reason in (("/throws", "thrown in handle"), ("/throws/number", "")):
            response = server.get(target)
            self.assertEqual(response.status, 500)
            self.assertEqual(response.json["error"], "Internal server error")
            self.assertEqual(sorted(response.json), ["error", "requestId"])
            record = eventually(
                lambda: next(
                    (r for r in server.records if r.get("requestId") == response.json["requestId"] and r["level"] == "error"),
                    None,
                ),
                f"an error record of {target}",
            )
            self.assertIn("throws-in-handle", str(record))
            self.assertIn(reason, str(record))
        self.assertEqual(server.get("/hello").status, 200)
        server.stop()

    def test_development_mode_tells_the_reason(self):
        server = self.serve({"throws-in-handle": {}}, mode="development")
        self.assertEqual(server.get("/throws").json["message"], "thrown in handle")
        server.stop()

    def test_a_handler_that_never_replies_is_answered_for(self):
        server = self.serve({"never-replies": {}}, handler_timeout="500ms")
        begun = time.monotonic()
        with server.connect() as waiting:
            waiting.request("GET", "/never")
            self.assertEqual(server.get("/hello").status, 200)  # nobody else waits
            response = waiting.read()
            elapsed = time.monotonic() - begun
            self.assertEqual(response.status, 503)
            self.assertGreaterEqual(elapsed, 0.45)
            self.assertLess(elapsed, 0.5 + GRACE_S)
            self.assertTrue(response.header("retry-after"))
        record = server.wait_for("A plugin did not answer a request in time", plugin="never-replies")
        self.assertEqual(record["level"], "error")
        server.stop()

    def test_the_stop_does_not_wait_for_one_that_never_replies(self):
        server = self.serve({"never-replies": {}}, drain_timeout="500ms")
        with server.connect() as waiting:
            waiting.request("GET", "/never")
            self.assertEqual(server.get("/hello").status, 200)
            server.signal(signal.SIGTERM)
            self.assertEqual(waiting.read().status, 503)
        server.expect_exit(0)

    def test_a_slow_drain_is_bounded(self):
        server = self.serve({"slow-drain": {"duration": "60s"}}, drain_timeout="500ms", shutdown_timeout="20s")
        self.assertEqual(server.get("/hello").status, 200)
        begun = time.monotonic()
        server.signal(signal.SIGTERM)
        server.process.wait(HANG_S + GRACE_S)
        self.assertLess(time.monotonic() - begun, HANG_S + GRACE_S)
        server.wait_for("A plugin missed a deadline and is quarantined until restart", plugin="slow-drain", step="drain")

    def test_shutdown_timeout_ends_the_process(self):
        server = self.serve(
            {"slow-drain": {"duration": "60s"}}, drain_timeout="1s", shutdown_timeout="1s", control_timeout="50s"
        )
        begun = time.monotonic()
        server.signal(signal.SIGTERM)
        server.expect_exit(1, 1 + GRACE_S)
        self.assertLess(time.monotonic() - begun, 1 + GRACE_S)
        self.assertIn("shutdown_timeout", "\n".join(server.lines))


if __name__ == "__main__":
    unittest.main()
