# SPDX-License-Identifier: Apache-2.0
"""Lists by cursor, and entity tags of users: reads that say 304, changes that say 412."""

import threading
import unittest

from mortised import ServerTest


class Cursors(ServerTest):
    SERVER = {"password_cost": "4"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.register()["accessToken"]
        for number in range(60):
            cls.add(f"user-{number}@example.com")

    @classmethod
    def add(cls, email: str) -> str:
        response = cls.server.post("/api/users", {"name": "Somebody", "email": email, "password": "correct horse"})
        assert response.status == 201, response
        return response.json["user"]["id"]

    def slice(self, after: str, limit: int = 7):
        response = self.server.get(f"/api/users?after={after}&limit={limit}", token=self.token)
        self.assertEqual(response.status, 200, response)
        return response.json

    # contract: users.cursor
    def test_walks_over_all_in_the_order_of_pages(self):
        ids, after, steps = [], "", 0
        while after is not None:
            part = self.slice(after)
            self.assertEqual(set(part["pagination"]), {"limit", "next"})
            self.assertEqual(part["pagination"]["limit"], 7)
            self.assertLessEqual(len(part["users"]), 7)
            ids += [user["id"] for user in part["users"]]
            after = part["pagination"]["next"]
            steps += 1
        pages = self.server.get("/api/users?limit=100", token=self.token).json
        self.assertEqual(ids, [user["id"] for user in pages["users"]])
        self.assertEqual(steps, -(-len(ids) // 7))

    # contract: users.cursor
    def test_changes_on_the_way_lose_and_double_nobody(self):
        leaving = [self.server.register(name="Leaving", email=f"leaving-{number}@example.com") for number in range(3)]
        stay = {user["id"] for user in self.slice("", 100)["users"]} - {one["user"]["id"] for one in leaving}
        seen, after = [], ""
        while after is not None:
            part = self.slice(after, 9)
            seen += [user["id"] for user in part["users"]]
            after = part["pagination"]["next"]
            if leaving:
                one = leaving.pop()
                self.assertEqual(self.server.request("DELETE", f"/api/users/{one['user']['id']}", token=one["accessToken"]).status, 204)
                stay.add(self.add(f"coming-{len(leaving)}@example.com"))
        self.assertEqual(len(seen), len(set(seen)))
        self.assertLessEqual(stay, set(seen))

    # contract: users.cursor
    def test_writers_beside_the_walk(self):
        stay = {user["id"] for user in self.slice("", 100)["users"]}
        over, added, faults = threading.Event(), [0, 0], []

        def write(number: int):
            try:
                while not over.is_set():
                    self.add(f"beside-{number}-{added[number]}@example.com")
                    added[number] += 1
            except BaseException as fault:  # told below, by the thread that may fail
                faults.append(fault)

        writers = [threading.Thread(target=write, args=(number,)) for number in range(len(added))]
        for writer in writers:
            writer.start()
        try:
            seen, after = [], ""
            while after is not None:
                part = self.slice(after, 2)
                seen += [user["id"] for user in part["users"]]
                after = part["pagination"]["next"]
                if stay <= set(seen):
                    over.set()
        finally:
            over.set()
            for writer in writers:
                writer.join()
        self.assertEqual(faults, [])
        self.assertTrue(all(added), added)
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(seen, sorted(seen))
        self.assertLessEqual(stay, set(seen))

    def test_a_cursor_of_somebody_who_left(self):
        one = self.server.register(name="Gone", email="gone@example.com")
        self.add("behind@example.com")
        before = self.slice("", 100)["users"]
        place = [user["id"] for user in before].index(one["user"]["id"])
        cursor = self.slice("", place + 1)["pagination"]["next"]
        self.assertEqual(self.server.request("DELETE", f"/api/users/{one['user']['id']}", token=one["accessToken"]).status, 204)
        self.assertEqual([user["id"] for user in self.slice(cursor, 100)["users"]], [user["id"] for user in before[place + 1:]])

    # contract: users.cursor
    def test_bad_ones_are_400(self):
        for query, path in (("after=nonsense", "/after"), ("after=AAAAAAAAAAAAAAAAAAAAAAAA", "/after"), ("after=&page=1", "/page"),
                            ("after=&limit=0", "/limit"), ("after=&limit=101", "/limit")):
            response = self.server.get(f"/api/users?{query}", token=self.token)
            self.assertError(response, 400, "Validation error")
            self.assertEqual([(detail["in"], detail["path"]) for detail in response.json["details"]], [("query", path)], query)


class Tags(ServerTest):
    SERVER = {"password_cost": "4"}

    def setUp(self):
        self.one = self.server.register(name="Tagged", email=f"{self.id().rsplit('.', 1)[1].replace('_', '-')}@example.com")
        self.token, self.target = self.one["accessToken"], f"/api/users/{self.one['user']['id']}"

    def get(self, target: str | None = None, **fields: str):
        headers = {key.replace("_", "-"): value for key, value in fields.items()}
        return self.server.request("GET", target or self.target, token=self.token, headers=headers)

    def patch(self, members: dict, **fields: str):
        headers = {key.replace("_", "-"): value for key, value in fields.items()}
        return self.server.request("PATCH", self.target, json_body=members, token=self.token, headers=headers)

    # contract: users.etag
    def test_reads(self):
        first = self.get()
        tag = first.header("etag")
        self.assertRegex(tag, r'^"[A-Za-z0-9_-]+"$')
        self.assertEqual(self.get("/api/users/me").header("etag"), tag)
        for value in (tag, f"W/{tag}", f'"x", {tag}', "*"):
            for target in (self.target, "/api/users/me"):
                response = self.get(target, If_None_Match=value)
                self.assertEqual((response.status, response.body, response.header("etag")), (304, b"", tag))
                self.assertEqual(response.header("cache-control"), "no-store")
        self.assertEqual(self.get(If_None_Match='"x"').json, first.json)
        changed = self.patch({"name": "Renamed"})
        self.assertNotEqual(changed.header("etag"), tag)
        self.assertEqual(self.get(If_None_Match=tag).header("etag"), changed.header("etag"))

    # contract: users.if-match
    def test_changes(self):
        tag = self.get().header("etag")
        for value in ('"x"', f"W/{tag}", "W/\"x\", \"y\""):
            self.assertError(self.patch({"name": "Never"}, If_Match=value), 412, "Precondition failed")
            self.assertError(self.server.request("DELETE", self.target, token=self.token, headers={"If-Match": value}), 412,
                             "Precondition failed")
        self.assertEqual(self.get().json["user"]["name"], "Tagged")
        changed = self.patch({"name": "Once"}, If_Match=tag)
        self.assertEqual((changed.status, changed.json["user"]["name"]), (200, "Once"))
        self.assertEqual(self.patch({"name": "Twice"}, If_Match=tag).status, 412)
        self.assertEqual(self.patch({"name": "Any"}, If_Match="*").status, 200)
        self.assertEqual(self.patch({}, If_Match=changed.header("etag")).status, 412)
        self.assertEqual(self.patch({"name": "x"}, If_Match='"x"').status, 400)  # 400 before 412

    def test_malformed_conditions(self):
        # What a client insists on and nobody understands must not be passed over; what saves work may be.
        before = self.get()
        for value in ("x", '"a" "b"', '*, "a"', 'w/"a"', '"a'):
            with self.subTest(value=value):
                self.assertEqual(self.patch({"name": "Never"}, If_Match=value).status, 400)
                self.assertEqual(self.server.request("DELETE", self.target, token=self.token, headers={"If-Match": value}).status, 400)
                self.assertEqual(self.get(If_None_Match=value).status, 200)
        self.assertEqual(self.get().json, before.json)

    # contract: users.if-match
    def test_somebody_elses_is_403_first(self):
        other = self.server.register(name="Other", email="other-one@example.com")
        response = self.server.request("PATCH", f"/api/users/{other['user']['id']}", json_body={"name": "Mine"}, token=self.token,
                                       headers={"If-Match": '"x"'})
        self.assertEqual(response.status, 403)

    # contract: users.if-match
    def test_malformed_is_400_before_403(self):
        other = self.server.register(name="Other", email="other-two@example.com")
        target = f"/api/users/{other['user']['id']}"
        for method, body in (("PATCH", {"name": "Mine"}), ("DELETE", None)):
            response = self.server.request(method, target, json_body=body, token=self.token, headers={"If-Match": '"a" "b"'})
            self.assertError(response, 400, "Validation error")
            self.assertEqual(response.json["details"], [{"in": "header", "path": "/if-match", "code": "format",
                                                         "message": "must be * or a list of entity tags"}])

    # contract: users.if-match
    def test_no_update_is_lost(self):
        tag = self.get().header("etag")
        answers, barrier = [], threading.Barrier(16)

        def attempt(number: int):
            barrier.wait()
            answers.append(self.patch({"name": f"Writer {number}"}, If_Match=tag).status)

        threads = [threading.Thread(target=attempt, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(answers), [200] + [412] * 15)


if __name__ == "__main__":
    unittest.main()
