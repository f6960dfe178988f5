# SPDX-License-Identifier: Apache-2.0
"""Where MORTISE_TRUTH names the socket of tests/truth/proxy.js, tests reach their servers through it, and plugin openapi is
switched on beside routing, so that each exchange is judged by the server's own document. Else nothing here is used."""

from __future__ import annotations

import atexit
import json
import os
import pathlib
import re
import socket
import sys
import threading
import unittest

SOCKET = os.environ.get("MORTISE_TRUTH")
# Nobody asks for this path but the proxy, and its record is left out of what tests see.
DOCUMENT = "/openapi.json"
RECORD = re.compile(r'userAgent"?[:=]"?truth\b')


class _Current:
    """The test that runs now: its class and method."""

    name = ""


def name_tests() -> None:
    """From now on `preamble()` names the test that runs."""
    run = unittest.TestCase.run

    def named(self, result=None):
        _Current.name = ".".join(self.id().split(".")[-2:])
        return run(self, result)

    unittest.TestCase.run = named


def preamble() -> bytes:
    """What a connection to the proxy begins with."""
    return f"TEST {_Current.name}\n".encode() if _Current.name else b""


def switched_on(plugins: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The plugins with openapi among them, where its routes can be; the proxy's own requests count under no limit."""
    routing = plugins.get("routing")
    if routing is None or routing.get("enabled") == "false":
        return plugins
    made = {"openapi": {"docs": "on", "yaml_path": "", "docs_path": "", "json_path": DOCUMENT}, **plugins}
    if "rate-limit" in made:
        skip = made["rate-limit"].get("skip", "/health, /ready, /metrics")
        made["rate-limit"] = {**made["rate-limit"], "skip": f"{skip}, {DOCUMENT}" if skip else DOCUMENT}
    return made


class Proxy:
    """The place in front of one server."""

    _control = None
    _lock = threading.Lock()

    def __init__(self, to, plugins: dict[str, dict[str, str]]):
        document = plugins.get("openapi", {}).get("json_path", DOCUMENT)
        file = pathlib.Path(sys.argv[0]).stem
        self.port = self._told({"open": list(to) if isinstance(to, tuple) else to, "document": document, "file": file})["port"]
        self.endpoint = ("127.0.0.1", self.port)

    def pause(self) -> None:
        self._told({"pause": self.port})

    def renew(self) -> None:
        self._told({"renew": self.port})

    def close(self) -> None:
        self._told({"close": self.port})

    @classmethod
    def report(cls) -> dict:
        """Of all servers: {"judged", "unjudged", "operations", "findings"}."""
        return cls._told({"report": True})

    @classmethod
    def _told(cls, said: dict) -> dict:
        with cls._lock:
            if cls._control is None:
                connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
                connection.connect(SOCKET)
                atexit.register(connection.close)
                cls._control = connection.makefile("rw")
            cls._control.write(json.dumps(said) + "\n")
            cls._control.flush()
            got = json.loads(cls._control.readline())
        if "problem" in got:
            raise AssertionError(f"the proxy: {got['problem']}")
        return got


if SOCKET:
    name_tests()
