# SPDX-License-Identifier: Apache-2.0
"""Plugin `idempotency`: what a client repeats under a key is done once."""

import json
import os
import random
import threading
import unittest
import uuid

from mortised import ALL_PLUGINS, SLOWNESS, Folder, Mortised, ServerTest, eventually, run

PLUGINS = {**ALL_PLUGINS, "posts": {}, "idempotency": {}, "responds": {}}
REPLAYED = "idempotency-replayed"
KILLS = int(os.environ.get("MORTISE_IDEMPOTENCY_KILLS", "5"))
# Made anew for each response.
OWN = {"date", "x-request-id", "connection", REPLAYED}


def key(text: str | None = None) -> dict[str, str]:
    return {"Idempotency-Key": f'"{text or uuid.uuid4()}"'}


def shown(response) -> tuple:
    """What a replay has of the response that it repeats."""
    fields = sorted((name.lower(), value) for name, value in response.fields if name.lower() not in OWN)
    return response.status, fields, response.body


class IdempotencyTest(ServerTest):
    PLUGINS = PLUGINS

    def notes(self) -> int:
        return self.server.get("/responds").json["count"]

    def send(self, headers: dict, target: str = "/responds", token: str | None = None, **members):
        return self.server.post(target, {"title": "a", **members}, headers=headers, token=token)

    def assertReplayed(self, first, again):
        self.assertIsNone(first.header(REPLAYED), first)
        self.assertEqual(again.header(REPLAYED), "true", again)
        self.assertEqual(shown(first), shown(again))
        self.assertNotEqual(first.header("x-request-id"), again.header("x-request-id"))


class Replays(IdempotencyTest):
    # contract: idempotency.replay, users.create
    def test_a_user_is_created_once(self):
        body = {"name": "Ada", "email": "once@example.com", "password": "correct horse"}
        headers = key()
        first = self.server.post("/api/users", body, headers=headers)
        self.assertEqual(first.status, 201, first)
        again = self.server.post("/api/users", body, headers=headers)
        self.assertReplayed(first, again)
        self.assertEqual(again.header("location"), f"/api/users/{first.json['user']['id']}")
        self.assertEqual(again.header("cache-control"), "no-store")
        self.assertEqual(self.server.post("/api/users", body, headers=key()).status, 409)

    # contract: idempotency.replay, users.patch
    def test_a_user_is_changed_once(self):
        me = self.server.register()
        target, token = f"/api/users/{me['user']['id']}", me["accessToken"]
        headers = key()
        first = self.server.patch(target, {"name": "Once"}, headers=headers, token=token)
        self.assertEqual(first.status, 200, first)
        self.assertEqual(self.server.patch(target, {"name": "Between"}, token=token).status, 200)
        self.assertReplayed(first, self.server.patch(target, {"name": "Once"}, headers=headers, token=token))
        self.assertEqual(self.server.get(target, token=token).json["user"]["name"], "Between")

    # contract: idempotency.replay, posts.create
    def test_a_post_is_written_once(self):
        me = self.server.register()
        headers, post = key(), {"title": "Once", "content": "", "published": True}
        first = self.server.post("/api/posts", post, headers=headers, token=me["accessToken"])
        self.assertEqual(first.status, 201, first)
        self.assertReplayed(first, self.server.post("/api/posts", post, headers=headers, token=me["accessToken"]))
        change = key()
        target = first.header("location")
        changed = self.server.patch(target, {"title": "Twice"}, headers=change, token=me["accessToken"])
        self.assertEqual(changed.status, 200, changed)
        self.assertReplayed(changed, self.server.patch(target, {"title": "Twice"}, headers=change, token=me["accessToken"]))

    # contract: idempotency.replay
    def test_what_nothing_makes_unique(self):
        before = self.notes()
        headers = key()
        first = self.send(headers, bytes=1000)
        for _ in range(3):
            self.assertReplayed(first, self.send(headers, bytes=1000))
        self.assertEqual(first.header("x-note"), "a")
        self.assertEqual(self.notes(), before + 1)
        for _ in range(2):
            self.assertEqual(self.send({}).status, 201)
        self.assertEqual(self.notes(), before + 3)



class Keys(IdempotencyTest):
    # contract: idempotency.key
    def test_quoted_or_bare(self):
        before = self.notes()
        first = self.send({"Idempotency-Key": "plain-key_1"})
        self.assertReplayed(first, self.send({"Idempotency-Key": '"plain-key_1"'}))
        for good in ("x", '" "', "k" * 255, '"' + "k" * 254 + '\\\\"', "a,b;c=d", '"a, \\"b\\""'):
            with self.subTest(good):
                first = self.send({"Idempotency-Key": good})
                self.assertEqual(first.status, 201, first)
                self.assertReplayed(first, self.send({"Idempotency-Key": good}))
        self.assertEqual(self.notes(), before + 7)

    # contract: idempotency.key
    def test_malformed_ones_are_refused(self):
        before = self.notes()
        for bad in ('""', '"', '"a', 'a"', '"a"b"', '"a";p=1', "a b", "k" * 256, '"' + "k" * 256 + '"', '"\\a"', '"a\\"', "é",
                    '"é"', '"a", "b"'):
            with self.subTest(bad):
                self.assertInvalid(self.send({"Idempotency-Key": bad}), ("header", "/idempotency-key", "format"))
        # An empty one is none.
        self.assertInvalid(self.send({"Idempotency-Key": ""}), ("header", "/idempotency-key", "format"))
        self.assertEqual(self.notes(), before)

    # contract: idempotency.key
    def test_belong_to_their_caller(self):
        headers = key()
        responses = []
        for _ in range(2):
            me = self.server.register()
            target = f"/api/users/{me['user']['id']}"
            responses.append(self.server.patch(target, {"name": "Mine"}, headers=headers, token=me["accessToken"]))
        for response in responses:
            self.assertEqual(response.status, 200)
            self.assertIsNone(response.header(REPLAYED))
        self.assertNotEqual(responses[0].json["user"]["id"], responses[1].json["user"]["id"])

    # contract: idempotency.other-request
    def test_one_key_for_two_requests(self):
        me = self.server.register()
        target, token, headers = f"/api/users/{me['user']['id']}", me["accessToken"], key()
        self.assertEqual(self.server.patch(target, {"name": "First"}, headers=headers, token=token).status, 200)
        for other_target, body in ((target, {"name": "Other"}), (f"{target}?x=1", {"name": "First"})):
            with self.subTest(other_target, body=body):
                response = self.server.patch(other_target, body, headers=headers, token=token)
                self.assertError(response, 422, "Idempotency-Key was used with another request")
        self.assertEqual(self.server.get(target, token=token).json["user"]["name"], "First")

    # contract: idempotency.anonymous
    def test_of_nobody_another_body_is_another_request(self):
        before = self.notes()
        headers = key()
        first, other = self.send(headers), self.send(headers, title="b")
        self.assertEqual((first.status, other.status), (201, 201))
        self.assertEqual(self.notes(), before + 2)
        self.assertReplayed(first, self.send(headers))
        self.assertReplayed(other, self.send(headers, title="b"))

    def test_neither_keys_nor_requests_are_stored(self):
        secret = f"secret-{uuid.uuid4()}"
        body = {"name": "Ada", "email": f"{uuid.uuid4()}@example.com", "password": secret}
        self.assertEqual(self.server.post("/api/users", body, headers=key(secret)).status, 201)
        rows = self.server.folder.stored.rows("SELECT * FROM idempotency_keys")
        self.assertGreater(len(rows), 0)
        self.assertNotIn(secret, repr(rows))


class Removed(IdempotencyTest):
    # contract: users.delete
    def test_responses_go_with_their_caller(self):
        me, other = self.server.register(email="gone@example.com"), self.server.register(email="stays@example.com")
        for user in (me, other):
            self.assertEqual(self.send(key(), "/api/posts", token=user["accessToken"]).status, 201)
            target = f"/api/users/{user['user']['id']}"
            self.assertEqual(self.server.patch(target, {"name": "Other"}, headers=key(), token=user["accessToken"]).status, 200)
        headers = key()
        self.assertEqual(self.send(headers, "/api/posts", token=other["accessToken"]).status, 201)
        self.assertEqual(self.server.delete(f"/api/users/{me['user']['id']}", token=me["accessToken"]).status, 204)
        left = [bytes(response) for response, in self.server.folder.stored.rows("SELECT response FROM idempotency_keys WHERE caller <> ''")]
        self.assertEqual(len(left), 3)
        self.assertFalse([response for response in left if me["user"]["id"].encode() in response])
        self.assertEqual(self.send(headers, "/api/posts", token=other["accessToken"]).header(REPLAYED), "true")

    # contract: users.include
    def test_they_are_not_shown_with_users(self):
        me = self.server.register(email="shown@example.com")
        response = self.server.get("/api/users/me?include=idempotency", token=me["accessToken"])
        self.assertEqual(response.status, 400)
        self.assertIn("must be a comma list of: profile, posts.", response.json["details"][0]["message"])


class Outcomes(IdempotencyTest):
    # contract: idempotency.committed
    def test_what_was_not_committed_runs_again(self):
        before = self.notes()
        for end, status in (("throws", 500), ("refuses", 409), ("replies by itself", 400), ("block", 500)):
            with self.subTest(end):
                headers = key()
                for _ in range(2):
                    response = self.send(headers, end=end)
                    self.assertEqual(response.status, status, response)
                    self.assertIsNone(response.header(REPLAYED))
        self.assertEqual(self.notes(), before)

    # contract: idempotency.committed
    def test_an_error_that_was_committed_is_replayed(self):
        before = self.notes()
        headers = key()
        first = self.send(headers, end="keeps a refusal")
        self.assertError(first, 409, "It is stored")
        again = self.send(headers, end="keeps a refusal")
        self.assertError(again, 409, "It is stored")
        self.assertEqual(again.header(REPLAYED), "true")
        self.assertEqual(again.header("x-why"), "test")
        self.assertEqual(self.notes(), before + 1)

    # contract: idempotency.committed
    def test_a_validation_error_takes_no_key(self):
        headers = key()
        me = self.server.register()
        target, token = f"/api/users/{me['user']['id']}", me["accessToken"]
        self.assertEqual(self.server.patch(target, {"name": "x"}, headers=headers, token=token).status, 400)
        response = self.server.patch(target, {"name": "Longer"}, headers=headers, token=token)
        self.assertEqual(response.status, 200, response)

    def test_a_response_that_is_too_long_is_not_stored(self):
        before = self.notes()
        headers = key()
        mark = self.server.mark()
        self.assertEqual(self.send(headers, bytes=70000).status, 500)
        self.server.wait_for("A plugin answered with an internal error", since=mark)
        self.assertEqual(self.notes(), before)
        self.assertEqual(self.send({}, bytes=70000).status, 201)

    # contract: idempotency.running
    def test_a_second_one_while_the_first_runs(self):
        before = self.notes()
        me = self.server.register()
        for members in ({"gate": "running"}, {"gateAfter": "running-after"}):
            [gate] = members.values()
            headers = key()
            mark = self.server.mark()
            responses = []
            first = threading.Thread(target=lambda: responses.append(self.send(headers, **members)))
            first.start()
            self.server.wait_for("At a gate", since=mark)
            second = self.send(headers, **members)
            open(self.server.folder.path / "state" / gate, "w").close()
            first.join()
            if "gate" in members:
                self.assertError(second, 409, "A request with this Idempotency-Key is still running")
                self.assertEqual(second.header("retry-after"), "1")
                self.assertReplayed(responses[0], self.send(headers, **members))
            else:
                self.assertReplayed(responses[0], second)
        self.assertEqual(self.notes(), before + 2)
        self.assertEqual(me["user"]["name"], "Test User")

    # contract: idempotency.running
    def test_of_many_at_once_one_is_done(self):
        before = self.notes()
        headers = key()
        barrier, responses = threading.Barrier(8), []

        def attempt():
            barrier.wait()
            while True:
                response = self.send(headers)
                if response.status != 409:
                    return responses.append(response)

        threads = [threading.Thread(target=attempt) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({shown(response)[2] for response in responses}, {responses[0].body})
        self.assertEqual(sum(response.header(REPLAYED) is None for response in responses), 1)
        self.assertEqual(self.notes(), before + 1)

    # contract: idempotency.committed
    def test_a_client_that_is_gone(self):
        before = self.notes()
        for end, notes in ((None, 1), ("throws", 0)):
            gate = f"gone-{end}"
            headers = key()
            members = {"gate": gate} if end is None else {"gate": gate, "end": end}
            mark, seen = self.server.mark(), len(self.server.request_records())
            with self.server.connect() as connection:
                body = json.dumps({"title": "a", **members}).encode()
                connection.send(b"POST /responds HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                                b"Idempotency-Key: %s\r\nContent-Length: %d\r\n\r\n" % (headers["Idempotency-Key"].encode(), len(body)) + body)
                self.server.wait_for("At a gate", since=mark)
                connection.reset()
            eventually(lambda: any(int(one["status"]) == 499 for one in self.server.request_records()[seen:]), "the client is gone")
            self.assertEqual(self.send(headers, **members).status, 409)
            open(self.server.folder.path / "state" / gate, "w").close()
            again = eventually(lambda: (response := self.send(headers, **members)).status != 409 and response, "the first one has ended")
            self.assertEqual((again.status, again.header(REPLAYED)), (201, "true") if end is None else (500, None), again)
            self.assertEqual(self.notes() - before, notes)
            before = self.notes()


class Routes(IdempotencyTest):
    # contract: idempotency.routes
    def test_others_take_no_key(self):
        before = self.notes()
        headers = key()
        for _ in range(2):
            response = self.send(headers, target="/responds/plain")
            self.assertEqual(response.status, 201)
            self.assertIsNone(response.header(REPLAYED))
        self.assertEqual(self.notes(), before + 2)

    # contract: idempotency.routes
    def test_what_runs_on_a_loop_until_it_writes(self):
        before = self.notes()

        def send(headers: dict, body: bytes, token: str | None = None):
            return self.server.request("POST", "/responds/raw", body=body, headers={**headers, "Content-Type": "text/plain"}, token=token)

        for token in (None, self.server.register()["accessToken"]):
            headers = key()
            for read in range(2):  # takes no key
                response = send(headers, b"read", token)
                self.assertEqual((response.status, response.json), (200, {"count": before}))
                self.assertIsNone(response.header(REPLAYED))
            first = send(headers, b"one note", token)
            self.assertEqual(first.status, 201, first)
            self.assertReplayed(first, send(headers, b"one note", token))
            self.assertEqual(self.notes(), before + 1)
            before += 1
            if token is not None:
                self.assertError(send(headers, b"one  note", token), 422, "Idempotency-Key was used with another request")

    # contract: idempotency.routes
    def test_tokens_are_not_kept(self):
        me = self.server.register(email="login@example.com")
        headers = key()
        tokens = set()
        for _ in range(2):
            response = self.server.post("/auth/login", {"email": "login@example.com", "password": me["password"]}, headers=headers)
            self.assertEqual(response.status, 200)
            self.assertIsNone(response.header(REPLAYED))
            tokens.add(response.json["refreshToken"])
        self.assertEqual(len(tokens), 2)

    def test_who_may_not_call_gets_no_replay(self):
        me = self.server.register(email="admin@example.com")
        headers = key()
        self.assertEqual(self.send(headers, target="/responds/admin", token=me["accessToken"]).status, 403)
        for role, status in (("admin", 201), ("user", 403)):
            self.server.folder.stored.change("UPDATE users SET role = ? WHERE email = 'admin@example.com'", role)
            response = self.send(headers, target="/responds/admin", token=me["accessToken"])
            self.assertEqual(response.status, status, response)
            self.assertIsNone(response.header(REPLAYED))


class Required(IdempotencyTest):
    PLUGINS = {**PLUGINS, "idempotency": {"required": "POST /responds, PATCH /api/users/:id"}}

    # contract: idempotency.required
    def test_without_a_key(self):
        before = self.notes()
        self.assertInvalid(self.send({}), ("header", "/idempotency-key", "required"))
        self.assertEqual(self.notes(), before)
        self.assertEqual(self.send(key()).status, 201)
        self.assertEqual(self.send({}, target="/responds/plain").status, 201)
        user = {"name": "Ada", "email": "required@example.com", "password": "correct horse"}
        self.assertEqual(self.server.post("/api/users", user).status, 201)


class Mistakes(unittest.TestCase):
    def check(self, **settings) -> tuple[int, str]:
        folder = Folder(plugins={**PLUGINS, "idempotency": settings})
        self.addCleanup(folder.remove)
        done = run("--check-config", "--config", folder.config)
        return done.returncode, done.stderr

    def test_a_required_route_that_is_not_idempotent(self):
        status, said = self.check(required="POST /auth/login")
        self.assertNotEqual(status, 0)
        self.assertRegex(said, r"mortise\.ini:\d+:\d+: error: plugin\.idempotency\.required: the route 'POST /auth/login' of "
                               r"plugin 'auth' is not declared idempotent")

    def test_a_required_route_that_is_not_there(self):
        status, said = self.check(required="POST /api/user")
        self.assertEqual(status, 0, said)
        self.assertRegex(said, r"warning: plugin\.idempotency\.required: no enabled plugin has the route 'POST /api/user'")

    def test_what_is_no_route(self):
        for text in ("GET /api/users", "/api/users", "POST", "POST api", "post /api/users", "POST /a /b"):
            with self.subTest(text):
                status, said = self.check(required=text)
                self.assertNotEqual(status, 0)
                self.assertIn(f"plugin.idempotency.required: '{text}' is no route with a key", said)


class Time(IdempotencyTest):
    PLUGINS = {**PLUGINS, "idempotency": {"lifetime": "2s", "lease": "1s", "sweep_interval": "1s"}}

    def rows(self) -> int:
        return self.server.folder.stored.rows("SELECT COUNT(*) FROM idempotency_keys")[0][0]

    # contract: idempotency.lifetime
    def test_a_response_has_its_lifetime(self):
        headers = key()
        first = self.send(headers)
        self.assertEqual(self.send(headers).header(REPLAYED), "true")
        again = eventually(lambda: (response := self.send(headers)).header(REPLAYED) is None and response, "its lifetime is over")
        self.assertEqual(again.status, 201)
        self.assertNotEqual(first.json["id"], again.json["id"])

    def test_what_is_out_of_date_is_deleted(self):
        for _ in range(3):
            self.send(key())
        self.assertGreaterEqual(self.rows(), 3)
        eventually(lambda: self.rows() == 0, "all rows are deleted")

    # contract: idempotency.lease
    def test_a_request_that_outlasts_its_lease_is_rolled_back(self):
        before = self.notes()
        headers = key()
        responses = []
        mark = self.server.mark()

        def attempt():
            responses.append(self.send(headers, gateBefore="lease"))

        threads = [threading.Thread(target=attempt)]
        threads[0].start()
        self.server.wait_for("At a gate", since=mark)
        self.assertEqual(self.send(headers, gateBefore="lease").status, 409)
        eventually(lambda: self.rows() == 0, "its row is deleted")
        threads.append(threading.Thread(target=attempt))
        threads[1].start()
        self.server.count("At a gate", least=2, since=mark)
        open(self.server.folder.path / "state" / "lease", "w").close()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(response.status for response in responses), [201, 503], responses)
        self.assertEqual(self.notes(), before + 1)


class Reloaded(IdempotencyTest):
    # contract: idempotency.committed
    def test_while_a_request_runs(self):
        before = self.notes()
        for number, members in enumerate(({"gateBefore": "reload0"}, {"gate": "reload1"}, {"gateAfter": "reload2"})):
            [gate] = members.values()
            headers = key()
            responses = []
            first = threading.Thread(target=lambda: responses.append(self.send(headers, **members)))
            first.start()
            self.server.wait_for("At a gate", what=gate)
            self.server.folder.plugins["idempotency"]["lifetime"] = f"{number + 2}h"
            self.server.folder.write()
            self.server.reload()
            self.assertIn(self.send(headers, **members).status, (409, 201))
            open(self.server.folder.path / "state" / gate, "w").close()
            first.join()
            self.assertEqual(responses[0].status, 201, responses[0])
            self.assertReplayed(responses[0], self.send(headers, **members))
        self.assertEqual(self.notes(), before + 3)


class Killed(unittest.TestCase):
    """The server dies between claim, commit and send; clients repeat by key."""

    def setUp(self):
        self.folder = Folder(plugins=PLUGINS)
        self.addCleanup(self.folder.remove)
        self.server = Mortised(self.folder)
        self.addCleanup(self.server.close)

    def notes(self) -> list[tuple[str, str]]:
        return self.folder.stored.rows("SELECT id, title FROM responds_notes")

    # contract: idempotency.killed
    def test_before_and_after_the_commit(self):
        for members, committed in (({"gate": "before"}, False), ({"gateAfter": "after"}, True)):
            [gate] = members.values()
            with self.subTest(gate):
                before = len(self.notes())
                headers = key()
                mark = self.server.mark()

                def lost():
                    try:
                        self.server.post("/responds", {"title": "a", **members}, headers=headers)
                    except (OSError, AssertionError):
                        pass

                thread = threading.Thread(target=lost)
                thread.start()
                self.server.wait_for("At a gate", since=mark, what=gate)
                self.server.kill()
                thread.join()
                self.server.restart()
                self.assertEqual(len(self.notes()), before + committed)
                open(self.folder.path / "state" / gate, "w").close()
                response = self.server.post("/responds", {"title": "a", **members}, headers=headers)
                self.assertEqual((response.status, response.header(REPLAYED)), (201, "true" if committed else None), response)
                self.assertEqual(len(self.notes()), before + 1)

    # contract: idempotency.killed
    def test_in_a_stream_of_requests(self):
        chance = random.Random(11)
        over, done, failures = threading.Event(), {}, []

        def client(number: int):
            step = 0
            while not over.is_set():
                title = f"{number}-{step}"
                headers, seen = key(title), None
                while seen is None:
                    try:
                        response = self.server.post("/responds", {"title": title}, headers=headers)
                    except (OSError, AssertionError, IndexError):  # dead, or about to listen
                        over.wait(0.005)
                        continue
                    if response.status == 201:
                        seen = response
                    elif response.status not in (409, 503):
                        return failures.append(response)
                done[title] = seen
                step += 1

        threads = [threading.Thread(target=client, args=(number,)) for number in range(6)]
        for thread in threads:
            thread.start()
        for _ in range(KILLS):
            enough = len(done) + 20
            eventually(lambda: len(done) >= enough or failures, "requests are done", timeout_s=60 * SLOWNESS)
            over.wait(chance.uniform(0, 0.02))
            self.server.kill()
            self.server.restart()
        over.set()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        stored = self.notes()
        self.assertEqual(len(stored), len(done))
        by_title = {title: id for id, title in stored}
        self.assertEqual(len(by_title), len(stored), "none twice")
        for title, response in done.items():
            self.assertEqual(response.json["id"], by_title[title])
            again = self.server.post("/responds", {"title": title}, headers=key(title))
            self.assertEqual(again.header(REPLAYED), "true")
            self.assertEqual(again.body, response.body)
        print(f"{KILLS} kills; {len(done)} requests, each done once")


if __name__ == "__main__":
    unittest.main()
