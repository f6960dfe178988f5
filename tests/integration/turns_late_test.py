# SPDX-License-Identifier: Apache-2.0
"""Plugins that go on with a request after the host has ended it: what they read is still theirs, what they say is STALE."""

import contextlib
import unittest

from http1 import Closed, ProtocolError
from mortised import eventually
from turns import DEADLINE, TurnsTest, ms

TOO_LONG = "The request took too long"
ENDED = "A plugin did not answer a request in time"
OFTEN = 40  # as many other requests want the memory that was given back too early


class Late(TurnsTest):
    PLUGINS = {"replies-late": {}, "streams-on": {}, "uses-exchange": {}}

    def others(self, text: str):
        """Other clients' requests of the same shape, with their own words where those of the first one stood."""
        for number in range(OFTEN // 4):
            with self.server.connect() as connection:
                for _ in range(4):
                    theirs = f"/hello?gate=other&text={'x' * len(text)}{number % 10}"
                    self.assertEqual(connection.exchange("GET", theirs, headers={"X-Agent": "other"}).status, 200)

    def assertCut(self, connection):
        with self.assertRaises((Closed, ProtocolError, ConnectionResetError)):
            connection.read(timeout_s=DEADLINE * 8)

    def read_again(self, connection, gate: str, query: str):
        """Opens the gate: the plugin must read what it got, and its call be STALE."""
        self.others(query)
        mark = self.server.mark()
        self.open(gate)
        self.assertEqual(self.server.wait_for("Read again", since=mark)["what"], query)
        field = self.server.wait_for("Read the field again", since=mark)
        self.assertEqual((field["what"], field["number"]), ("one", 1))  # 1: it is told that the request has ended
        self.assertEqual(self.server.wait_for("Replied late", since=mark)["number"], -3)
        # The late call of a turn that the host itself ended is normal: nobody is warned. (That it ended it may be read late.)
        self.assertEqual([record for record in self.server.records[mark:]
                          if record["level"] in ("warn", "error") and record.get("plugin") == "replies-late"
                          and record["msg"] != ENDED], [])
        connection.close()

    def late(self, end, place: str = "/replies-late", **settings):
        server = self.serve(**settings)
        self.assertIs(server, self.server)
        query = "gate=late&text=" + "mine" * 10
        connection = self.at_gate("late", f"{place}?{query}", X_Agent="one")
        end()
        response = connection.read(timeout_s=DEADLINE * 8)
        self.assertUnavailable(response)
        self.read_again(connection, "late", query)
        return response

    def setUp(self):
        pass  # each test starts what it needs

    # contract: reload.outcome
    def test_after_a_reload(self):
        for place in ("/replies-late", "/replies-late/loop"):
            with self.subTest(place=place):
                self.late(lambda: self.renew("replies-late"), place, drain_timeout="0s")

    # contract: reload.outcome
    def test_after_more_generations_than_may_drain(self):
        self.late(lambda: self.renew_often("replies-late"))

    def test_after_the_deadline(self):
        response = self.late(lambda: None, handler_timeout=ms(DEADLINE))
        self.assertEqual(response.json["error"], TOO_LONG)

    def test_after_the_deadline_of_the_request(self):
        response = self.late(lambda: None, request_timeout=ms(DEADLINE))
        self.assertEqual(response.json["error"], TOO_LONG)

    def test_after_the_client_has_left(self):
        # Not ended, only cancelled: it completes, and its reply is dropped with OK.
        self.serve()
        query = "gate=left&text=mine"
        connection = self.at_gate("left", f"/replies-late?{query}", X_Agent="one")
        connection.reset()
        self.others(query)
        self.open("left")
        self.assertEqual(self.server.wait_for("Read again")["what"], query)
        self.assertEqual(self.server.wait_for("Replied late")["number"], 0)
        self.assertLost("/replies-late")

    def stream(self, end, **settings):
        self.serve(**settings)
        query = "gate=stream&pieces=2&text=" + "mine" * 10
        connection = self.at_gate("stream", f"/streams-on?{query}", X_Agent="one")
        end()
        self.assertCut(connection)
        self.others(query)
        self.open("stream")
        for message in ("Read to the end", "Ended the stream"):
            self.assertEqual(self.server.wait_for(message)["what"], query)

    def test_a_stream_that_was_silent_too_long(self):
        self.stream(lambda: None, handler_timeout=ms(DEADLINE))

    def test_a_stream_whose_generation_ended(self):
        self.stream(lambda: self.renew("streams-on"), drain_timeout="0s")

    def test_a_stream_whose_client_left(self):
        self.serve()
        query = "gate=gone&pieces=100000&text=mine"
        connection = self.at_gate("gone", f"/streams-on?{query}")
        connection.close()
        self.others(query)
        self.open("gone")
        record = self.server.wait_for("Read to the end")
        self.assertEqual((record["what"], record["number"]), (query, -3))  # the writer is told
        self.assertEqual(self.server.wait_for("Ended the stream")["what"], query)


class Whole(TurnsTest):
    PLUGINS = {"streams-on": {}}

    def test_ten_mebibytes_inside_one_call(self):
        with self.server.connect() as connection:
            for size, pieces in ((65536, 160), (1 << 20, 10), (10 << 20, 1), (1000, 10486)):
                response = connection.exchange("GET", f"/streams-on?pieces={pieces}&size={size}")
                self.assertEqual(response.status, 200)
                self.assertEqual(len(response.body), len("begin,") + pieces * size)
                self.assertEqual(response.body.lstrip(b"begin,").strip(b"s"), b"")
            self.assertEqual(connection.exchange("HEAD", "/streams-on?pieces=160").status, 200)
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    def test_a_client_that_leaves_in_the_middle(self):
        for _ in range(4):
            mark = self.server.mark()
            with self.server.connect() as connection:
                connection.request("GET", "/streams-on?pieces=1000000")
                received = 0
                while received < 1 << 20:
                    received += len(connection.socket.recv(65536))
            self.assertEqual(self.server.wait_for("Read to the end", since=mark)["number"], -3)
            self.server.wait_for("Ended the stream", since=mark)
        with contextlib.closing(self.send("/streams-on?pieces=16")) as connection:
            self.assertEqual(len(connection.read().body), 6 + 16 * 65536)

    def test_thirty_requests_in_one_segment_cut_in_the_middle(self):
        for cut in (1, 20, 60):
            with self.subTest(cut=cut), self.server.connect() as connection:
                requests = [f"GET /hello?name=number-{n} HTTP/1.1\r\nHost: t\r\nX-Agent: pipelined\r\n\r\n".encode() for n in range(30)]
                connection.send(b"".join(requests[:29]) + requests[29][:cut])
                for number in range(29):
                    self.assertEqual(connection.read().json, {"hello": f"number-{number}"})
                connection.send(requests[29][cut:])
                self.assertEqual(connection.read().json, {"hello": "number-29"})

    def test_thirty_requests_of_which_the_plugin_cuts_one(self):
        """Whole responses before the cut reach the client, whatever it asked for in the same segment."""
        request = b"GET /hello?name=x HTTP/1.1\r\nHost: t\r\n\r\n"
        for before in (1, 14, 29):
            with self.subTest(before=before), self.server.connect() as connection:
                cut = b"GET /streams-on/cut HTTP/1.1\r\nHost: t\r\n\r\n"
                connection.send(request * before + cut + request * (29 - before))
                for _ in range(before):
                    self.assertEqual(connection.read().json, {"hello": "x"})
                self.assertEqual(connection.rest(), b"")

    def test_thirty_requests_and_a_client_that_leaves(self):
        request = b"GET /hello?name=x HTTP/1.1\r\nHost: t\r\n\r\n"
        stream = b"GET /streams-on?pieces=3 HTTP/1.1\r\nHost: t\r\n\r\n"
        for cut in range(3, len(stream), 8):
            with self.server.connect() as connection:
                connection.send(request * 14 + stream + request * 14 + stream[:cut])
                for number in range(29):
                    response = connection.read()
                    self.assertEqual((response.status, len(response.body) > 1000), (200, number == 14))
        self.assertEqual(self.server.get("/hello").status, 200)


if __name__ == "__main__":
    unittest.main()
