# SPDX-License-Identifier: Apache-2.0
"""What was acknowledged is on disk: kill -9 in a stream of registrations, and the order of sync and answer."""

import os
import pathlib
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
import unittest

from mortised import SLOWNESS, TRACED, Folder, Mortised, missing

KILLS = int(os.environ.get("MORTISE_KILLS", "3"))
PLUGINS = {"routing": {}, "logging": {}, "health": {}, "database": {"url": "sqlite:///test.db"}, "users": {}, "auth": {}}


class Killed(unittest.TestCase):
    # contract: users.create
    def test_every_acknowledged_user_survives_a_kill(self):
        folder = Folder(plugins=PLUGINS)
        try:
            server = Mortised(folder)
            expected = set()
            for turn in range(KILLS):
                acknowledged, lock = [], threading.Lock()

                def client(number):
                    try:
                        with server.connect() as connection:
                            for step in range(100000):
                                email = f"k{turn}-{number}-{step}@example.com"
                                body = b'{"name":"Kill Me","email":"%s","password":"correct horse"}' % email.encode()
                                response = connection.exchange("POST", "/api/users", headers={"Content-Type": "application/json"}, body=body)
                                if response.status == 201:
                                    with lock:
                                        acknowledged.append(email)
                    except (OSError, AssertionError):
                        return  # the kill

                threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
                for thread in threads:
                    thread.start()
                deadline = time.monotonic() + 30 * SLOWNESS
                while time.monotonic() < deadline:
                    with lock:
                        if len(acknowledged) > 60:
                            break
                    time.sleep(0.005)
                server.kill()
                for thread in threads:
                    thread.join()
                self.assertGreater(len(acknowledged), 15)
                expected.update(acknowledged)
                server.restart()
                with sqlite3.connect(f"file:{folder.state_of('database')}/test.db?mode=ro", uri=True) as database:
                    kept = {row[0] for row in database.execute("SELECT email FROM users")}
                    self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
                self.assertEqual(expected - kept, set())
                login = server.post("/auth/login", {"email": acknowledged[-1], "password": "correct horse"})
                self.assertEqual(login.status, 200)
            print(f"{KILLS} kills; {len(expected)} acknowledged users, all there")
            server.stop()
            server.close()
        finally:
            folder.remove()


class Synced(unittest.TestCase):
    # contract: users.create
    def test_a_sync_comes_before_each_acknowledgement(self):
        if not shutil.which("strace"):
            missing(self, "strace is not installed")
        probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, timeout=60, check=False)
        if probe.returncode != 0:
            missing(self, "strace is not allowed here")
        folder = Folder(plugins=PLUGINS)
        trace = folder.path / "trace"
        try:
            server = Mortised(
                folder, wrapper=("strace", "-f", "-qq", "-y", "-s", "24", "-e", "trace=fsync,fdatasync,sendto,sendmsg,send,write,writev", "-o", str(trace)),
                env=TRACED)
            try:
                for number in range(10):
                    response = server.post("/api/users", {"name": "Ada", "email": f"sync{number}@example.com", "password": "correct horse"})
                    self.assertEqual(response.status, 201)
                server.signal(signal.SIGTERM)
                server.expect_exit(0)
            finally:
                server.close()
            self.check(trace)
        finally:
            folder.remove()

    def check(self, trace: pathlib.Path):
        synced, unfinished, answers = False, {}, 0
        for line in trace.read_text(errors="replace").splitlines():
            thread, _, call = line.partition(" ")
            call = call.strip()
            if "HTTP/1.1 201" in call and "resumed" not in call:
                self.assertTrue(synced, f"answer {answers} was sent before a sync: {call}")
                synced, answers = False, answers + 1
            elif match := re.match(r"(?:fsync|fdatasync)\(\d+<([^>]*)>", call):
                if "<unfinished" in call:
                    unfinished[thread] = match[1]
                elif "test.db" in match[1] and call.endswith("= 0"):
                    synced = True
            elif re.match(r"<\.\.\. (?:fsync|fdatasync) resumed>", call):
                if "test.db" in unfinished.pop(thread, "") and call.endswith("= 0"):
                    synced = True
        self.assertEqual(answers, 10)


if __name__ == "__main__":
    unittest.main()
