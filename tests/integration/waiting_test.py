# SPDX-License-Identifier: Apache-2.0
"""Authenticators and filters of responses that wait: another thread says how the request goes on, in time or too late."""

import signal
import time
import unittest

from mortised import EVENT_S, HANG_TIMEOUT, SLOWNESS, eventually
from turns import DEADLINE, TurnsTest, ms

TOO_LONG = "The request took too long"
PLACEMENTS = ("loop", "worker")


class Waiting(TurnsTest):
    """By the C interface alone; PLUGIN waits where its field says so."""

    PLUGIN = ""
    TARGET = ""
    FIELD = ""

    def setUp(self):
        if self.PLUGIN == "":
            self.skipTest("of those that derive from it")

    def begin(self, placement: str, **server: str):
        self.serve({self.PLUGIN: {"tag": placement}, "replies-late": {}}, **server)

    def ask(self, wish: str):
        return self.send(self.TARGET, **{self.FIELD: wish}).read()

    def wait(self, wish: str, gate: str = "held"):
        """A connection whose request waits at the gate."""
        return self.at_gate(gate, self.TARGET, **{self.FIELD: f"{wish} {gate}"})

    def assertWatched(self, cancelled: int, since: int = 0):
        """on_cancelled was called so often, on_ended once before the release, and the release once."""
        self.assertEqual(self.server.wait_for("Released the watch", since=since)["number"], cancelled * 10 + 1)
        self.assertEqual(self.server.get("/hello").status, 200)
        self.assertEqual(len(self.server.found("Released the watch", since=since)), 1)
        self.assertEqual(len(self.server.found("Cancelled", since=since)), cancelled)

    def late(self, wish: str, end, message: tuple[str, ...] = (), **server: str):
        """The host ends the request, in the way that `end` provokes; what is said then is STALE."""
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement, **server)
                connection = self.wait(wish)
                end()
                self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8), *message)
                self.assertWatched(cancelled=1)
                self.open("held")
                self.assertEqual(self.server.wait_for("Said", what=wish)["number"], -3)

    def left(self, wish: str):
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement)
                connection = self.wait(wish)
                connection.reset()
                self.server.wait_for("Cancelled", what=wish)
                self.assertLost(self.TARGET)
                self.open("held")
                self.assertEqual(self.server.wait_for("Said", what=wish)["number"], 0)  # taken, and dropped
                self.assertWatched(cancelled=1)

    def stopped(self, wish: str):
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement, drain_timeout=ms(DEADLINE))
                connection = self.wait(wish)
                self.server.signal(signal.SIGTERM)
                response = connection.read(timeout_s=DEADLINE * 8)
                self.assertUnavailable(response, "Server is stopping")
                self.open("held")
                self.server.expect_exit(0)
                # The plugin "logging" may be gone by now, and with it the types of numbers.
                self.assertEqual(int(self.server.wait_for("Said", what=wish)["number"]), -3)
                self.assertEqual([int(record["number"]) for record in self.server.found("Released the watch")], [11])

    def said_twice(self, body: str):
        """The second terminal call of a turn, whose first makes the response `body`."""
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement)
                # While the first has not taken effect it counts, and is an error: surely before the call has returned.
                for wish in ("early twice", "twice"):
                    mark = self.server.mark()
                    response = self.ask(wish)
                    self.assertIn(response.status, (500,) if wish == "early twice" else (200, 500), response)
                    if response.status == 500:
                        self.assertNamed(self.PLUGIN, mark)
                # Behind it the turn is over.
                mark = self.server.mark()
                self.assertEqual(self.ask("again").body, body.encode())
                self.assertEqual(self.server.wait_for("Said again", since=mark)["number"], -3)

    def quarantined(self, wish: str):
        """While it is asked for a service it hangs; it is called no more."""
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement, control_timeout=HANG_TIMEOUT)
                connection = self.wait(wish)
                self.gates.append("opening")
                self.server.folder.plugins["needs-counts"] = {}
                self.server.folder.write()
                self.server.reload("Reload failed")
                self.assertUnavailable(connection.read(timeout_s=EVENT_S))
                self.server.wait_for("A plugin missed a deadline and is quarantined until restart", plugin=self.PLUGIN)
                self.open("held")
                self.assertEqual(self.server.wait_for("Said", what=wish)["number"], -3)
                self.assertEqual(self.server.get("/hello").status, 200)
                self.assertEqual(self.server.found("Released the watch") + self.server.found("Cancelled"), [])


class Authenticators(Waiting):
    PLUGIN = "decides-later"
    TARGET = "/decides-later"
    FIELD = "X_Verdict"

    def test_a_verdict_of_another_thread(self):
        for placement in PLACEMENTS:
            self.begin(placement)
            for early in ("", "early "):
                for wish, status, text in (("accept", 200, b"ada"), ("reject", 401, b"Invalid token"),
                                           ("missing", 401, b"No token provided"), ("abandon", 500, b"Internal server error")):
                    with self.subTest(placement=placement, wish=early + wish):
                        mark = self.server.mark()
                        response = self.ask(early + wish)
                        self.assertEqual(response.status, status, response)
                        self.assertIn(text, response.body)
                        self.assertEqual(self.server.wait_for("Said", since=mark, what=wish)["number"], 0)
                        self.assertWatched(cancelled=0, since=mark)

    def test_none_is_there_before_the_verdict(self):
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement)
                connection = self.wait("accept")
                self.assertEqual(self.server.get("/hello").status, 200)
                self.assertEqual(self.server.found("Said"), [])
                self.open("held")
                self.assertEqual(connection.read().body, b"ada")

    def test_a_second_verdict(self):
        self.said_twice("ada")

    def test_what_is_no_verdict(self):
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement)
                self.assertEqual(self.ask("resume").status, 500)
                self.assertNamed("decides-later")

    def test_a_client_that_leaves(self):
        self.left("accept")

    def test_the_deadline_of_the_turn(self):
        self.late("accept", lambda: None, (TOO_LONG,), handler_timeout=ms(DEADLINE))

    def test_the_deadline_of_the_request(self):
        self.late("accept", lambda: None, (TOO_LONG,), request_timeout=ms(DEADLINE))

    # contract: reload.outcome
    def test_a_reload(self):
        self.late("accept", lambda: self.renew("decides-later"), drain_timeout="0s")

    def test_a_stop(self):
        self.stopped("accept")

    def test_a_quarantine(self):
        self.quarantined("accept")


class Responses(Waiting):
    PLUGIN = "waits-at-responses"
    TARGET = "/waits-at-responses"
    FIELD = "X_Respond"

    def test_another_thread_lets_it_go(self):
        for placement in PLACEMENTS:
            self.begin(placement)
            for early in ("", "early "):
                for wish, status, text in (("proceed", 200, b"the response"), ("fail", 500, b"Internal server error"),
                                           ("abandon", 500, b"Internal server error")):
                    with self.subTest(placement=placement, wish=early + wish):
                        mark = self.server.mark()
                        response = self.ask(early + wish)
                        self.assertEqual((response.status, response.header("x-waited")), (status, "yes"), response)
                        self.assertIn(text, response.body)
                        self.assertEqual(self.server.wait_for("Said", since=mark, what=wish)["number"], 0)
                        self.assertWatched(cancelled=0, since=mark)

    def test_also_responses_to_nothing(self):
        self.begin("loop")
        response = self.send("/is-nowhere", X_Respond="proceed").read()
        self.assertEqual((response.status, response.header("x-waited")), (404, "yes"), response)

    def test_nobody_replies_there(self):
        for placement in PLACEMENTS:
            with self.subTest(placement=placement):
                self.begin(placement)
                response = self.ask("reply")
                self.assertNotIn(b"in its place", response.body)
                self.assertLess(self.server.wait_for("Replied")["number"], 0)

    def test_a_second_resume(self):
        self.said_twice("the response")

    def test_the_next_request_of_the_connection_waits(self):
        self.begin("loop")
        connection = self.wait("proceed")
        connection.request("GET", "/hello")
        self.open("held")
        self.assertEqual(connection.read().body, b"the response")
        self.assertEqual(connection.read().json, {"hello": "world"})

    def test_a_client_that_leaves(self):
        self.left("proceed")

    def test_the_deadline_of_the_turn(self):
        self.late("proceed", lambda: None, (TOO_LONG,), handler_timeout=ms(DEADLINE))

    def test_the_deadline_of_the_request(self):
        self.late("proceed", lambda: None, (TOO_LONG,), request_timeout=ms(DEADLINE))

    # contract: reload.outcome
    def test_a_reload(self):
        self.late("proceed", lambda: self.renew("waits-at-responses"), drain_timeout="0s")

    def test_a_stop(self):
        self.stopped("proceed")

    def test_a_quarantine(self):
        self.quarantined("proceed")


class InCxx(TurnsTest):
    """As an author writes it: later(), tasks(), watch() and clock()."""

    def setUp(self):
        pass

    def begin(self, workers: str, **server: str):
        self.serve({"waits": {"workers": workers}}, **server)

    def ask(self, target: str, **headers):
        return self.send(target, **headers).read()

    def test_verdicts_of_a_task(self):
        for workers in ("false", "true"):
            self.begin(workers)
            for wish, status, text in (("accept", 200, b"ada"), ("reject", 401, b"Invalid token"), ("twice", 200, b"ada"),
                                       ("missing", 401, b"No token provided"), ("drop", 500, b"Internal server error")):
                with self.subTest(workers=workers, wish=wish):
                    response = self.ask("/waits", X_Verdict=wish)
                    self.assertEqual(response.status, status, response)
                    self.assertIn(text, response.body)
            self.assertIn("one verdict", self.server.wait_for("Refused")["reason"])
            self.assertNamed("waits")

    def test_responses_that_a_task_lets_go(self):
        for workers in ("false", "true"):
            self.begin(workers)
            for wish, status in (("task", 200), ("post", 200), ("drop", 500)):
                with self.subTest(workers=workers, wish=wish):
                    response = self.ask("/waits/open", X_Respond=wish)
                    self.assertEqual((response.status, response.header("x-waited")), (status, "yes"), response)

    def hold(self, field: str, target: str, end, lost: bool = False, **server: str):
        """Held until it is cancelled: spoken of too late, and destroyed once."""
        for workers in ("false", "true"):
            with self.subTest(workers=workers, field=field):
                self.begin(workers, **server)
                connection = self.send(target, **{field: "hold"})
                self.server.wait_for("Holding")
                end(connection)
                if not lost:
                    self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8))
                destroyed = self.server.wait_for("Destroyed")
                self.assertEqual((destroyed["cancelled"], destroyed["ended"]), (1, 1))
                self.assertEqual(self.server.get("/hello").status, 200)
                self.assertEqual(len(self.server.found("Destroyed")), 1)
                self.assertEqual(self.server.found("A callback threw"), [])

    def each(self, end, **options):
        for field, target in (("X_Verdict", "/waits"), ("X_Respond", "/waits/open")):
            self.hold(field, target, end, **options)

    def test_a_client_that_leaves(self):
        self.each(lambda connection: connection.reset(), lost=True)

    def test_the_deadline(self):
        self.each(lambda connection: None, request_timeout=ms(DEADLINE))

    # contract: reload.outcome
    def test_a_reload(self):
        self.each(lambda connection: self.renew("waits"), drain_timeout="0s")

    def test_the_clock(self):
        self.begin("false", request_timeout="20s")
        times = self.ask("/waits/clock").json
        again = self.ask("/waits/clock").json
        self.assertGreaterEqual(again["monotonic"], times["monotonic"])
        self.assertLess(abs(times["sinceEpoch"] - time.time() * 1000), 5000 * SLOWNESS)
        # A request's deadline is of this clock.
        self.assertLessEqual(times["deadline"] - times["monotonic"], 20_100)
        self.assertGreater(times["deadline"] - times["monotonic"], 20_000 - 5000 * SLOWNESS)


del Waiting  # its tests are those of the classes above

if __name__ == "__main__":
    unittest.main()
