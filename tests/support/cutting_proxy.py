# SPDX-License-Identifier: Apache-2.0
"""A network that fails where a test wants it to: connections to a server on this machine, forwarded, cut, stalled or refused.

As a program it is one for tests that are not written in Python: `cutting_proxy.py serve PORT` prints a line of JSON when it accepts
connections, and does what it reads line by line, a method and its arguments as JSON (`cut_reply "COMMIT"`,
`cut_after 9, "from_client"`), printing the line again
after each; it ends with its input.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
from collections.abc import Callable

FROM_CLIENT = "from_client"
FROM_SERVER = "from_server"

_PIECE = 65536
_WAIT_S = 20.0 * float(os.environ.get("MORTISE_TEST_SLOWNESS", "1"))


class _Connection:
    """An accepted one, and the one to the server that belongs to it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.sockets = {FROM_CLIENT: client, FROM_SERVER: server}
        self.targets = {FROM_CLIENT: server, FROM_SERVER: client}
        self.threads: list[threading.Thread] = []
        self._forwarding = threading.Semaphore(1)  # by the thread that ends first
        self.reset()

    def reset(self) -> None:
        """What was seen belongs to a rule that is no more."""
        self.counts = {FROM_CLIENT: 0, FROM_SERVER: 0}
        self.tail = b""  # of what the client sent
        self.found = False

    def end(self) -> None:
        for end in self.sockets.values():
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it ended before

    def leave(self) -> None:
        """Of each thread, when it ends. Only closing stops one that sends: what it has sent is read no more."""
        self.end()
        if not self._forwarding.acquire(blocking=False):
            for end in self.sockets.values():
                end.close()


# How many bytes of a piece are still forwarded before the connection ends; None: all of them, and it stays.
_Rule = Callable[[_Connection, str, bytes], "int | None"]


class CuttingProxy:
    """`with CuttingProxy(server.port) as proxy:` connect to `proxy.port`. A rule holds until it has cut one connection, the first that it
    fits; it counts from when it was set, and takes the place of the one before. `cuts` says how many were. TLS hides texts from it."""

    def __init__(self, server_port: int) -> None:
        self.cuts = 0
        self.port = 0
        self._server = ("127.0.0.1", server_port)
        self._changed = threading.Condition()
        self._connections: list[_Connection] = []
        self._rule: _Rule | None = None
        self._text = b""  # that the client sends
        self._passed = 0
        self._holds = False  # where it would cut
        self._stalled = False
        self._listener: socket.socket | None = None
        self._accepter: threading.Thread | None = None
        self.accept()

    def __enter__(self) -> CuttingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What fails

    def forward(self) -> None:
        """Nothing fails any more."""
        self._set(None)

    def cut(self) -> None:
        """All that are connected now."""
        with self._changed:
            for connection in self._connections:
                connection.end()

    def cut_after(self, count: int, direction: str = FROM_SERVER) -> None:
        """Of what comes in `direction`, `count` bytes are forwarded."""
        def rule(connection: _Connection, coming: str, piece: bytes) -> int | None:
            if coming != direction:
                return None
            before = connection.counts[coming]
            connection.counts[coming] += len(piece)
            return None if before + len(piece) <= count else count - before

        self._set(rule)

    def stall_after(self, count: int) -> None:
        """As cut_after of what the server sends, but the connection stays, and all others stall, too, until forward()."""
        self.cut_after(count)
        self._holds = True

    def cut_at(self, text: str, passed: int = 0) -> None:
        """A client sends `text`, after `passed` times of it that are forwarded: the server does not get it."""
        self._set(lambda connection, coming, _: 0 if coming == FROM_CLIENT and connection.found else None, text, passed)

    def cut_reply(self, text: str, passed: int = 0) -> None:
        """As cut_at, but the server does what it says, and nobody hears of it."""
        self._set(lambda connection, coming, _: 0 if coming == FROM_SERVER and connection.found else None, text, passed)

    def stall(self) -> None:
        """Connections are accepted and stay, and nothing is forwarded, until forward()."""
        self._set(None, stalled=True)

    def refuse(self) -> None:
        """Nobody listens, until accept(); those that are connected stay."""
        listener, self._listener = self._listener, None
        if listener is not None and self._accepter is not None:
            listener.shutdown(socket.SHUT_RDWR)  # it wakes accept()
            self._accepter.join()
            listener.close()

    def accept(self) -> None:
        if self._listener is None:
            self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
            self.port = self._listener.getsockname()[1]
            self._accepter = threading.Thread(target=self._accept_all, args=(self._listener,), daemon=True)
            self._accepter.start()

    def wait_for_cuts(self, count: int = 1) -> None:
        with self._changed:
            if not self._changed.wait_for(lambda: self.cuts >= count, _WAIT_S):
                raise AssertionError(f"{self.cuts} connections were cut, not {count}")

    def close(self) -> None:
        self.refuse()
        with self._changed:
            connections, self._connections = self._connections, []
            self._stalled = False
            self._changed.notify_all()
            for connection in connections:
                connection.end()
        for connection in connections:
            for thread in connection.threads:
                thread.join()

    # How

    def _set(self, rule: _Rule | None, text: str = "", passed: int = 0, stalled: bool = False) -> None:
        with self._changed:
            for connection in self._connections:
                connection.reset()
            self._rule, self._text, self._passed, self._stalled, self._holds = rule, text.encode(), passed, stalled, False
            self._changed.notify_all()

    def _accept_all(self, listener: socket.socket) -> None:
        while True:
            try:
                client = listener.accept()[0]
            except OSError:
                return
            try:
                server = socket.create_connection(self._server, timeout=_WAIT_S)
            except OSError:
                client.close()  # as the server would have refused it
                continue
            for end in (client, server):
                end.settimeout(None)
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(client, server)
            connection.threads = [threading.Thread(target=self._forward, args=(connection, direction), daemon=True)
                                  for direction in (FROM_CLIENT, FROM_SERVER)]
            with self._changed:
                self._connections.append(connection)
            for thread in connection.threads:
                thread.start()

    def _forward(self, connection: _Connection, direction: str) -> None:
        try:
            while piece := connection.sockets[direction].recv(_PIECE):
                kept = self._kept_of(connection, direction, piece)
                connection.targets[direction].sendall(piece[:kept])
                if kept < len(piece):
                    if not self._stalled:
                        break
                    self._wait_for_end_of_stall()
                    connection.targets[direction].sendall(piece[kept:])
        except OSError:
            pass  # it was cut
        connection.leave()

    def _wait_for_end_of_stall(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: not self._stalled)

    def _kept_of(self, connection: _Connection, direction: str, piece: bytes) -> int:
        self._wait_for_end_of_stall()
        with self._changed:
            if direction == FROM_CLIENT and self._text:
                seen = connection.tail + piece
                count = seen.count(self._text)
                connection.found = connection.found or count > self._passed
                self._passed = max(0, self._passed - count)
                connection.tail = seen[-len(self._text) + 1:] if len(self._text) > 1 else b""
            kept = None if self._rule is None else self._rule(connection, direction, piece)
            if kept is None:
                return len(piece)
            self._rule = None
            self._stalled = self._holds
            if not self._holds:
                self.cuts += 1
                self._changed.notify_all()
            return kept


def _serve(port: int) -> None:
    with CuttingProxy(port) as proxy:
        def show() -> None:
            print(json.dumps({"port": proxy.port, "cuts": proxy.cuts}), flush=True)

        show()
        for line in sys.stdin:
            method, _, argument = line.strip().partition(" ")
            getattr(proxy, method)(*json.loads(f"[{argument}]"))
            show()


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "serve":
        sys.exit(__doc__)
    _serve(int(sys.argv[2]))
