# SPDX-License-Identifier: Apache-2.0
"""Sixteen clients at one row: what one of them has read and checked nobody else changes before it is written."""

import threading
import unittest

from mortised import ServerTest

CLIENTS = 16
ROUNDS = 4
PASSWORDS = ("correct horse", "battery staple")


class Races(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "users": {},
               "auth": {"refresh_grace": "0s"}}

    def race(self, attempt, clients: int = CLIENTS) -> list:
        """What each client came to, all of them begun at once."""
        outcomes, barrier = [None] * clients, threading.Barrier(clients)

        def one(number: int):
            barrier.wait()
            outcomes[number] = attempt(number)

        threads = [threading.Thread(target=one, args=(number,)) for number in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return outcomes

    def setUp(self):
        self.email = f"{self.id().rsplit('.', 1)[-1]}@example.com"
        session = self.server.register(email=self.email, password=PASSWORDS[0])
        self.token, self.target = session["accessToken"], f"/api/users/{session['user']['id']}"
        self.refresh_token = session["refreshToken"]

    def change(self, method: str, tag: str, body=None) -> int:
        return self.server.request(method, self.target, json_body=body, token=self.token, headers={"If-Match": tag}).status

    # contract: users.if-match
    def test_one_of_many_changes_a_user(self):
        for turn in range(ROUNDS):
            tag = self.server.request("GET", self.target, token=self.token).header("etag")
            statuses = self.race(lambda number: self.change("PATCH", tag, {"name": f"Writer {turn}-{number}"}))
            self.assertEqual(sorted(statuses), [200] + [412] * (CLIENTS - 1))

    # contract: users.if-match
    def test_a_user_is_changed_or_removed(self):
        tag = self.server.request("GET", self.target, token=self.token).header("etag")
        statuses = self.race(lambda number: self.change("DELETE", tag) if number == 0 else
                             self.change("PATCH", tag, {"name": f"Writer {number}"}))
        done = [status for status in statuses if status in (200, 204)]
        self.assertEqual(len(done), 1, statuses)
        # 401: the user was gone before its token was looked at.
        self.assertLessEqual(set(statuses), {200, 204, 412, 404, 401})

    def test_one_of_many_rotates_a_token(self):
        responses = self.race(lambda _: self.server.post("/auth/refresh", {"refreshToken": self.refresh_token}))
        self.assertEqual(sorted(response.status for response in responses), [200] + [401] * (CLIENTS - 1))
        # The others reused it: its family has ended.
        [rotated] = [response.json["refreshToken"] for response in responses if response.status == 200]
        self.assertEqual(self.server.post("/auth/refresh", {"refreshToken": rotated}).status, 401)

    def test_no_session_outlives_a_change_of_the_password(self):
        def attempt(number: int):
            if number == 0:
                return self.server.post("/auth/password", {"currentPassword": PASSWORDS[0], "newPassword": PASSWORDS[1]},
                                        token=self.token)
            return self.server.post("/auth/login", {"email": self.email, "password": PASSWORDS[0]})

        changed, *logins = self.race(attempt)
        self.assertEqual(changed.status, 204, changed)
        self.assertLessEqual({login.status for login in logins}, {200, 401})
        for login in logins:
            if login.status == 200:
                token = {"refreshToken": login.json["refreshToken"]}
                self.assertEqual(self.server.post("/auth/refresh", token).status, 401)
                self.assertEqual(self.server.request("GET", self.target, token=login.json["accessToken"]).status, 401)


if __name__ == "__main__":
    unittest.main()
