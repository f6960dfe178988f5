# SPDX-License-Identifier: Apache-2.0
"""Passwords that hash while their generation ends: whose they are, and what is done after which answer."""

import concurrent.futures
import json
import signal
import sqlite3
import time
import unittest

from http1 import Closed
from mortised import EVENT_S, eventually
from turns import TurnsTest

LOGINS = 45
USERS = 5
JSON = {"Content_Type": "application/json"}


class HashingTest(TurnsTest):
    SERVER = {"hashing_workers": "2", "hashing_queue": "100", "password_cost": "9", "loops": "2"}
    PLUGINS = {"health": {}, "database": {"url": "sqlite:///test.db", "write_wait": "30s"}, "users": {}, "auth": {}, "replies-late": {}}

    def setUp(self):
        pass

    def post(self, target: str, body: dict, token: str | None = None):
        """A connection on which the answer is still to be read."""
        more = {"Authorization": f"Bearer {token}"} if token else {}
        return self.send(target, "POST", json.dumps(body).encode(), **JSON, **more)

    def rows(self, statement: str) -> list[tuple]:
        with sqlite3.connect(self.server.folder.state_of("database") / "test.db") as database:
            return database.execute(statement).fetchall()

    def login(self, email: str, password: str) -> int:
        return self.server.post("/auth/login", {"email": email, "password": password}).status

    def await_read(self):
        """The only loop has read what was sent to it before, on a new connection: one request more than the rounds of events
        that accepting and receiving take."""
        for _ in range(3):
            self.assertEqual(self.server.get("/hello").status, 200)

    def settle(self):
        """What hashed before has ended: all hashers have come to what was asked for later, twice."""
        for _ in range(2):
            pending = [self.post("/auth/login", {"email": "nobody@example.com", "password": "wrong password"})
                       for _ in range(int(self.server.folder.server["hashing_workers"]))]
            self.assertEqual({one.read(timeout_s=EVENT_S * 2).status for one in pending}, {401})

    def outcome(self, connection):
        """The response, or None when the connection ended without a byte of one."""
        try:
            return connection.read(timeout_s=EVENT_S * 3)
        except Closed as closed:
            self.assertEqual(closed.received, b"")
        except ConnectionResetError:
            pass
        return None


class Passwords(HashingTest):
    SERVER = {**HashingTest.SERVER, "hashing_workers": "1", "loops": "1"}

    def across(self, end, cost: str, **settings):
        """A change of password whose generation ends meanwhile, and another client's words where the new one stood."""
        self.serve(password_cost=cost, **settings)
        begin = time.monotonic()
        user = self.server.register(password="the old password")
        took = time.monotonic() - begin  # one hash
        email, wanted, foreign = user["user"]["email"], "the new password", "A" * 16
        self.assertEqual(len(wanted), len(foreign))
        change = self.post("/auth/password", {"currentPassword": "the old password", "newPassword": wanted}, user["accessToken"])
        self.await_read()
        end()
        # As long as the body whose memory it wants: covers the new password in it, raw and parsed; a longer one gets other memory.
        # Nobody else comes in before the old password is verified and the new one read again.
        begin = time.monotonic()
        with self.server.connect() as attacker:
            while time.monotonic() - begin < 2 * took:
                body = json.dumps({"refreshToken": "A" * 54}).encode()
                answer = attacker.exchange("POST", "/auth/refresh", headers={"Content-Type": "application/json"}, body=body)
                self.assertIn(answer.status, (400, 401, 503))
        response = change.read(timeout_s=EVENT_S * 3)
        if response.status == 503:
            self.assertUnavailable(response)
        else:
            self.assertEqual(response.status, 204, response)
        self.settle()
        self.assertEqual(self.login(email, foreign), 401, "another client's words are the password")
        expected = (200, 401) if response.status == 503 else (401, 200)
        found = (self.login(email, "the old password"), self.login(email, wanted))
        self.assertEqual(found, expected, f"old and new password after {response.status}")
        return response

    # contract: reload.outcome
    def test_a_reload_that_does_not_wait(self):
        self.across(lambda: self.renew("hello"), "14", drain_timeout="0s")

    # contract: reload.outcome
    def test_more_reloads_than_may_drain(self):
        self.across(lambda: self.renew_often("hello"), "14")

    def test_a_reload_that_waits(self):
        self.assertEqual(self.across(lambda: self.renew("hello"), "10").status, 204)


class Registrations(HashingTest):
    def through(self, end, **settings):
        self.serve(**settings)
        emails = [f"user{number}@example.com" for number in range(24)]
        pending = {email: self.post("/auth/register", {"name": "Ada", "email": email, "password": "correct horse"})
                   for email in emails}
        eventually(lambda: len(self.rows("SELECT email FROM users")) >= 2, "the first are done", pause_s=0.002)
        end()
        answers = {email: self.outcome(connection) for email, connection in pending.items()}
        return answers

    def assertOutcomes(self, answers):
        for email, response in answers.items():
            self.assertIsNotNone(response, email)
            self.assertIn(response.status, (201, 503), response)
            if response.status == 503:
                self.assertUnavailable(response)
        created = {email for email, response in answers.items() if response.status == 201}
        self.assertEqual({email for (email,) in self.rows("SELECT email FROM users")}, created)

    # contract: reload.outcome
    def test_nothing_is_done_after_a_503(self):
        answers = self.through(lambda: self.renew("hello"), drain_timeout="0s")
        self.settle()
        self.assertOutcomes(answers)

    # contract: reload.outcome
    def test_nothing_is_done_after_a_503_whatever_reloads_come(self):
        def reload_often():
            for _ in range(12):
                self.renew("hello")

        answers = self.through(reload_often, drain_timeout="0s")
        self.settle()
        self.assertOutcomes(answers)

    def test_nothing_is_done_after_a_503_of_a_deadline(self):
        self.serve(request_timeout="300ms", hashing_workers="1", password_cost="11")
        emails = [f"user{number}@example.com" for number in range(12)]
        pending = {email: self.post("/auth/register", {"name": "Ada", "email": email, "password": "correct horse"})
                   for email in emails}
        answers = {email: self.outcome(connection) for email, connection in pending.items()}
        self.assertIn(503, {response.status for response in answers.values()})
        created = {email for email, response in answers.items() if response.status == 201}
        self.server.stop()
        self.assertEqual({email for (email,) in self.rows("SELECT email FROM users")}, created)

    def test_the_work_of_a_client_that_left_is_done(self):
        self.serve(password_cost="11", loops="1")
        before_s = self.server.cpu_s()
        connection = self.post("/auth/register", {"name": "Ada", "email": "left@example.com", "password": "correct horse"})
        self.await_read()
        # What nobody has begun is not done for a client that left: 50 ms are a part of the hash, and many times all the rest.
        eventually(lambda: self.server.cpu_s() - before_s > 0.05, "the password is being hashed", pause_s=0.002)
        connection.reset()
        eventually(lambda: self.rows("SELECT email FROM users"), "the user is there")
        eventually(lambda: self.login("left@example.com", "correct horse") == 200, "and can log in")
        self.assertLost("/auth/register")


class Logins(HashingTest):
    def begin(self, **settings):
        self.serve(**settings)
        users = [self.server.register() for _ in range(USERS)]
        self.before = len(self.rows("SELECT * FROM auth_refresh_families"))
        pending = [(user, self.post("/auth/login", {"email": user["user"]["email"], "password": user["password"]}))
                   for user in users for _ in range(LOGINS // USERS)]
        eventually(lambda: len(self.rows("SELECT * FROM auth_refresh_families")) > self.before, "the first login is done",
                   pause_s=0.002)
        return pending

    def finish(self, pending, statuses: set):
        """Everyone's outcome is one of these, and nobody gets another's; returns how many got a session."""
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: self.outcome(one[1]), pending))
        good = 0
        for (user, _), response in zip(pending, answers):
            status = response.status if response is not None else None
            self.assertIn(status, statuses, response)
            if status == 200:
                good += 1
                self.assertEqual(response.json["user"]["email"], user["user"]["email"], response)
            elif status == 503:
                self.assertTrue(response.header("retry-after"), response)
        return good, answers

    def sessions(self) -> int:
        return len(self.rows("SELECT * FROM auth_refresh_families")) - self.before

    def test_a_reload_that_waits(self):
        pending = self.begin()
        self.renew("hello")
        good, _ = self.finish(pending, {200})
        self.assertEqual((good, self.sessions()), (LOGINS, LOGINS))

    # contract: reload.outcome
    def test_a_reload_that_does_not_wait(self):
        pending = self.begin(drain_timeout="0s")
        self.renew("hello")
        good, answers = self.finish(pending, {200, 503})
        for response in answers:
            if response.status == 503:
                self.assertUnavailable(response)
        self.settle()
        self.assertEqual(self.sessions(), good, "sessions, and answers with a session")

    def test_clients_that_leave(self):
        pending = self.begin()
        for _, connection in pending[::2]:
            connection.close()
        self.renew("hello")
        good, _ = self.finish(pending[1::2], {200})
        self.assertEqual(good, len(pending[1::2]))
        self.settle()
        self.assertEqual(self.login(pending[0][0]["user"]["email"], pending[0][0]["password"]), 200)

    def test_a_stop_that_does_not_wait(self):
        pending = self.begin(drain_timeout="0s")
        self.server.signal(signal.SIGTERM)
        good, answers = self.finish(pending, {200, 503, None})
        self.server.expect_exit(0)
        if None not in [response and response.status for response in answers]:
            self.assertEqual(self.sessions(), good)

    def test_a_stop_that_waits(self):
        pending = self.begin()
        self.server.signal(signal.SIGTERM)
        good, _ = self.finish(pending, {200})
        self.server.expect_exit(0)
        self.assertEqual((good, self.sessions()), (LOGINS, LOGINS))


if __name__ == "__main__":
    unittest.main()
