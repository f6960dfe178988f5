# SPDX-License-Identifier: Apache-2.0
"""What the host gives plugins and takes from them, through plugins that use it, under a real server."""

import contextlib
import pathlib
import signal
import socket
import unittest

from http1 import Closed, Connection
from mortised import SLOWNESS, Folder, Mortised, ServerTest, eventually, run

ROUTED = {"routing": {}, "logging": {}}


class Streams(ServerTest):
    PLUGINS = {**ROUTED, "hello": {}, "uses-exchange": {}}
    SERVER = {"workers": "2"}
    PLACE = "/uses/exchange"

    def counts(self) -> dict:
        return self.server.get(f"{self.PLACE}/counts").json

    def test_chunks_on_a_kept_connection(self):
        with self.server.connect() as connection:
            for _ in range(3):
                response = connection.exchange("GET", f"{self.PLACE}/stream")
                self.assertEqual((response.status, response.body), (200, b"one,two,three"))
                self.assertEqual(response.header("transfer-encoding"), "chunked")
                self.assertIsNone(response.header("content-length"))
                self.assertEqual(response.header("x-own"), "yes")
                self.assertFalse(response.closes)

    def test_pipelined_streams_keep_their_order(self):
        with self.server.connect() as connection:
            one = f"GET {self.PLACE}/stream HTTP/1.1\r\nHost: t\r\n\r\n".encode()
            connection.send(one + b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n" + one)
            self.assertEqual(connection.read().body, b"one,two,three")
            self.assertEqual(connection.read().json, {"hello": "world"})
            self.assertEqual(connection.read().body, b"one,two,three")

    def test_http_1_0_ends_with_the_connection(self):
        for field in ("", "Connection: keep-alive\r\n"):
            with self.subTest(field=field), self.server.connect() as connection:
                connection.send(f"GET {self.PLACE}/stream HTTP/1.0\r\nHost: t\r\n{field}\r\n".encode())
                head, _, body = connection.rest().partition(b"\r\n\r\n")
                self.assertEqual(body, b"one,two,three")
                self.assertNotIn(b"transfer-encoding", head.lower())
                self.assertIn(b"\r\nconnection: close", head.lower())

    def test_head_has_no_body(self):
        with self.server.connect() as connection:
            response = connection.exchange("HEAD", f"{self.PLACE}/stream")
            self.assertEqual((response.status, response.body), (200, b""))
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    def test_more_than_anyone_buffers(self):
        with self.server.connect() as connection:
            for _ in range(2):
                response = connection.exchange("GET", f"{self.PLACE}/long-stream")
                self.assertEqual(len(response.body), 64 * 64 * 1024)
                self.assertEqual(set(response.body), {ord("y")})
            self.assertEqual(connection.exchange("GET", f"{self.PLACE}/large").body, b"x" * (4 << 20))

    def test_a_client_that_leaves_in_the_middle(self):
        before = self.counts()["left"]
        with self.server.connect() as connection:
            connection.request("GET", f"{self.PLACE}/endless")
            self.assertTrue(connection.socket.recv(65536).startswith(b"HTTP/1.1 200 "))
        eventually(lambda: self.counts()["left"] == before + 1, "the writer is told that the client is gone")

    def test_a_stream_that_throws_is_seen_to_be_incomplete(self):
        with self.server.connect() as connection:
            connection.request("GET", f"{self.PLACE}/broken-stream")
            with self.assertRaises((Closed, ConnectionResetError)):
                connection.read()
        with self.server.connect() as connection:
            connection.send(f"GET {self.PLACE}/broken-stream HTTP/1.0\r\nHost: t\r\n\r\n".encode())
            with self.assertRaises(ConnectionResetError):
                connection.rest()

    def test_an_answer_of_another_thread(self):
        with self.server.connect() as connection:
            for _ in range(20):
                self.assertEqual(connection.exchange("GET", f"{self.PLACE}/thread").body, b"from a thread of the plugin's own")

    def test_constant_and_own_fields(self):
        response = self.server.get(self.PLACE)
        self.assertEqual([response.header(name) for name in ("x-fixture", "x-second", "x-own")], ["exchange", "2", "yes"])
        self.assertEqual(response.body, b"whole")

    def test_raw_bodies(self):
        data = bytes(range(256)) * 300
        response = self.server.request("POST", f"{self.PLACE}/raw", body=data, headers={"Content-Type": "image/png"})
        self.assertEqual((response.status, response.body), (200, data))
        self.assertEqual(response.header("content-type"), "application/octet-stream")

    def test_replies_that_break_a_rule(self):
        for name, said in (("injected", "field"), ("framing", "field"), ("status", "status"), ("dropped", None)):
            with self.subTest(name=name):
                mark = self.server.mark()
                response = self.server.get(f"{self.PLACE}/{name}")
                self.assertError(response, 500, "Internal server error")
                self.assertEqual(response.headers("set-cookie"), [])
                message = "A plugin's reply breaks a rule" if said else "A plugin answered with an internal error"
                record = self.server.wait_for(message, since=mark, plugin="uses-exchange")
                self.assertIn(said or "", str(record.get("reason")))

    def test_details_of_a_plugin_s_own(self):
        self.assertInvalid(self.server.get(f"{self.PLACE}/details"), ("query", "/x", "own"))


class Files(ServerTest):
    PLUGINS = {**ROUTED, "hello": {}, "uses-exchange": {}, "uses-filter": {}}
    CONTENT = bytes(range(256)) * 16384  # 4 MiB

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.server.folder.state_of("uses-exchange") / "data").write_bytes(cls.CONTENT)

    def target(self, name: str = "data", offset: int = 0, length: int | None = None, place: str = "file") -> str:
        return f"/uses/exchange/{place}?name={name}&offset={offset}&length={len(self.CONTENT) if length is None else length}"

    def test_whole_and_in_part(self):
        for place in ("file", "file-on-loop"):
            with self.subTest(place=place), self.server.connect() as connection:
                whole = connection.exchange("GET", self.target(place=place))
                self.assertEqual((whole.status, whole.body == self.CONTENT), (200, True))
                self.assertEqual((whole.header("content-type"), whole.header("x-own")), ("application/octet-stream", "file"))
                part = connection.exchange("GET", self.target(offset=1000, length=77, place=place))
                self.assertEqual(part.body, self.CONTENT[1000:1077])
                none = connection.exchange("GET", self.target(offset=5, length=0, place=place))
                self.assertEqual((none.status, none.body), (200, b""))
                self.assertEqual(connection.exchange("GET", "/hello").json, {"hello": "world"})

    def test_pipelined_behind_each_other(self):
        with self.server.connect() as connection:
            one = f"GET {self.target(length=200_000)} HTTP/1.1\r\nHost: t\r\n\r\n".encode()
            connection.send(one + b"GET /hello HTTP/1.1\r\nHost: t\r\n\r\n" + one)
            self.assertEqual(connection.read().body, self.CONTENT[:200_000])
            self.assertEqual(connection.read().json, {"hello": "world"})
            self.assertEqual(connection.read().body, self.CONTENT[:200_000])

    def test_head_tells_the_size(self):
        with self.server.connect() as connection:
            head = connection.exchange("HEAD", self.target())
            self.assertEqual((head.status, head.header("content-length"), head.body), (200, str(len(self.CONTENT)), b""))
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    def test_filters_see_a_file(self):
        seen = self.server.request("GET", self.target(length=100), headers={"X-Rewrite": "nothing"})
        self.assertEqual(seen.header("x-seen"), "file 100 application/octet-stream 200")
        gone = self.server.request("GET", self.target(length=100), headers={"X-Rewrite": "replace"})
        self.assertEqual((gone.status, gone.body), (304, b""))

    def test_what_cannot_be_sent_is_500(self):
        for target in (self.target("absent"), self.target(offset=len(self.CONTENT), length=1), self.target(length=1 << 62),
                       self.target(".", length=0)):
            self.assertError(self.server.get(target), 500, "Internal server error")

    def test_a_client_that_leaves_gives_the_descriptor_back(self):
        place = pathlib.Path(f"/proc/{self.server.pid}/fd")
        before = len(list(place.iterdir()))
        for _ in range(20):
            with self.server.connect() as connection:
                connection.request("GET", self.target())
                connection.socket.recv(1000)
        eventually(lambda: len(list(place.iterdir())) <= before, "descriptors are back")


class NeverEnded(unittest.TestCase):
    """A stream that nobody ends holds up neither the client's leaving nor a reload nor the stop."""

    PLUGINS = {**ROUTED, "uses-exchange": {}}

    def begin(self, server) -> Connection:
        connection = server.connect()
        connection.request("GET", "/uses/exchange/never-ended")
        received = b""
        while b"first," not in received:
            received += connection.socket.recv(65536)
        return connection

    def test_the_stop(self):
        with Mortised(server={"drain_timeout": "500ms", "shutdown_timeout": "20s"}, plugins=self.PLUGINS) as server:
            with self.begin(server) as connection:
                server.stop()
                with self.assertRaises(ConnectionResetError):  # cut: it is not the end of the answer
                    while connection.socket.recv(65536):
                        pass

    def test_a_reload(self):
        with Mortised(server={"drain_timeout": "500ms"}, plugins=self.PLUGINS) as server:
            with self.begin(server) as connection:
                server.folder.plugins["hello"] = {}
                del server.folder.plugins["uses-exchange"]
                server.folder.write()
                server.reload()
                self.assertEqual(server.get("/hello").status, 200)
                with self.assertRaises(ConnectionResetError):
                    while connection.socket.recv(65536):
                        pass

    def test_the_client_leaves(self):
        with Mortised(server={"drain_timeout": "500ms"}, plugins=self.PLUGINS) as server:
            self.begin(server).close()
            self.assertEqual(server.get("/uses/exchange").status, 200)


class Filters(ServerTest):
    PLUGINS = {**ROUTED, "uses-filter": {}}
    PHASES = ("accept", "protect", "route", "authenticate", "body", "handle")

    def ask(self, wish: str, method: str = "POST", body: dict | None = None, **headers):
        json_body = {"text": "given"} if method == "POST" and body is None else body
        return self.server.request(method, "/uses/filter", json_body=json_body, headers={"X-Filter": wish, **headers})

    def test_their_order_and_slots(self):
        response = self.server.get("/uses/filter")
        self.assertEqual(response.headers("x-order"), ["first", "outer", "inner"])
        self.assertEqual((response.header("x-outer"), response.header("x-status")), ("seen", "200"))

    def test_every_answer_passes_them(self):
        for target, status in (("/nowhere", 404), ("/uses/filter", 405)):
            response = self.server.request("PUT", target)
            self.assertEqual((response.status, response.header("x-status")), (status, str(status)))
        with self.server.connect() as connection:
            connection.send(b"GET /uses/filter HTTP/1.1\r\n\r\n")
            response = connection.read()
        # A malformed request meets them in `respond` and `finish` only.
        self.assertEqual((response.status, response.header("x-outer")), (400, "unseen"))

    def test_they_wait_in_every_phase(self):
        for phase in self.PHASES:
            with self.subTest(phase=phase):
                response = self.ask(f"wait {phase}")
                self.assertEqual((response.status, response.json), (200, {"text": "given"}))

    def test_a_waiting_one_holds_nobody_up(self):
        with self.server.connect() as slow, self.server.connect() as quick:
            slow.request("GET", "/uses/filter", headers={"X-Filter": "long handle"})
            self.assertEqual(quick.exchange("GET", "/uses/filter").status, 200)
            slow.socket.setblocking(False)
            with self.assertRaises(BlockingIOError):
                slow.socket.recv(1)
            self.assertEqual(slow.read().status, 200)

    def test_they_answer_themselves(self):
        for phase in self.PHASES:
            with self.subTest(phase=phase), self.server.connect() as connection:
                for wish, sentence in (("reply", "Refused by a filter"), ("late-reply", "Refused later")):
                    response = connection.exchange(
                        "POST", "/uses/filter", body=b'{"text":"x"}',
                        headers={"X-Filter": f"{wish} {phase}", "Content-Type": "application/json"})
                    self.assertError(response, 403, sentence)
                    self.assertEqual(response.header("x-status"), "403")
                # Its body was never the next request.
                self.assertEqual(connection.exchange("GET", "/uses/filter").status, 200)

    def test_their_faults_are_500(self):
        for phase in self.PHASES:
            for wish in ("throw", "drop"):
                with self.subTest(phase=phase, wish=wish):
                    mark = self.server.mark()
                    self.assertError(self.ask(f"{wish} {phase}"), 500, "Internal server error")
                    if wish == "throw":
                        self.server.wait_for("A filter threw", since=mark, error="thrown in a filter")
        self.assertEqual(self.ask("wait handle", "GET").status, 200)

    def test_a_fault_before_the_head_is_a_500(self):
        mark = self.server.mark()
        self.assertError(self.ask("", "GET", **{"X-Throw-Respond": "1"}), 500, "Internal server error")
        self.server.wait_for("A filter threw", since=mark)

    def test_a_field_that_is_refused_leaves_the_response_alone(self):
        response = self.ask("", "GET", **{"X-Bad-Field": "1"})
        self.assertEqual((response.status, response.header("x-bad")), (200, None))

    def test_they_see_and_change_the_head(self):
        def get(what: str, target: str = "/uses/filter", method: str = "GET"):
            return self.server.request(method, target, headers={"X-Rewrite": what})

        plain = get("nothing")
        size = len(plain.body)
        self.assertEqual(plain.header("x-seen"), f"whole {size} application/json; charset=utf-8 200")
        self.assertEqual(get("set").headers("x-order"), ["set"])
        self.assertEqual(get("remove").headers("x-order"), [])
        for what in ("bad", "framing"):
            kept = get(what)
            self.assertEqual((kept.header("x-kept"), kept.headers("x-order")), ("yes", ["first", "outer", "inner"]))
        with self.server.connect() as connection:
            gone = connection.exchange("GET", "/uses/filter", headers={"X-Rewrite": "replace"})
            self.assertEqual((gone.status, gone.body, gone.header("content-type")), (304, b"", None))
            self.assertEqual(connection.exchange("GET", "/uses/filter").status, 200)
        # Blocks leave out what is there; several of them, and Vary, are one answer.
        block = get("block twice")
        self.assertEqual((block.header("x-taken"), block.headers("x-block"), block.header("vary")), ("yes", ["one"], "X-Block"))
        self.assertEqual(block.headers("x-order"), ["first", "outer", "inner"])
        self.assertEqual((get("block set").headers("x-block"), get("block set").header("vary")), (["set"], "X-Block"))
        self.assertEqual(get("block vary").headers("vary"), ["X-Block, Accept"])
        # Error answers are whole ones, too.
        self.assertTrue(get("nothing", "/nowhere").header("x-seen").startswith("whole "))
        self.assertEqual(get("replace", "/nowhere").status, 304)

    def test_a_client_that_leaves_a_waiting_one(self):
        for left in (
            b"GET /uses/filter HTTP/1.1\r\nHost: t\r\nX-Filter: long handle\r\n\r\n",
            # Its body has not been asked for: nobody but us can end it.
            b"POST /uses/filter HTTP/1.1\r\nHost: t\r\nX-Filter: long authenticate\r\nContent-Type: application/json\r\n"
            b"Content-Length: 100\r\n\r\n",
        ):
            with self.subTest(left):
                self.leave(left)

    def leave(self, left: bytes):
        with self.server.connect() as connection:
            # In one piece: once the first is answered, the second waits.
            connection.send(b"GET /uses/filter HTTP/1.1\r\nHost: t\r\n\r\n" + left)
            before = connection.read().json["finished"]
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        # This one, and each that asks.
        asked = [0]

        def finished():
            asked[0] += 1
            return self.server.get("/uses/filter").json["finished"] >= before + 1 + asked[0]

        eventually(finished, "what became of it is told")


class Transforms(ServerTest):
    """A filter's transformer: whole bodies on the loop and on workers, streams where they are written."""

    PLUGINS = {**ROUTED, "health": {}, "uses-transform": {}}
    SERVER = {"loops": "1", "workers": "1", "worker_queue": "4", "drain_timeout": "500ms",
              "handler_timeout": f"{int(2000 * SLOWNESS)}ms"}
    PLACE = "/uses/transform"
    LARGE = 300_000

    def ask(self, path: str, what: str = "mark", method: str = "GET", **headers):
        return self.server.request(method, f"{self.PLACE}/{path}", headers={"X-Transform": what, **headers})

    def counts(self) -> dict:
        return self.server.get(f"{self.PLACE}/counts").json

    def assertFreed(self):
        eventually(lambda: self.counts()["alive"] == 0, "every transformer is freed")
        self.assertEqual(self.counts()["overlaps"], 0)

    def let_go(self):
        self.assertEqual(self.server.request("POST", f"{self.PLACE}/let-go").status, 204)

    def test_whole_bodies(self):
        for path in ("loop", "worker"):
            for size in (1, 8 * 1024, 8 * 1024 + 1, self.LARGE):
                with self.subTest(path=path, size=size):
                    response = self.ask(f"{path}?size={size}")
                    self.assertEqual((response.status, response.header("x-done")), (200, "yes"))
                    self.assertEqual(response.body, b"X" * size + b"!")
                    self.assertEqual(response.header("accept-ranges"), None)
                    # Who comes later sees no body, and may not transform again.
                    self.assertEqual(response.header("x-after"), "must not 0")
        self.assertFreed()

    def test_what_may_not_be_transformed(self):
        for path in ("forbidden", "partial", "empty", "encoded", "cache-control"):
            with self.subTest(path=path):
                response = self.ask(path)
                self.assertEqual((response.header("x-may"), response.header("x-done")), ("no", "no"))
                self.assertEqual(response.body, b"" if path == "empty" else b"x")
        response = self.server.request("OPTIONS", f"{self.PLACE}/loop", headers={"X-Transform": "mark"})
        self.assertEqual((response.status, response.header("x-may")), (204, "no"))
        self.assertEqual(self.ask("nowhere").header("x-may"), "yes")  # an error is an answer
        self.assertFreed()

    def test_head_tells_no_length(self):
        with self.server.connect() as connection:
            for path in ("loop?size=5", f"worker?size={self.LARGE}", "stream"):
                with self.subTest(path=path):
                    response = connection.exchange("HEAD", f"{self.PLACE}/{path}", headers={"X-Transform": "mark"})
                    self.assertEqual((response.status, response.header("x-done")), (200, "yes"))
                    self.assertEqual(response.header("content-length"), None)
            self.assertEqual(connection.exchange("HEAD", f"{self.PLACE}/loop").header("content-length"), "5")
        self.assertFreed()

    def test_streams(self):
        for path in ("stream", "loop-stream"):
            for size in (0, 3, 100_000):
                with self.subTest(path=path, size=size):
                    response = self.ask(f"{path}?size={size}")
                    self.assertEqual((response.status, response.header("x-done")), (200, "yes"))
                    self.assertEqual(response.body.replace(b"~", b""), b"X" * size + b"AB!")
        self.assertFreed()

    def test_pieces_come_out_at_once(self):
        with self.server.connect() as connection:
            connection.request("GET", f"{self.PLACE}/never-ended", headers={"X-Transform": "mark"})
            received = b""
            while b"FIRST~" not in received:
                received += connection.socket.recv(65536)
        self.assertFreed()

    def test_more_than_anyone_buffers(self):
        response = self.ask("pieces?size=64")
        self.assertEqual(response.body.replace(b"~", b""), b"Y" * (64 * 64 * 1024) + b"!")
        with self.server.connect() as connection:
            connection.request("GET", f"{self.PLACE}/pieces?size=1000", headers={"X-Transform": "mark"})
            self.assertTrue(connection.socket.recv(65536).startswith(b"HTTP/1.1 200 "))
        self.assertFreed()

    def test_pipelined_answers_keep_their_order(self):
        with self.server.connect() as connection:
            for target in (f"loop?size={self.LARGE}", "loop?size=2", "stream?size=20000", "counts"):
                connection.request("GET", f"{self.PLACE}/{target}", headers={"X-Transform": "mark"})
            self.assertEqual(len(connection.read().body), self.LARGE + 1)
            self.assertEqual(connection.read().body, b"XX!")
            self.assertEqual(connection.read().body.replace(b"~", b""), b"X" * 20000 + b"AB!")
            self.assertEqual(connection.read().json["overlaps"], 0)

    def test_what_fails(self):
        # On the loop the filter is told, and the answer is as it was.
        response = self.ask("loop?size=5", "fail")
        self.assertEqual((response.status, response.header("x-done"), response.body), (200, "no", b"xxxxx"))
        self.assertEqual(response.header("accept-ranges"), "bytes")
        mark = self.server.mark()
        response = self.ask(f"loop?size={self.LARGE}", "fail")
        self.assertError(response, 500, "Internal server error")
        # It is another answer: nothing of the first one, and the filters have seen it.
        self.assertEqual((response.header("x-may"), response.header("accept-ranges")), ("no", None))
        self.server.wait_for("A filter failed to transform an answer", since=mark, plugin="uses-transform")
        with self.server.connect() as connection:
            connection.request("GET", f"{self.PLACE}/stream", headers={"X-Transform": "fail"})
            with self.assertRaises((Closed, ConnectionResetError)):
                connection.read()
        self.assertFreed()

    def test_an_answer_that_is_replaced(self):
        for size in (5, self.LARGE):
            response = self.ask(f"loop?size={size}", **{"X-Replace": "1"})
            self.assertEqual((response.status, response.body), (404, b""))
        self.assertFreed()

    def test_a_held_one(self):
        large = f"loop?size={self.LARGE}"
        with contextlib.ExitStack() as stack:
            held = stack.enter_context(self.server.connect())
            held.request("GET", f"{self.PLACE}/{large}", headers={"X-Transform": "hold"})
            eventually(lambda: self.counts()["holding"] == 1, "the only worker is held")
            # Nobody else waits for it, but who needs a worker.
            self.assertEqual(self.server.get("/health").status, 200)
            self.assertEqual(self.ask("loop?size=8").body, b"X" * 8 + b"!")
            waiting = []
            while True:
                made = self.counts()["made"]
                connection = stack.enter_context(self.server.connect())
                connection.request("GET", f"{self.PLACE}/{large}", headers={"X-Transform": "mark"})
                eventually(lambda: self.counts()["made"] == made + 1, "the filter has seen it")
                if self.counts()["alive"] < len(waiting) + 2:
                    break  # the queue is full
                waiting.append(connection)
            self.assertTrue(waiting)
            for response in (connection.read(), self.ask("loop-stream?size=20000")):
                self.assertEqual((response.status, response.header("x-done")), (200, "no"))
                self.assertEqual(set(response.body) - set(b"ab"), {ord("x")})
            # Their time is over.
            response = held.read()
            self.assertError(response, 503, "The request took too long")
            self.assertIsNotNone(response.header("retry-after"))
            for connection in waiting:
                self.assertError(connection.read(), 503, "Server is busy, please try again later")
            # They have not lost their connections.
            self.assertEqual(held.exchange("GET", f"{self.PLACE}/loop").body, b"xxxxx")
            self.let_go()
            self.assertFreed()


class HeldTransforms(unittest.TestCase):
    """A transformer that does not return holds up neither a client's leaving nor a reload."""

    PLACE = "/uses/transform"

    def hold(self, server) -> Connection:
        connection = server.connect()
        connection.request("GET", f"{self.PLACE}/loop?size=300000", headers={"X-Transform": "hold"})
        eventually(lambda: server.get(f"{self.PLACE}/counts").json["holding"] == 1, "a worker is held")
        return connection

    def test_the_client_leaves(self):
        with Mortised(plugins={**ROUTED, "uses-transform": {}}) as server:
            self.hold(server).close()
            server.request("POST", f"{self.PLACE}/let-go")
            eventually(lambda: server.get(f"{self.PLACE}/counts").json["alive"] == 0, "it is freed")

    def test_a_reload(self):
        with Mortised(server={"drain_timeout": "500ms"}, plugins={**ROUTED, "uses-transform": {}}) as server:
            with self.hold(server) as connection:
                server.folder.plugins["hello"] = {}
                server.folder.write()
                server.reload()
                self.assertEqual(connection.read().status, 503)
                self.assertEqual(server.get("/hello").status, 200)
                server.request("POST", f"{self.PLACE}/let-go")
                eventually(lambda: server.get(f"{self.PLACE}/counts").json["alive"] == 0, "it is freed")

    def test_the_stop(self):
        timeouts = {"drain_timeout": "300ms", "shutdown_timeout": "2s"}
        with Mortised(server=timeouts, plugins={**ROUTED, "uses-transform": {}}) as server:
            with self.hold(server) as connection:
                server.signal(signal.SIGTERM)
                self.assertEqual(connection.read().status, 503)
                server.expect_exit(1)  # its code still runs


class Authentication(ServerTest):
    PLUGINS = {**ROUTED, "uses-authenticator": {}}
    PLACE = "/uses/authenticator"

    def test_a_need(self):
        self.assertError(self.server.get(self.PLACE), 401, "No token provided")
        self.assertEqual(self.server.get(self.PLACE).header("www-authenticate"), "Bearer")
        self.assertError(self.server.get(self.PLACE, token="bad"), 401, "Invalid token")
        self.assertEqual(self.server.get(self.PLACE, token="ada").json, {"id": "ada", "admin": False})

    def test_an_option(self):
        self.assertEqual(self.server.get(f"{self.PLACE}/optional").json, {"id": "", "admin": False})
        self.assertEqual(self.server.get(f"{self.PLACE}/optional", token="ada").json["id"], "ada")
        self.assertError(self.server.get(f"{self.PLACE}/optional", token="bad"), 401, "Invalid token")

    def test_a_role(self):
        self.assertError(self.server.get(f"{self.PLACE}/admin"), 401)
        self.assertError(self.server.get(f"{self.PLACE}/admin", token="ada"), 403, "Forbidden")
        self.assertEqual(self.server.get(f"{self.PLACE}/admin", token="admin").json, {"id": "admin", "admin": True})

    def test_a_principal_does_not_outlive_its_request(self):
        with self.server.connect() as connection:
            for token, expected in (("admin", 200), (None, 401), ("ada", 403), ("admin", 200)):
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                self.assertEqual(connection.exchange("GET", f"{self.PLACE}/admin", headers=headers).status, expected)

    def test_a_need_that_nobody_meets(self):
        folder = Folder(plugins={**ROUTED, "uses-roles": {}})
        try:
            done = run("--config", folder.config)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("uses-roles", done.stderr)
            self.assertIn("authenticat", done.stderr)
        finally:
            folder.remove()

    def test_two_that_tell(self):
        folder = Folder(plugins={**ROUTED, "database": {}, "users": {}, "auth": {}, "uses-authenticator": {}})
        try:
            done = run("--config", folder.config)
            self.assertNotEqual(done.returncode, 0)
            for name in ("auth", "uses-authenticator"):
                self.assertIn(f"'{name}'", done.stderr)
        finally:
            folder.remove()


class HostServices(ServerTest):
    PLUGINS = {
        **ROUTED, "health": {"cache": "0s"}, "database": {"url": "sqlite:///test.db"}, "users": {},
        "auth": {}, **{f"uses-{name}": {} for name in ("crypto", "database", "json", "loop", "network", "password", "readiness", "routes", "timer", "users")},
    }
    SERVER = {"workers": "2"}

    def test_timers(self):
        with self.server.connect() as connection:
            for _ in range(5):
                self.assertEqual(connection.exchange("GET", "/uses/timer").json, {"cancelled": True, "ranAnyway": False, "onWorker": True})
        taken = self.server.get("/uses/timer/flood").json["taken"]
        self.assertLessEqual(taken, 1024)
        self.assertGreater(taken, 900)
        # Who asks takes the room that there is: what many small floods took counts as one.
        taken = []

        def again() -> bool:
            taken.append(self.server.get("/uses/timer/flood").json["taken"])
            return sum(taken) > 900

        eventually(again, "timers that ran make room")

    def test_crypto(self):
        made = self.server.get("/uses/crypto").json
        self.assertEqual(made["sha256"], "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        self.assertEqual(made["hmac"], "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")  # RFC 4231, case 2
        self.assertEqual((made["equal"], made["unequal"], made["secretBytes"]), (True, False, 32))
        self.assertLess(made["uuid"], made["laterUuid"])
        self.assertEqual(made["uuid"][14], "7")
        self.assertNotEqual(made["random"], self.server.get("/uses/crypto").json["random"])

    def test_passwords(self):
        body = {"password": "correct horse", "guess": "correct horse"}
        made = self.server.post("/uses/password", body).json
        self.assertTrue(made["hash"].startswith("$2b$04$"), made)
        self.assertTrue(made["matches"])
        self.assertFalse(self.server.post("/uses/password", {**body, "guess": "Correct horse"}).json["matches"])
        self.assertFalse(self.server.post("/uses/password/unknown", body).json["matches"])

    def test_json(self):
        def post(text):
            return self.server.request("POST", "/uses/json", body=text, headers={"Content-Type": "text/plain"})

        self.assertEqual(post(b'{"x":1,"names":["a","\\u00e9"],"other":[{}]}').json, {"x": 1, "y": 1.5, "names": ["a", "é"]})
        for bad in (b"", b"{", b"[]", b'{"x":"1"}', b'{"y":1}', b'{"x":1,"names":["a","b","c","d"]}', b'{"x":1e400}', b"\xff"):
            with self.subTest(bad=bad):
                self.assertError(post(bad), 400)

    def test_json_that_is_parsed_already(self):
        def post(text):
            return self.server.request("POST", "/uses/json/check", body=text, headers={"Content-Type": "text/plain"})

        self.assertEqual(post(b'{"query":{"x":1,"names":["a","\\u00e9"],"other":[{}]}}').json, {"x": 1, "y": 1.5, "names": ["a", "\xe9"]})
        self.assertInvalid(post(b'{"query":{"x":"1","names":[1]}}'), ("query", "/x", "type"), ("query", "/names/0", "type"))
        self.assertInvalid(post(b'{"body":{}}'), ("body", "/x", "required"))
        self.assertInvalid(post(b'{"path":null}'), ("path", "", "type"))
        self.assertError(post(b'{"elsewhere":{"x":1}}'), 500)

    def test_loops(self):
        on, off = self.server.get("/uses/loop/on").json, self.server.get("/uses/loop/off").json
        self.assertGreaterEqual(on["loops"], 1)
        self.assertIn(on["current"], range(1, on["loops"] + 1))
        self.assertEqual((on["deferred"], off["current"], off["deferred"]), (True, 0, False))
        self.assertGreater(self.server.get("/uses/loop/off").json["batches"], on["batches"])
        self.assertEqual(self.server.get("/uses/loop/busy").json["current"], 0)
        busy = self.server.get("/uses/loop/always-busy")
        self.assertError(busy, 503)
        self.assertTrue(busy.header("retry-after"))

    def test_networks(self):
        self.assertEqual(self.server.get("/uses/network").body, b"127.0.0.1")
        with Mortised(plugins={**ROUTED, "uses-network": {"allow": "10.0.0.0/8, ::1"}}) as server:
            self.assertEqual(server.get("/uses/network").status, 404)

    def test_routes(self):
        get = self.server.get
        self.assertEqual(get("/uses/routes/7").json, {"id": 7, "limit": 10, "route": "/uses/routes/:id"})
        self.assertEqual(get("/uses/routes/7?limit=3").json["limit"], 3)
        self.assertInvalid(get("/uses/routes/7?limit=0"), ("query", "/limit", "minimum"))
        for bad in ("0", "x", "1.5", "-1"):
            self.assertError(get(f"/uses/routes/{bad}"), 404)
        self.assertEqual(get("/uses/routes/files/a/b%2Fc").body, b"a/b/c")
        body = {"id": 1, "limit": 2, "route": "r"}
        self.assertEqual(self.server.post("/uses/routes", body).status, 201)
        self.assertInvalid(self.server.post("/uses/routes", {**body, "more": 1}), ("body", "/more", "additionalProperties"))
        self.assertError(self.server.post("/uses/routes", {**body, "route": "x" * 1100}), 413)
        self.assertEqual(self.server.request("PUT", "/uses/routes").json, {"id": 0, "limit": 0, "route": ""})
        self.assertEqual(self.server.request("PUT", "/uses/routes").header("cache-control"), "no-store")
        self.assertEqual(self.server.delete("/uses/routes").status, 204)

    def test_routes_are_shown_as_they_were_declared(self):
        shown = self.server.get("/uses/routes/shown").json
        self.assertGreater(shown["generation"], 0)
        by_route = {route["route"]: route for route in shown["routes"]}
        self.assertEqual(by_route["DELETE /uses/routes"], {
            "plugin": "uses-routes", "route": "DELETE /uses/routes", "id": "forget", "text": "Forgets *everything*.", "deprecated": True,
            "responses": ["204  Forgotten", "200 text/csv What was there"]})
        self.assertEqual(by_route["GET /health"]["plugin"], "health")
        own = [route["route"] for route in shown["routes"] if route["plugin"] == "uses-routes"]
        self.assertEqual(own[:3], ["GET /uses/routes/:id", "GET /uses/routes/files/*rest", "POST /uses/routes"])

    def test_another_plugin_s_table(self):
        self.assertEqual(self.server.get("/uses/users?email=nobody@example.com").status, 404)
        made = self.server.post("/uses/users", {"name": "Ada", "email": "Table@example.com"})
        self.assertEqual(made.status, 201, made)
        self.assertEqual(self.server.post("/uses/users", {"name": "Eve", "email": "table@EXAMPLE.com"}).status, 409)
        found = self.server.get("/uses/users?email=TABLE@example.com").json
        self.assertEqual((found["id"], found["name"], found["role"], found["sameById"]), (made.json["id"], "Ada", "user", True))

    def test_an_optional_table_that_is_not_there(self):
        with Mortised(plugins={**ROUTED, "uses-users": {}}) as server:
            response = server.get("/uses/users?email=a@example.com")
            self.assertEqual((response.status, response.json["error"]), (503, "No users here"))
            self.assertEqual(server.post("/uses/users", {"name": "Ada", "email": "a@example.com"}).status, 503)

    def test_the_database(self):
        first = self.server.get("/uses/database").json["version"]
        self.assertEqual(self.server.post("/uses/database", {"title": "a", "stars": 3}).status, 201)
        self.assertEqual(self.server.post("/uses/database", {"title": "b"}).status, 201)
        self.assertError(self.server.post("/uses/database", {"title": "a"}), 409, "Title is taken")
        self.assertError(self.server.post("/uses/database", {"title": "rolled back"}), 500)
        seen = self.server.get("/uses/database").json
        self.assertEqual([note["title"] for note in seen["notes"]], ["a", "b"])
        self.assertEqual(seen["notes"][0]["stars"], 3)
        self.assertNotEqual(seen["version"], first)

    def test_readiness(self):
        self.assertEqual(self.server.get("/ready").status, 200)
        self.server.post("/uses/readiness/down")
        try:
            ready = eventually(lambda: (r := self.server.get("/ready")).status == 503 and r, "the check fails")
            self.assertIn("uses-readiness", ready.body.decode())
            mine = self.server.get("/uses/readiness").json
            self.assertEqual((mine["ready"], mine["checks"]["uses-readiness"], mine["checks"]["database"]), (False, "turned down", "ok"))
        finally:
            self.server.post("/uses/readiness/up")
        eventually(lambda: self.server.get("/ready").status == 200, "it is ready again")


class Handovers(unittest.TestCase):
    def test_state_outlives_an_instance(self):
        with Mortised(plugins={**ROUTED, "uses-handover": {}}) as server:
            count = lambda: server.get("/uses/handover").json["count"]  # noqa: E731
            self.assertEqual([count(), count()], [1, 2])
            server.folder.plugins["uses-handover"]["step"] = "10"
            server.folder.write()
            server.reload()
            self.assertEqual(count(), 12)
            # What may not be handed over is left, and said.
            server.folder.plugins["uses-handover"]["oversized"] = "true"
            server.folder.write()
            server.reload()
            self.assertEqual(count(), 22)
            server.folder.plugins["uses-handover"]["oversized"] = "false"
            server.folder.write()
            mark = server.mark()
            server.reload()
            server.wait_for("A plugin's state is too large to be handed over", since=mark, plugin="uses-handover")
            self.assertEqual(count(), 10)


class Migrations(unittest.TestCase):
    def test_what_is_declared_is_handed_to_whoever_runs_them(self):
        with Mortised(plugins={**ROUTED, "uses-migrations": {}}) as server:
            self.assertEqual(server.get("/uses/migrations").json["migrations"],
                             ["uses-migrations/0001-first", "uses-migrations/0002-second"])

    def test_they_have_a_command(self):
        folder = Folder(plugins={**ROUTED, "uses-migrations": {}})
        for action in ("status", "up"):
            done = run("--config", folder.config, "migrate", action)
            self.assertEqual((done.returncode, done.stdout), (0, f"{action} of 2\n"), done.stderr)
        none = run("--config", Folder(plugins=ROUTED).config, "migrate", "status")
        self.assertEqual((none.returncode, none.stderr), (1, "mortised: no enabled plugin has migrations\n"))

    def test_flags_that_nobody_knows_are_a_mistake(self):
        folder = Folder(plugins={**ROUTED, "uses-migrations": {}, "flags-migrations": {}})
        done = run("--config", folder.config, "--check-config")
        self.assertEqual(done.returncode, 78)
        self.assertIn("plugin 'flags-migrations': migration '0001-odd' has the unknown flag 128", done.stderr)


class LogSink(unittest.TestCase):
    def test_records_come_typed_redacted_and_with_their_request(self):
        folder = Folder(plugins={"routing": {}, "uses-log": {}})
        # The sink takes the record that tells the port: a path is known beforehand.
        path = str(folder.path / "http.sock")
        folder.server["listen"] = f"unix:{path}"
        folder.write()
        server = Mortised(folder, start=False)
        try:
            server.start(ready=False)

            def connected():
                try:
                    return Connection(path)
                except OSError:
                    return None

            with eventually(connected, "it listens") as connection:
                self.assertEqual(connection.exchange("GET", "/uses/log", headers={"X-Request-Id": "the-one"}).status, 204)
                lines = connection.exchange("GET", "/uses/log/taken").json["lines"]
            mine = [line for line in lines if " uses-log.fixture " in line or " fixture " in line]
            self.assertEqual([line.split()[0] for line in mine], sorted(line.split()[0] for line in mine), mine)
            self.assertEqual(len(mine), 4, lines)  # the trace is below the sink's level
            text = "\n".join(mine)
            for expected in ("a debug", "x=1.5", "an info", "text=seen", "a warning", "yes=1", "an error", "requestId=the-one"):
                self.assertIn(expected, text)
            self.assertNotIn("must not be seen", text)
            self.assertIn("password=", text)
            server.stop()
        finally:
            server.close()
            folder.remove()


if __name__ == "__main__":
    unittest.main()
