# SPDX-License-Identifier: Apache-2.0
"""Limits and deadlines of HTTP, all set short or small."""

import pathlib
import select
import socket
import time
import unittest

from mortised import SLOWNESS, Mortised, ServerTest, eventually

SHORT = 0.5 * SLOWNESS  # seconds: the deadlines set below


def ms(seconds: float) -> str:
    return f"{int(seconds * 1000)}ms"


class Sizes(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "hello": {}}

    def answer(self, data: bytes):
        with self.server.connect() as connection:
            try:
                connection.send(data)
            except OSError:
                pass  # refused before all of it was read
            return connection.read()

    # contract: limit.request-line
    def test_request_line(self):
        def line(size):
            fill = size - len(b"GET /hello?name=a&x= HTTP/1.1\r\n")
            return b"GET /hello?name=a&x=" + b"x" * fill + b" HTTP/1.1\r\nHost: t\r\n\r\n"

        self.assertEqual(self.answer(line(8000)).status, 200)
        self.assertError(self.answer(line(8300)), 414)
        self.assertError(self.answer(b"GET /" + b"x" * 100000), 414)

    # contract: limit.header
    def test_header_size_and_count(self):
        def fields(count, size):
            return b"GET /hello HTTP/1.1\r\nHost: t\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"x" * size) for i in range(count)) + b"\r\n"

        self.assertEqual(self.answer(fields(99, 10)).status, 200)
        self.assertError(self.answer(fields(100, 10)), 431)
        self.assertEqual(self.answer(fields(10, 3000)).status, 200)
        self.assertError(self.answer(fields(10, 3500)), 431)
        self.assertError(self.answer(b"GET /hello HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 200000), 431)


class Deadlines(ServerTest):
    SERVER = {
        "header_timeout": ms(SHORT), "body_timeout": ms(SHORT), "body_min_rate": "1KiB", "body_max_time": ms(4 * SHORT),
        "write_timeout": ms(SHORT), "idle_timeout": ms(2 * SHORT), "max_output_size": "64KiB",
    }
    PLUGINS = {"routing": {}, "logging": {}, "health": {}, "hello": {}, "database": {"url": "sqlite:///t.db"}, "users": {},
               "auth": {}}

    def dribble(self, connection, data: bytes, pause: float):
        """Sends byte by byte until the server answers or closes; returns the seconds it took."""
        begin = time.monotonic()
        connection.socket.settimeout(pause)
        for byte in data:
            try:
                connection.send(bytes([byte]))
                peeked = connection.socket.recv(1, socket.MSG_PEEK)
                del peeked
                break
            except TimeoutError:
                continue
            except OSError:
                break
        return time.monotonic() - begin

    # contract: limit.header-time
    def test_a_header_that_trickles_in(self):
        with self.server.connect() as connection:
            took = self.dribble(connection, b"GET /hello HTTP/1.1\r\n" + b"X-Slow: yes\r\n" * 100, SHORT / 10)
            self.assertError(connection.read(), 408)
            self.assertTrue(connection.at_end())
            self.assertGreater(took, SHORT * 0.8)
            self.assertLess(took, SHORT * 6)

    # contract: limit.body-time
    def test_a_body_that_trickles_in(self):
        with self.server.connect() as connection:
            connection.request("POST", "/api/users", headers={"Content-Type": "application/json", "Content-Length": "1000"})
            took = self.dribble(connection, b" " * 900, SHORT / 10)
            self.assertError(connection.read(), 408)
            self.assertTrue(connection.at_end())
            self.assertLess(took, SHORT * 6)

    # contract: limit.body-time
    def test_a_body_that_never_comes(self):
        with self.server.connect() as connection:
            connection.request("POST", "/api/users", headers={"Content-Type": "application/json", "Content-Length": "10"})
            self.assertError(connection.read(), 408)

    # contract: limit.write-stall
    def test_a_client_that_reads_nothing(self):
        def cut():
            # The end of the connection stands behind answers that this client never reads: the server's side shows it.
            try:
                connection.send(request * 100)
            except TimeoutError:
                pass
            except OSError:
                return True
            ports = (self.server.endpoint[1], connection.socket.getsockname()[1])
            for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if tuple(int(fields[end].partition(":")[2], 16) for end in (1, 2)) == ports:
                    return fields[3] != "01"  # established
            return True

        request = b"GET /hello?name=" + b"x" * 90 + b" HTTP/1.1\r\nHost: t\r\n\r\n"
        with self.server.connect() as connection:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.socket.settimeout(SHORT / 10)
            self.assertFalse(cut())
            eventually(cut, "a client that reads nothing is cut", 40 * SHORT)
        self.assertEqual(self.server.get("/hello").status, 200)

    # contract: limit.idle
    def test_idle_connections_are_closed(self):
        with self.server.connect() as connection:
            connection.exchange("GET", "/hello")
            begin = time.monotonic()
            self.assertTrue(connection.at_end())
            took = time.monotonic() - begin
            self.assertGreater(took, SHORT)
            self.assertLess(took, SHORT * 10)


class Memory(ServerTest):
    SERVER = {"max_buffered_bodies": "1MiB"}

    # contract: limit.buffered, busy.retry-after
    def test_all_bodies_together(self):
        held = []
        try:
            statuses = []
            for _ in range(6):
                connection = self.server.connect()
                held.append(connection)
                connection.request("POST", "/api/users", headers={"Content-Type": "application/json", "Content-Length": "400000"})
                connection.send(b" " * 300000)
                connection.socket.settimeout(0.5 * SLOWNESS)
                try:
                    connection.socket.recv(1, socket.MSG_PEEK)
                    statuses.append(connection.read())
                except TimeoutError:
                    continue
            self.assertTrue(statuses, "nothing was refused")
            for response in statuses:
                self.assertError(response, 503)
                self.assertTrue(response.header("retry-after"))
        finally:
            for connection in held:
                connection.close()
        eventually(
            lambda: self.server.post("/api/users", {"name": "Ada", "email": "memory@example.com", "password": "correct horse"}).status == 201,
            "the memory is given back")


class Connections(unittest.TestCase):
    PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "slow": {}}

    def test_the_oldest_idle_connection_makes_room(self):
        with Mortised(server={"max_connections": "8", "loops": "2"}, plugins=self.PLUGINS) as server:
            idle = []
            for _ in range(8):
                connection = server.connect()
                connection.exchange("GET", "/hello")
                idle.append(connection)
            with server.connect() as newcomer:
                self.assertEqual(newcomer.exchange("GET", "/hello").status, 200)
            gone = [connection for connection in idle if select.select([connection.socket], [], [], 0.5 * SLOWNESS)[0]]
            # Ages are told apart by the millisecond, over the loops: among the first few, which one is not promised.
            self.assertEqual(len(gone), 1)
            self.assertTrue(gone[0].at_end())
            self.assertEqual(idle[-1].exchange("GET", "/hello").status, 200)
            for connection in idle:
                connection.close()

    # contract: busy.retry-after
    def test_without_idle_ones_the_newcomer_gets_503(self):
        with Mortised(server={"max_connections": "4", "loops": "1"}, plugins=self.PLUGINS) as server:
            busy = []
            for _ in range(4):
                connection = server.connect()
                # In one piece: once the first is answered, the second is in flight.
                connection.send(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\nGET /slow?ms=4000 HTTP/1.1\r\nHost: t\r\n\r\n")
                self.assertEqual(connection.read().status, 200)
                busy.append(connection)
            time_limit = time.monotonic() + 3.5
            with server.connect() as newcomer:
                newcomer.send(b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n")
                response = newcomer.read()
                self.assertLess(time.monotonic(), time_limit)
                self.assertEqual(response.status, 503)
                self.assertTrue(response.header("retry-after"))
                self.assertEqual(response.json["error"], "Too many connections")
            for connection in busy:
                self.assertEqual(connection.read().status, 200)
                connection.close()
            eventually(lambda: server.get("/hello").status == 200, "there is room again")

    # contract: busy.retry-after
    def test_excess_hashing_is_503(self):
        plugins = {"routing": {}, "logging": {}, "health": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {}}
        with Mortised(server={"hashing_queue": "4", "hashing_workers": "1", "password_cost": "10"}, plugins=plugins) as server:
            connections = [server.connect() for _ in range(24)]
            body = b'{"email":"nobody@example.com","password":"wrong password"}'
            for connection in connections:
                connection.request("POST", "/auth/login", headers={"Content-Type": "application/json"}, body=body)
            begin = time.monotonic()
            self.assertEqual(server.get("/health").status, 200)
            self.assertLess(time.monotonic() - begin, 1.0 * SLOWNESS)
            answers = [connection.read(timeout_s=30 * SLOWNESS) for connection in connections]
            statuses = [answer.status for answer in answers]
            self.assertEqual(set(statuses), {401, 503}, statuses)
            for answer in answers:
                if answer.status == 503:
                    self.assertTrue(answer.header("retry-after"))
            for connection in connections:
                connection.close()


if __name__ == "__main__":
    unittest.main()
