# SPDX-License-Identifier: Apache-2.0
"""Plugins that say too much, too late or for others: a turn is good once, for its owner."""

import unittest

from mortised import eventually
from turns import TurnsTest


class Filters(TurnsTest):
    PLUGINS = {"replies-after-ok": {}, "exceeds-its-flags": {}, "gate": {}, "resumes-anothers-wait": {}}

    def test_a_filter_that_speaks_after_it_let_the_request_pass(self):
        for how in ("reply", "resume", "abandon"):
            with self.subTest(how=how):
                mark = self.server.mark()
                response = self.send("/replies-after-ok", X_Late=how).read()
                # The route's own answer, which tells that the late call was STALE.
                self.assertEqual((response.status, response.body), (200, b"-3"), response)
                self.assertNamed("replies-after-ok", mark)

    def test_the_warning_is_not_one_a_request(self):
        for _ in range(50):
            self.assertEqual(self.send("/replies-after-ok", X_Late="reply").read().body, b"-3")
        warnings = [record for record in self.server.records
                    if record.get("plugin") == "replies-after-ok" and record["level"] in ("warn", "error")]
        self.assertTrue(warnings)
        self.assertLess(len(warnings), 50)

    def test_nobody_ends_the_wait_of_another(self):
        for number in range(3):
            gate = f"kept-{number}"
            mark = self.server.mark()
            kept = self.at_gate(gate, "/hello", X_Gate=gate)
            handle = self.server.wait_for("Keeping a request", since=mark)["what"]
            stranger = self.send(f"/resumes-anothers-wait?handle={handle}").read()
            self.assertEqual((stranger.status, stranger.body), (200, b"nothing"), stranger)
            self.assertNamed("resumes-anothers-wait")
            self.open(gate)
            response = kept.read()
            self.assertEqual((response.status, response.body), (403, b"refused by the gate"), response)
            self.assertEqual(self.server.wait_for("Refused", since=mark)["number"], 0)

    def test_guessing_through_the_space_of_handles_finds_nothing(self):
        kept = self.at_gate("kept", "/hello", X_Gate="kept")
        handle = int(self.server.wait_for("Keeping a request")["what"])
        with self.server.connect() as connection:
            for guess in (0, 1, 2**64 - 1, 2**63, handle ^ (2**38 - 1), handle & (2**38 - 1), handle >> 1, handle * 2 % 2**64):
                stranger = connection.exchange("GET", f"/resumes-anothers-wait?handle={guess}")
                self.assertEqual((stranger.status, stranger.body), (200, b"nothing"), (guess, stranger))
        self.open("kept")
        self.assertEqual(kept.read().status, 403)

    def test_a_filter_that_waits_without_the_flag(self):
        mark = self.server.mark()
        response = self.send("/hello", X_Exceed="wait").read()
        self.assertEqual(response.status, 500, response)
        self.assertNamed("exceeds-its-flags", mark)

    def test_a_filter_that_replies_without_the_flag(self):
        mark = self.server.mark()
        self.assertEqual(self.send("/hello", X_Exceed="reply").read().status, 500)
        self.assertEqual(self.server.wait_for("Replied without the flag", since=mark, what="reply")["number"], -3)
        self.assertNamed("exceeds-its-flags", mark)
        # Refused the same way, but then it lets the request pass.
        self.assertEqual(self.send("/hello", X_Exceed="reply-pass").read().status, 200)
        self.assertEqual(self.server.wait_for("Replied without the flag", since=mark, what="reply-pass")["number"], -3)


class Authenticators(TurnsTest):
    PLUGINS = {"two-verdicts": {}}

    def ask(self, verdicts: str):
        return self.send("/two-verdicts", X_Verdicts=verdicts).read()

    def test_one_verdict(self):
        self.assertEqual(self.ask("accept").body, b"somebody")
        for verdict in ("reject", "missing"):
            response = self.ask(verdict)
            self.assertEqual((response.status, response.header("www-authenticate")), (401, "Bearer"), response)

    def test_two_verdicts_are_an_error_in_any_order(self):
        for first in ("accept", "reject", "missing"):
            for second in ("accept", "reject", "missing"):
                with self.subTest(first=first, second=second):
                    mark = self.server.mark()
                    response = self.ask(f"{first} {second}")
                    self.assertEqual(response.status, 500, response)
                    self.assertEqual(response.json["error"], "Internal server error")
                    self.assertNamed("two-verdicts", mark, ("error", "warn"))

    def test_no_verdict(self):
        mark = self.server.mark()
        self.assertEqual(self.ask("none").status, 500)
        self.assertNamed("two-verdicts", mark)

    def test_a_verdict_after_the_call(self):
        mark = self.server.mark()
        self.assertEqual(self.ask("accept late reject").body, b"somebody")
        self.assertEqual(self.server.wait_for("Said", since=mark, what="reject")["number"], -3)
        self.assertNamed("two-verdicts", mark)

    def test_an_authenticator_does_not_reply(self):
        response = self.ask("reply")
        self.assertEqual(response.status, 500, response)
        self.assertNamed("two-verdicts")
        self.assertNotIn(b"from the authenticator", response.body)


class Handlers(TurnsTest):
    PLUGINS = {"replies-twice": {}, "replies-before-return": {}}

    def test_two_replies_are_an_error(self):
        with self.server.connect() as connection:
            for _ in range(3):
                response = connection.exchange("GET", "/replies-twice")
                self.assertEqual(response.status, 500, response)
                self.assertEqual(response.json["error"], "Internal server error")
            self.assertNamed("replies-twice")
            self.assertEqual(connection.exchange("GET", "/hello").status, 200)

    def replies(self, place: str, how: str, rounds: int):
        """The request stays whole under a call whose answer another thread has given; others come in behind it."""
        for number in range(rounds):
            with self.server.connect() as connection, self.server.connect() as other:
                mine, next_one = f"how={how}&text=mine-{number}", f"how={how}&text=next-{number}"
                head = " HTTP/1.1\r\nHost: t\r\nX-Agent: one\r\n\r\n"
                connection.send(f"GET {place}?{mine}{head}GET {place}?{next_one}{head}".encode())
                other.request("GET", f"{place}?how={how}&text=other-{number}")
                first, second, third = connection.read(), connection.read(), other.read()
                if how == "abandon":
                    self.assertEqual([one.status for one in (first, second, third)], [500] * 3)
                    continue
                self.assertEqual((first.status, first.body), (200, mine.encode()), first)
                self.assertEqual((second.status, second.body), (200, next_one.encode()), second)
                self.assertEqual((third.status, third.body), (200, f"how={how}&text=other-{number}".encode()), third)
        told = eventually(lambda: self.told(3 * rounds), "each call tells what it read")
        self.assertEqual({(record["msg"], record["number"]) for record in told}, {("The request was intact", 0)})

    def told(self, least: int):
        records = self.server.found("The request was intact") + self.server.found("The request changed")
        return records if len(records) >= least else None

    def test_a_reply_of_another_thread_before_the_call_has_returned(self):
        self.replies("/replies-before-return", "reply", 8)

    def test_a_stream_of_another_thread_before_the_call_has_returned(self):
        self.replies("/replies-before-return", "stream", 8)

    def test_a_hash_that_is_finished_before_the_call_has_returned(self):
        self.replies("/replies-before-return", "hash", 8)

    def test_a_request_abandoned_by_another_thread_before_the_call_has_returned(self):
        self.replies("/replies-before-return", "abandon", 4)

    def test_the_same_on_a_loop(self):
        for how in ("reply", "stream", "hash"):
            with self.subTest(how=how):
                mark = self.server.mark()
                self.assertEqual(self.send(f"/replies-before-return/loop?how={how}").read().status, 200)
                told = self.server.wait_for(("The request was intact", "The request changed"), since=mark)
                self.assertEqual(told["msg"], "The request was intact")


if __name__ == "__main__":
    unittest.main()
