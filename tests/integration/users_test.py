# SPDX-License-Identifier: Apache-2.0
"""/api/users: shapes, rules, lists, changes."""

import datetime
import re
import threading
import unittest

from mortised import Mortised, ServerTest
from stored import Time, stored

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def body(address: str, **members) -> dict:
    return {"name": "Test User", "email": address, "password": "correct horse", **members}


class Users(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.me = cls.server.register()
        cls.token = cls.me["accessToken"]

    # contract: users.create, user.shape, format.times, format.ids
    def test_create(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        response = self.server.post("/api/users", body("Create@Example.com"))
        self.assertEqual(response.status, 201, response)
        user = response.json["user"]
        self.assertEqual(set(response.json), {"user"})
        self.assertEqual(set(user), {"id", "name", "email", "createdAt"})
        self.assertRegex(user["id"], f"^{UUID7.pattern}$")
        self.assertRegex(user["createdAt"], f"^{TIME.pattern}$")
        created = datetime.datetime.fromisoformat(user["createdAt"].replace("Z", "+00:00"))
        self.assertLess(abs((created - before).total_seconds()), 60)
        self.assertEqual(response.header("location"), f"/api/users/{user['id']}")
        self.assertEqual(self.server.get(response.header("location"), token=self.token).json["user"], user)

    # contract: users.create, conflict.unique, user.email-unique
    def test_addresses_are_unique_whatever_their_case(self):
        response = self.server.post("/api/users", body("MiXed@Example.com"))
        self.assertEqual(response.json["user"]["email"], "MiXed@Example.com")
        for email in ("mixed@example.com", "MIXED@EXAMPLE.COM", "MiXed@Example.com"):
            self.assertError(self.server.post("/api/users", body(email)), 409, "User already exists")
            self.assertError(self.server.post("/auth/register", body(email)), 409, "User already exists")
        self.assertEqual(self.server.post("/auth/login", {"email": "mixeD@example.COM", "password": "correct horse"}).status, 200)

    # contract: users.create, user.email-unique
    def test_addresses_are_compared_whole(self):
        """None is taken for one that differs at its end, or in what a database may hold for the same letter."""
        longest = "a@" + ".".join(["b" * 60] * 4)
        addresses = [f"{longest}.c.de", f"{longest}.c.dk", "strasse@example.com", "strabe@example.com", "a+b@example.com", "a-b@example.com",
                     "a_b@example.com", "a%b@example.com"]
        self.assertEqual(len(addresses[0]), 250)
        for address in addresses:
            self.assertEqual(self.server.post("/api/users", body(address)).status, 201, address)
        for address in addresses:
            for same in (address, address.upper()):
                self.assertError(self.server.post("/api/users", body(same)), 409, "User already exists")
                self.assertEqual(self.server.post("/auth/login", {"email": same, "password": "correct horse"}).json["user"]["email"], address)
            # No such address, and none that is there.
            for other in (f"{address} ", f" {address}", f"{address}\t", address.replace("s", "\u00df", 1).replace("a@", "\u00e4@")):
                if other != address:
                    self.assertInvalid(self.server.post("/api/users", body(other)), ("body", "/email", "format"))
                    self.assertNotEqual(self.server.post("/auth/login", {"email": other, "password": "correct horse"}).status, 200, other)

    # contract: conflict.unique, conflict.no-database
    def test_one_of_racing_registrations_wins(self):
        for target in ("/api/users", "/auth/register"):
            email = f"race{target.replace('/', '-')}@example.com"
            answers, barrier = [], threading.Barrier(16)

            def attempt():
                barrier.wait()
                answers.append(self.server.post(target, body(email)))

            threads = [threading.Thread(target=attempt) for _ in range(16)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            statuses = sorted(answer.status for answer in answers)
            self.assertEqual(statuses, [201] + [409] * 15)
            for answer in answers:
                self.assertNotRegex(answer.body.decode().lower(), r"sql|constraint|unique|index")

    # contract: user.rules, users.create
    def test_rules(self):
        def refused(member, value, code):
            with self.subTest(member=member, value=value[:80]):
                self.assertInvalid(self.server.post("/api/users", body("rules@example.com", **{member: value})), ("body", f"/{member}", code))

        refused("name", "x", "minLength")
        refused("name", "x" * 101, "maxLength")
        refused("name", "😀", "minLength")
        refused("name", "😀" * 101, "maxLength")
        for email in ("", "nobody", "@example.com", "a@", "a b@example.com", "a@b@c.d", "a@example.com\n", ".a@example.com"):
            refused("email", email, "format")
        refused("password", "1234567", "minLength")
        refused("password", "x" * 73, "x-maxBytes")
        refused("password", "ü" * 37, "x-maxBytes")
        for number, members in enumerate((
            {"name": "xy"}, {"name": "😀" * 100}, {"password": "12345678"}, {"password": "x" * 72}, {"password": "ü" * 36},
            {"password": "😀" * 8},
        )):
            response = self.server.post("/api/users", body(f"good{number}@example.com", **members))
            self.assertEqual(response.status, 201, (members, response))

    # contract: user.nul
    def test_nul_is_refused_everywhere(self):
        for member in ("name", "email", "password"):
            value = {"name": "a\0b", "email": "a\0b@example.com", "password": "12345678\0"}[member]
            response = self.server.post("/api/users", body("nul@example.com", **{member: value}))
            details = self.assertError(response, 400, "Validation error")["details"]
            self.assertIn(f"/{member}", [one["path"] for one in details])
        self.assertEqual(self.server.post("/auth/login", {"email": "a\0", "password": "b\0"}).status, 400)

    # contract: users.token
    def test_reads_and_changes_want_a_token(self):
        me = f"/api/users/{self.me['user']['id']}"
        for method, target in (("GET", "/api/users"), ("GET", "/api/users/me"), ("GET", me), ("PATCH", me), ("DELETE", me)):
            with self.subTest(method=method, target=target):
                response = self.server.request(method, target)
                self.assertError(response, 401, "No token provided")
                self.assertEqual(response.header("www-authenticate"), "Bearer")

    # contract: users.me, cache.no-store
    def test_me(self):
        response = self.server.get("/api/users/me", token=self.token)
        self.assertEqual(response.status, 200)
        self.assertEqual(response.json["user"]["id"], self.me["user"]["id"])
        self.assertEqual(set(response.json["user"]), {"id", "name", "email", "createdAt"})
        self.assertEqual(response.header("cache-control"), "no-store")

    # contract: users.one, user.bad-id, conflict.missing
    def test_one(self):
        response = self.server.get(f"/api/users/{self.me['user']['id']}", token=self.token)
        self.assertEqual(response.json["user"]["email"], self.me["user"]["email"])
        self.assertEqual(response.header("cache-control"), "no-store")
        for unknown in ("01890000-0000-7000-8000-000000000000", "7", "x", "%01", "a%2Fb", "' or 1=1 --".replace(" ", "%20")):
            with self.subTest(id=unknown):
                self.assertError(self.server.get(f"/api/users/{unknown}", token=self.token), 404, "User not found")

    # contract: user.bad-id, users.patch, users.delete
    def test_changing_an_unknown_id_is_forbidden_like_another_users(self):
        for unknown in ("01890000-0000-7000-8000-000000000000", "x"):
            self.assertError(self.server.patch(f"/api/users/{unknown}", {}, token=self.token), 403, "Forbidden")
            self.assertError(self.server.delete(f"/api/users/{unknown}", token=self.token), 403, "Forbidden")

    # contract: users.patch
    def test_patch(self):
        me = self.server.register()
        path, token = f"/api/users/{me['user']['id']}", me["accessToken"]
        self.assertEqual(self.server.patch(path, {"name": "New Name"}, token=token).json["user"]["name"], "New Name")
        response = self.server.patch(path, {"email": "new-address@example.com"}, token=token)
        self.assertEqual(response.json["user"]["email"], "new-address@example.com")
        self.assertEqual(response.json["user"]["name"], "New Name")
        unchanged = self.server.patch(path, {}, token=token)
        self.assertEqual((unchanged.status, unchanged.json), (200, response.json))
        self.assertEqual(self.server.patch(path, {"password": "another one", "id": "x"}, token=token).json, response.json)
        # The same address in another case is one's own.
        again = self.server.patch(path, {"email": "New-Address@Example.com"}, token=token)
        self.assertEqual(again.json["user"]["email"], "New-Address@Example.com")
        login = {"email": "new-address@example.com", "password": me["password"]}
        self.assertEqual(self.server.post("/auth/login", login).status, 200)

    # contract: users.patch-order, conflict.unique
    def test_patch_checks_in_order(self):
        me, other = self.server.register(), self.server.register()
        mine, theirs = f"/api/users/{me['user']['id']}", f"/api/users/{other['user']['id']}"
        self.assertError(self.server.patch(theirs, {"name": "x"}), 401)
        self.assertInvalid(self.server.patch(theirs, {"name": "x"}, token=me["accessToken"]), ("body", "/name", "minLength"))
        taken = {"email": other["user"]["email"]}
        self.assertError(self.server.patch(theirs, taken, token=me["accessToken"]), 403, "Forbidden")
        self.assertError(self.server.patch(mine, taken, token=me["accessToken"]), 409, "Resource already exists")

    # contract: users.delete
    def test_delete(self):
        me, other = self.server.register(), self.server.register()
        path = f"/api/users/{me['user']['id']}"
        self.assertError(self.server.delete(f"/api/users/{other['user']['id']}", token=me["accessToken"]), 403, "Forbidden")
        response = self.server.delete(path, token=me["accessToken"])
        self.assertEqual((response.status, response.body), (204, b""))
        self.assertError(self.server.get(path, token=self.token), 404, "User not found")
        self.assertError(self.server.get("/api/users/me", token=me["accessToken"]), 401, "User not found")
        # The address is free again.
        self.assertEqual(self.server.post("/api/users", body(me["user"]["email"])).status, 201)

    # contract: users.patch, users.delete
    def test_own_id_in_upper_case_is_the_same_id(self):
        me = self.server.register()
        response = self.server.patch(f"/api/users/{me['user']['id'].upper()}", {"name": "Upper"}, token=me["accessToken"])
        self.assertEqual(response.status, 200, response)
        self.assertEqual(response.json["user"]["id"], me["user"]["id"])

    # contract: user.shape
    def test_no_answer_holds_a_hash(self):
        for response in (
            self.server.get("/api/users?limit=100", token=self.token),
            self.server.get("/api/users/me", token=self.token),
            self.server.post("/auth/login", {"email": self.me["user"]["email"], "password": self.me["password"]}),
        ):
            self.assertEqual(response.status, 200)
            self.assertNotRegex(response.body.decode(), r"\$2[aby]\$|password|hash|role")


class Lists(ServerTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.register(name="User 00")["accessToken"]
        for number in range(1, 25):
            assert cls.server.post("/api/users", body(f"list{number}@example.com", name=f"User {number:02}")).status == 201

    def page(self, query: str = "") -> dict:
        response = self.server.get(f"/api/users{query}", token=self.token)
        self.assertEqual(response.status, 200, response)
        self.assertEqual(set(response.json), {"users", "pagination"})
        return response.json

    # contract: users.list, cache.no-store
    def test_pages(self):
        first = self.page()
        self.assertEqual(first["pagination"], {"page": 1, "limit": 10, "total": 25, "pages": 3})
        self.assertEqual([user["name"] for user in first["users"]], [f"User {number:02}" for number in range(10)])
        for user in first["users"]:
            self.assertEqual(set(user), {"id", "name", "email", "createdAt"})
        last = self.page("?page=3")
        self.assertEqual([user["name"] for user in last["users"]], [f"User {number:02}" for number in range(20, 25)])
        seven = self.page("?limit=7&page=2")
        self.assertEqual(seven["pagination"], {"page": 2, "limit": 7, "total": 25, "pages": 4})
        self.assertEqual(seven["users"][0]["name"], "User 07")
        self.assertEqual(len(self.page("?limit=100")["users"]), 25)
        self.assertEqual(self.server.get("/api/users", token=self.token).header("cache-control"), "no-store")

    # contract: users.list-bounds
    def test_bounds(self):
        past = self.page("?page=4")
        self.assertEqual(past["users"], [])
        self.assertEqual(past["pagination"], {"page": 4, "limit": 10, "total": 25, "pages": 3})
        self.assertEqual(self.page("?page=1000000")["users"], [])
        for query, path, code in (
            ("page=0", "/page", "minimum"), ("page=-1", "/page", "minimum"), ("page=x", "/page", "type"),
            ("page=", "/page", "type"), ("page=1.5", "/page", "type"), ("page=0x1", "/page", "type"),
            ("limit=0", "/limit", "minimum"), ("limit=101", "/limit", "maximum"), ("limit=all", "/limit", "type"),
            ("page=99999999999999999999", "/page", None),
        ):
            with self.subTest(query=query):
                details = self.assertError(self.server.get(f"/api/users?{query}", token=self.token), 400, "Validation error")["details"]
                self.assertEqual([(one["in"], one["path"]) for one in details], [("query", path)])
                if code:
                    self.assertEqual(details[0]["code"], code)

    # contract: users.list
    def test_totals_follow_every_change(self):
        total = self.page()["pagination"]["total"]
        extra = self.server.register(name="User 99")
        try:
            self.assertEqual(self.page()["pagination"]["total"], total + 1)
            self.assertEqual(self.page("?limit=100")["users"][-1]["name"], "User 99")
        finally:
            self.server.delete(f"/api/users/{extra['user']['id']}", token=extra["accessToken"])
        self.assertEqual(self.page()["pagination"]["total"], total)


class Roles(unittest.TestCase):
    # contract: user.role
    def test_the_role_is_in_the_row(self):
        with Mortised() as server:
            server.register(email="boss@example.com")
            server.stop()
            from mortised import run

            done = run("--config", server.folder.config, "users", "grant-admin", "Boss@Example.com")
            self.assertEqual(done.returncode, 0, done)
            self.assertEqual(server.folder.stored.rows("SELECT role FROM users"), [("admin",)])
            unknown = run("--config", server.folder.config, "users", "grant-admin", "nobody@example.com")
            self.assertEqual(unknown.returncode, 1, unknown)
            self.assertIn("nobody@example.com", unknown.stderr)
            revoked = run("--config", server.folder.config, "users", "revoke-admin", "boss@example.com")
            self.assertEqual(revoked.returncode, 0, revoked)
            self.assertEqual(server.folder.stored.rows("SELECT role FROM users"), [("user",)])

    # contract: user.role
    def test_beside_requests(self):
        """The running server keeps serving, and a change counts with the next request."""
        from mortised import run

        def command(*arguments: str):
            return run("--config", server.folder.config, "users", *arguments)

        with Mortised() as server:
            boss = server.register(email="Boss@example.com", name="The\tBoss")
            user = server.register(email="user@example.com", name="User")
            users = [(boss["user"]["id"], "Boss@example.com", "The\\tBoss"), (user["user"]["id"], "user@example.com", "User")]
            batch = {"users": []}
            for command_name, role, status in (("grant-admin", "admin", 201), ("revoke-admin", "user", 403)):
                done = command(command_name, "boss@example.com")
                self.assertEqual((done.returncode, done.stderr), (0, ""), done)
                self.assertEqual(server.post("/api/users/batch", batch, token=boss["accessToken"]).status, status)
                roles = [role, "user"]
                for asked in (None, "admin", "user"):
                    listed = command("list", *(["--role", asked] if asked else []))
                    expected = ["\t".join((*one, has)) for one, has in zip(users, roles, strict=True) if asked in (None, has)]
                    self.assertEqual((listed.returncode, listed.stdout.splitlines()), (0, expected), listed)
            unknown = command("grant-admin", "nobody@example.com")
            self.assertEqual((unknown.returncode, unknown.stderr), (1, "no user has the address nobody@example.com\n"))
            for wrong in (("list", "--role", "root"), ("grant-admin",)):
                self.assertEqual(command(*wrong).returncode, 64)
            self.assertNotEqual(command("grant-admim").returncode, 0)
            server.stop()
            self.assertEqual(len(command("list").stdout.splitlines()), 2)


class Totals(ServerTest):
    """Lists count up to a limit."""

    PLUGINS = {"logging": {}, "routing": {}, "database": {"url": "sqlite:///test.db"}, "auth": {}, "users": {"maximum_total": "100"},
               "posts": {"maximum_total": "100"}}

    def pagination(self, path: str, token: str) -> dict:
        response = self.server.get(path, token=token)
        self.assertEqual(response.status, 200, response)
        return response.json["pagination"]

    # contract: users.list
    def test_no_more_than_the_limit_is_counted(self):
        me = self.server.register()
        token, own = me["accessToken"], me["user"]["id"]
        database = stored(self.server.folder)

        def add(first: int, count: int) -> None:
            numbers = range(first, first + count)
            database.change_all(
                "INSERT INTO users (id, name, email, email_lower, password_hash, created_at, updated_at) VALUES (?, ?, ?, ?, '', ?, ?)",
                [(f"0190f5a8-7c3e-7abc-8def-{n:012x}", f"User {n}", f"t{n}@example.com", f"t{n}@example.com", Time(n), Time(n)) for n in numbers])
            database.change_all(
                "INSERT INTO posts (id, author_id, title, published, created_at, updated_at) VALUES (?, ?, 'A post', 1, ?, ?)",
                [(f"0190f5a8-7c3e-7abc-8def-{n:012x}", own, Time(n), Time(n)) for n in numbers])

        add(0, 98)
        for limit, pages in ((10, 10), (100, 1)):
            self.assertEqual(self.pagination(f"/api/users?page=1&limit={limit}", token), {"page": 1, "limit": limit, "total": 99, "pages": pages})
        add(98, 1)
        self.assertEqual(self.pagination("/api/users?page=1&limit=10", token)["total"], 100)
        add(99, 40)
        for _ in range(2):
            self.assertEqual(self.pagination("/api/users?page=10&limit=10", token), {"page": 10, "limit": 10, "total": 100, "pages": 10})
            for path in ("/api/posts", f"/api/users/{own}/posts"):
                self.assertEqual(self.pagination(f"{path}?page=1&limit=50", token), {"page": 1, "limit": 50, "total": 100, "pages": 2})
        # What is behind is read by cursor.
        self.assertEqual(self.server.get("/api/users?page=11&limit=10", token=token).json["users"], [])
        ids, cursor = [], ""
        while cursor is not None:
            slice = self.server.get(f"/api/users?limit=60&after={cursor}", token=token).json
            ids += [user["id"] for user in slice["users"]]
            cursor = slice["pagination"]["next"]
        self.assertEqual(len(set(ids)), 140)
        database.change("DELETE FROM users WHERE email LIKE ?", "t1%")
        self.assertEqual(self.pagination("/api/users?page=1&limit=10", token)["total"], 140 - 50)


if __name__ == "__main__":
    unittest.main()
