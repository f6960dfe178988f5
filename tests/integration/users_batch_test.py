# SPDX-License-Identifier: Apache-2.0
"""POST /api/users/batch: many users at once, all or none, by administrators."""

import contextlib
import json
import random
import threading
import unittest
import uuid

from mortised import ALL_PLUGINS, SLOWNESS, Folder, Mortised, ServerTest, eventually

BATCH = "/api/users/batch"
PLUGINS = {**ALL_PLUGINS, "idempotency": {}}
REPLAYED = "idempotency-replayed"
KILLS = 5


def key() -> dict[str, str]:
    return {"Idempotency-Key": f'"{uuid.uuid4()}"'}


def members(prefix: str, count: int, **more) -> list[dict]:
    return [{"name": f"User {i}", "email": f"{prefix}{i}@example.com", "password": f"password {i}", **more} for i in range(count)]


def rows(server: Mortised, sql: str, *values) -> list[tuple]:
    return server.folder.stored.rows(sql, *values)


def make_role(server: Mortised, session: dict, role: str) -> None:
    server.folder.stored.change("UPDATE users SET role = ? WHERE id = ?", role, session["user"]["id"])


def new_admin(server: Mortised) -> dict:
    session = server.register()
    make_role(server, session, "admin")
    return session


def count_of(server: Mortised, prefix: str) -> int:
    return rows(server, "SELECT count(*) FROM users WHERE email_lower LIKE ?", f"{prefix.lower()}%")[0][0]


def claims(server: Mortised) -> set:
    """By their ids: an earlier request's may be removed while a new one is awaited."""
    return set(rows(server, "SELECT id FROM idempotency_keys"))


class Pending:
    """A batch on its way, on a thread of its own."""

    def __init__(self, server: Mortised, token: str, body: dict):
        self.server, self.response = server, None
        headers = key()
        self.thread = threading.Thread(target=self._send, args=(token, body, headers))
        before = claims(server)
        self.thread.start()
        eventually(lambda: claims(server) - before, "the request is claimed, next it is hashed")

    def _send(self, token: str, body: dict, headers: dict):
        self.response = self.server.post(BATCH, body, token=token, headers=headers)

    def end(self):
        self.thread.join()
        return self.response


class BatchTest(ServerTest):
    PLUGINS = PLUGINS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_admin(cls.server)
        cls.token = cls.admin["accessToken"]

    def send(self, users: list[dict], token: str | None = None, headers=None, **more):
        return self.server.post(BATCH, {"users": users, **more}, token=token or self.token, headers=headers)

    def assertStored(self, response, count: int):
        self.assertEqual((response.status, response.json), (201, {"count": count}), response)


class Batch(BatchTest):
    # contract: users.batch
    def test_createManyUsers(self):
        """All of them with their own names, passwords and profiles."""
        users = members("many", 10)
        users[3]["profile"] = {"bio": "Third", "avatar": "https://example.com/3.png"}
        users[4]["profile"] = {}
        response = self.send(users)
        self.assertStored(response, 10)
        self.assertEqual(response.header("cache-control"), "no-store")
        for user in users:
            session = self.server.post("/auth/login", {"email": user["email"], "password": user["password"]})
            self.assertEqual(session.status, 200, session)
            shown = self.server.get("/api/users/me?include=profile", token=session.json["accessToken"]).json["user"]
            expected = {"bio": None, "avatar": None, **user["profile"]} if "profile" in user else None
            self.assertEqual((shown["name"], shown["email"], shown["profile"]), (user["name"], user["email"], expected))
        other = self.server.post("/auth/login", {"email": users[0]["email"], "password": users[1]["password"]})
        self.assertError(other, 401, "Invalid credentials")
        found = rows(self.server, "SELECT email, role FROM users WHERE email LIKE 'many%' ORDER BY id")
        self.assertEqual(found, [(user["email"], "user") for user in users])
        self.assertStored(self.send([]), 0)

    # contract: users.batch-duplicates, conflict.unique
    def test_a_duplicate_stores_nothing(self):
        self.assertStored(self.send(members("old", 1)), 1)
        new = members("strict", 3)
        for more in ({}, {"skipDuplicates": False}):
            for users in ([*new, {**members("old", 1)[0], "email": "OLD0@Example.com"}], [*new, {**new[1], "email": "STRICT1@example.com"}]):
                self.assertError(self.send(users, **more), 409, "User already exists")
        self.assertEqual(count_of(self.server, "strict"), 0)

    # contract: users.batch-duplicates
    def test_skipped_duplicates(self):
        self.assertStored(self.send(members("there", 2, profile={"bio": "first"})), 2)
        users = members("skip", 3) + members("there", 2, profile={"bio": "second"}) + [
            {**members("skip", 1)[0], "email": "SKIP0@Example.com", "name": "Second", "profile": {"bio": "second"}}]
        self.assertStored(self.send(users, skipDuplicates=True), 3)
        self.assertStored(self.send(users, skipDuplicates=True), 0)
        found = rows(self.server, "SELECT name, email, bio FROM users LEFT JOIN profiles ON user_id = id WHERE email LIKE 'skip%' ORDER BY id")
        self.assertEqual(found, [(f"User {i}", f"skip{i}@example.com", None) for i in range(3)])
        found = rows(self.server, "SELECT DISTINCT bio FROM users JOIN profiles ON user_id = id WHERE email LIKE 'there%'")
        self.assertEqual(found, [("first",)])

    # contract: users.batch-duplicates, conflict.no-database
    def test_racing_batches(self):
        for skip in (False, True):
            prefix = f"race{skip}"
            responses, barrier = [], threading.Barrier(6)

            def attempt(number: int):
                barrier.wait()
                users = members(prefix, 5) + members(f"{prefix}-own{number}-", 2)
                responses.append(self.send(users, skipDuplicates=skip))

            threads = [threading.Thread(target=attempt, args=(number,)) for number in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            if skip:
                self.assertEqual([response.status for response in responses], [201] * 6)
                self.assertEqual(sum(response.json["count"] for response in responses), 5 + 6 * 2)
            else:
                self.assertEqual(sorted(response.status for response in responses), [201] + [409] * 5, responses)
            self.assertEqual(count_of(self.server, prefix), 5 + 6 * 2 if skip else 7)

    # contract: users.batch-bound
    def test_a_hundred_and_one(self):
        self.assertStored(self.send(members("hundred", 100)), 100)
        self.assertInvalid(self.send(members("toomany", 101)), ("body", "/users", "maxItems"))
        users = members("toomany", 101)
        users[100]["email"] = "nobody"
        self.assertInvalid(self.send(users), ("body", "/users", "maxItems"), ("body", "/users/100/email", "format"))
        self.assertEqual(count_of(self.server, "toomany"), 0)

    # contract: users.batch, user.rules, validation.all-at-once
    def test_rules_of_each_user(self):
        users = members("rules", 4)
        users[0]["email"] = "nobody"
        users[1]["name"] = "x"
        users[2]["profile"] = {"bio": "x" * 1001, "avatar": "ftp://example.com"}
        del users[3]["password"]
        self.assertInvalid(
            self.send(users, skipDuplicates="perhaps"), ("body", "/users/0/email", "format"), ("body", "/users/1/name", "minLength"),
            ("body", "/users/2/profile/bio", "maxLength"), ("body", "/users/2/profile/avatar", "pattern"),
            ("body", "/users/3/password", "required"), ("body", "/skipDuplicates", "type"))
        self.assertInvalid(self.server.post(BATCH, {}, token=self.token), ("body", "/users", "required"))
        self.assertInvalid(self.server.post(BATCH, {"users": "x"}, token=self.token), ("body", "/users", "type"))
        self.assertInvalid(self.send(members("rules", 1, password="x" * 73)), ("body", "/users/0/password", "x-maxBytes"))
        self.assertEqual(count_of(self.server, "rules"), 0)

    # contract: users.batch, body.forms
    def test_as_a_form(self):
        form = "users[0][name]=Ada&users[0][email]=form0@example.com&users[0][password]=password+0&users[0][profile][bio]=Looms&skipDuplicates=true"
        response = self.server.request("POST", BATCH, token=self.token, body=form.encode(),
                                       headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertStored(response, 1)
        self.assertEqual(rows(self.server, "SELECT bio FROM profiles JOIN users ON id = user_id WHERE email = 'form0@example.com'"), [("Looms",)])

    # contract: users.batch-admin, http.fault-order
    def test_who_may_and_what_comes_first(self):
        user = self.server.register()["accessToken"]
        good, bad = {"users": members("who", 1)}, {"users": [{}]}
        self.assertError(self.server.post(BATCH, bad), 401, "No token provided")
        self.assertEqual(self.server.request("POST", BATCH, token=user, body=b"x", headers={"Content-Type": "text/plain"}).status, 415)
        self.assertError(self.server.post(BATCH, bad, token=user), 400, "Validation error")
        self.assertError(self.server.post(BATCH, good, token=user), 403, "Forbidden")
        self.assertError(self.server.post(BATCH, {"users": [{**members("who", 1)[0], "email": self.admin["user"]["email"]}]}, token=user), 403, "Forbidden")
        self.assertEqual(count_of(self.server, "who"), 0)

    # contract: users.batch-admin, user.role
    def test_the_role_is_in_the_row(self):
        session = self.server.register()
        self.assertError(self.send(members("role", 1), token=session["accessToken"]), 403, "Forbidden")
        make_role(self.server, session, "admin")
        self.assertStored(self.send(members("role", 1), token=session["accessToken"]), 1)
        make_role(self.server, session, "user")
        self.assertError(self.send(members("role", 2), token=session["accessToken"]), 403, "Forbidden")

    # contract: users.batch, idempotency.replay, idempotency.committed
    def test_done_once_under_a_key(self):
        headers, users = key(), members("once", 3)
        first = self.send(users, headers=headers, skipDuplicates=True)
        self.assertStored(first, 3)
        again = self.send(users, headers=headers, skipDuplicates=True)
        self.assertStored(again, 3)  # not 0, as without the key
        self.assertEqual((first.header(REPLAYED), again.header(REPLAYED)), (None, "true"))
        self.assertEqual(self.send(users, headers=headers).status, 422)
        # What stored nothing is not kept.
        headers = key()
        self.assertError(self.send(users, headers=headers), 409, "User already exists")
        self.server.folder.stored.change("DELETE FROM users WHERE email LIKE 'once%'")
        self.assertStored(self.send(users, headers=headers), 3)

    # contract: users.batch-bound
    def test_the_bound_is_a_setting(self):
        with Mortised(plugins={**PLUGINS, "users": {"maximum_batch": "2"}, "openapi": {"docs": "on"}}) as server:
            token = new_admin(server)["accessToken"]
            self.assertInvalid(server.post(BATCH, {"users": members("a", 3)}, token=token), ("body", "/users", "maxItems"))
            self.assertStored(server.post(BATCH, {"users": members("a", 2)}, token=token), 2)
            self.assertIn('"maxItems":2', server.get("/openapi.json").body.decode().replace(" ", ""))


class Hashing(BatchTest):
    """Passwords that cost something, on one thread."""

    SERVER = {"password_cost": "8", "hashing_workers": "1"}
    PLUGINS = {**PLUGINS, "users": {"maximum_batch": "1000"}}

    def begin(self, prefix: str, count: int, **more) -> Pending:
        return Pending(self.server, self.token, {"users": members(prefix, count), **more})

    # contract: users.batch-hashing
    def test_logins_go_first(self):
        me = self.server.register()
        count = min(int(200 * SLOWNESS), 1000)  # maximum_batch
        batch = self.begin("first", count)
        for _ in range(5):
            self.assertEqual(self.server.post("/auth/login", {"email": me["user"]["email"], "password": me["password"]}).status, 200)
        self.assertTrue(batch.thread.is_alive())
        self.assertStored(batch.end(), count)

    # contract: users.batch-hashing
    def test_nothing_is_hashed_for_a_client_that_left(self):
        begin = self.server.cpu_s()
        self.assertStored(self.send(members("whole", 200)), 200)
        whole = self.server.cpu_s() - begin
        with self.server.connect() as connection:
            body = json.dumps({"users": members("left", 200)}).encode()
            before = claims(self.server)
            begin = self.server.cpu_s()
            connection.request("POST", BATCH, body=body, headers={
                "Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **key()})
            eventually(lambda: claims(self.server) - before, "it is being hashed")
            connection.reset()
        self.assertStored(self.send(members("behind", 1)), 1)  # hashed behind the other one
        self.assertLess(self.server.cpu_s() - begin, whole / 2)
        self.assertEqual(count_of(self.server, "left"), 0)

    # contract: users.batch-admin, user.role
    def test_an_administrator_who_is_demoted_meanwhile(self):
        session = new_admin(self.server)
        batch = Pending(self.server, session["accessToken"], {"users": members("demoted", 50)})
        make_role(self.server, session, "user")
        self.assertError(batch.end(), 403, "Forbidden")
        self.assertEqual(count_of(self.server, "demoted"), 0)

    # contract: users.batch-duplicates
    def test_somebody_registers_meanwhile(self):
        for skip in (False, True):
            batch = self.begin(f"late{skip}", 50, skipDuplicates=skip)
            self.assertEqual(self.server.post("/api/users", {**members(f"LATE{skip}", 50)[49], "name": "Earlier"}).status, 201)
            response = batch.end()
            if skip:
                self.assertStored(response, 49)
            else:
                self.assertError(response, 409, "User already exists")
            self.assertEqual(count_of(self.server, f"late{skip}"), 50 if skip else 1)
            self.assertEqual(rows(self.server, "SELECT name FROM users WHERE email = ?", f"LATE{skip}49@example.com"), [("Earlier",)])

    # contract: users.batch, reload.outcome
    def test_a_reload_meanwhile(self):
        batch = self.begin("reloaded", 50)
        self.server.folder.plugins["users"]["max_included_rows"] = "1000"
        self.server.folder.write()
        self.server.reload()
        self.assertStored(batch.end(), 50)
        self.assertEqual(count_of(self.server, "reloaded"), 50)

    # contract: users.batch-hashing, busy.retry-after
    def test_more_than_there_is_time_for(self):
        with Mortised(server={"password_cost": "10", "hashing_workers": "1", "request_timeout": "1s"}, plugins=PLUGINS) as server:
            token = new_admin(server)["accessToken"]
            response = server.post(BATCH, {"users": members("slow", 100)}, token=token)
            self.assertError(response, 503)
            self.assertIsNotNone(response.header("retry-after"))
            # Its other passwords are not hashed any more: some 60 ms each.
            begin = server.cpu_s()
            self.assertEqual(server.post(BATCH, {"users": members("behind", 1)}, token=token).status, 201)
            self.assertLess(server.cpu_s() - begin, 0.06 * 50 * SLOWNESS)
            self.assertEqual(count_of(server, "slow"), 0)


class Killed(unittest.TestCase):
    # contract: users.batch, idempotency.killed
    def test_all_or_none(self):
        """At any moment; the repeat under the key stores what is missing, once."""
        folder = Folder(plugins=PLUGINS)
        self.addCleanup(folder.remove)
        server = Mortised(folder)
        self.addCleanup(server.close)
        token = new_admin(server)["accessToken"]
        chance = random.Random(12)
        for number in range(KILLS):
            prefix, headers = f"killed{number}-", key()
            body = {"users": members(prefix, 60, profile={"bio": "x"})}

            def lost():
                with contextlib.suppress(OSError, AssertionError):
                    server.post(BATCH, body, token=token, headers=headers)

            thread = threading.Thread(target=lost)
            thread.start()
            thread.join(chance.uniform(0, 0.15) * SLOWNESS)
            server.kill()
            thread.join()
            server.restart()
            before = count_of(server, prefix)
            self.assertIn(before, (0, 60))
            response = server.post(BATCH, body, token=token, headers=headers)
            self.assertEqual((response.status, response.json), (201, {"count": 60}), response)
            self.assertEqual(response.header(REPLAYED), "true" if before else None)
            found = rows(server, "SELECT count(*), count(user_id) FROM users LEFT JOIN profiles ON user_id = id WHERE email LIKE ?", f"{prefix}%")
            self.assertEqual(found, [(60, 60)])


if __name__ == "__main__":
    unittest.main()
