# SPDX-License-Identifier: Apache-2.0
"""What tests of turns share: a server with fixtures that wait at gates (tests/fixtures/plugins/raw.h)."""

from __future__ import annotations

import unittest

from mortised import SLOWNESS, Mortised, eventually

BASE = {"routing": {}, "logging": {}, "hello": {}}
DEADLINE = 1.0 * SLOWNESS  # seconds: short deadlines that a test sets


def ms(seconds: float) -> str:
    return f"{int(seconds * 1000)}ms"


class TurnsTest(unittest.TestCase):
    """Each test starts its own server with PLUGINS beside BASE, and may change it."""

    SERVER: dict[str, str] = {}
    PLUGINS: dict[str, dict[str, str]] = {}

    def setUp(self):
        self.server = self.serve()

    def serve(self, plugins: dict[str, dict[str, str]] | None = None, **server: str) -> Mortised:
        given = {**BASE, **(self.PLUGINS if plugins is None else plugins)}
        self.server = Mortised(server={**self.SERVER, **server}, plugins={name: dict(keys) for name, keys in given.items()})
        self.gates: list[str] = []
        self.addCleanup(self.end, self.server, self.gates)
        return self.server

    def end(self, server: Mortised, gates: list[str]):
        for gate in gates:
            (server.folder.state / gate).touch()
        if server.process.poll() is not None:
            return server.close()
        try:
            self.assertEqual(server.get("/hello").status, 200, "the server is healthy at the end")
            server.stop()
        except BaseException:
            server.show()
            raise
        finally:
            server.close()

    def send(self, target: str, method: str = "GET", body: bytes | None = None, **headers):
        """A connection that has sent one request and waits; X_Late is the field X-Late."""
        connection = self.server.connect()
        self.addCleanup(connection.close)
        connection.request(method, target, headers={key.replace("_", "-"): value for key, value in headers.items()}, body=body)
        return connection

    def at_gate(self, gate: str, target: str, **options):
        """As send, once the plugin waits at the gate."""
        self.gates.append(gate)
        connection = self.send(target, **options)
        self.server.wait_for("At a gate", what=gate)
        return connection

    def open(self, gate: str) -> None:
        (self.server.folder.state / gate).touch()

    _tag = 0

    def renew(self, *names: str) -> dict:
        """A reload that replaces the instances of these plugins."""
        TurnsTest._tag += 1
        for name in names:
            self.server.folder.plugins[name][self.setting_of(name)] = f"changed {TurnsTest._tag}"
        self.server.folder.write()
        return self.server.reload()

    def renew_often(self, *names: str):
        """More reloads than generations may drain; each has a request of its own (needs the plugin replies-late)."""
        for _ in range(10):
            self.renew(*names)
            TurnsTest._tag += 1
            gate = f"fills-{TurnsTest._tag}"
            self.at_gate(gate, f"/replies-late/loop?gate={gate}")

    @staticmethod
    def setting_of(name: str) -> str:
        return {"hello": "name", "holds": "answer", "slow": "answer"}.get(name, "tag")

    def assertUnavailable(self, response, *sentences: str):
        """A 503 of the host in its one shape; of a reload it never says that the server stops."""
        self.assertEqual(response.status, 503, response)
        self.assertTrue(response.header("retry-after"), response)
        self.assertEqual(response.json.get("requestId"), response.header("x-request-id"), response)
        if sentences:
            self.assertIn(response.json["error"], sentences, response)
        else:
            self.assertNotEqual(response.json["error"], "Server is stopping", response)

    def assertNamed(self, plugin: str, since: int = 0, level: tuple[str, ...] = ("warn", "error")):
        """A record of the host that names the plugin."""
        return eventually(
            lambda: next((record for record in self.server.records[since:]
                          if record.get("plugin") == plugin and record["level"] in level), None),
            f"a {level} record with plugin={plugin}: {self.server.records[since:]}")

    def assertLost(self, url: str):
        """The log has a line of a request to there whose client was gone before a response."""
        eventually(lambda: [record for record in self.server.request_records()
                            if record["url"].startswith(url) and int(record["status"]) == 499],
                   f"a request record of {url} with status 499")
