# SPDX-License-Identifier: Apache-2.0
"""Profiles of users, and what a request includes with them."""

import unittest

from mortised import ALL_PLUGINS, Mortised, ServerTest

WITH_POSTS = {**ALL_PLUGINS, "posts": {}}
PROFILE = {"bio": "Writes about looms", "avatar": "https://example.com/ada.png"}
EMPTY = {"bio": None, "avatar": None}


def rows(server: Mortised, sql: str, *values) -> list[tuple]:
    return server.folder.stored.rows(sql, *values)


class IncludeTest(ServerTest):
    counter = 0

    def create(self, target: str = "/auth/register", **members):
        IncludeTest.counter += 1
        return self.server.post(target, {"name": "Ada", "email": f"include{IncludeTest.counter}@example.com", "password": "correct horse",
                                         **members})

    def user(self, **members) -> tuple[str, str]:
        """Id and token of a new one."""
        response = self.create(**members)
        self.assertEqual(response.status, 201, response)
        return response.json["user"]["id"], response.json["accessToken"]

    def read(self, user: tuple[str, str], query: str = "?include=profile", of: str | None = None, **headers):
        return self.server.request("GET", f"/api/users/{of or user[0]}{query}", token=user[1], headers=headers)

    def profile(self, user: tuple[str, str]):
        return self.read(user).json["user"]["profile"]

    def write(self, user: tuple[str, str], title: str, published: bool = True) -> dict:
        response = self.server.post("/api/posts", {"title": title, "published": published}, token=user[1])
        self.assertEqual(response.status, 201, response)
        return response.json["post"]

    def assertDetails(self, response, *expected: tuple[str, str]):
        details = self.assertError(response, 400, "Validation error")["details"]
        self.assertEqual(sorted((one["path"], one["code"]) for one in details), sorted(expected), response)
        return details


class Profiles(IncludeTest):
    # contract: user.profile
    def test_createUserWithProfile(self):
        """By either door, both or neither."""
        for target in ("/auth/register", "/api/users"):
            for sent, stored in ((PROFILE, PROFILE), ({"bio": "Looms"}, {**EMPTY, "bio": "Looms"}), ({}, EMPTY),
                                 ({"bio": None, "avatar": None, "other": 1}, EMPTY), ({"bio": ""}, {**EMPTY, "bio": ""})):
                response = self.create(target, profile=sent)
                self.assertEqual(response.status, 201, response)
                self.assertNotIn("profile", response.json["user"])
                found = rows(self.server, "SELECT bio, avatar FROM profiles WHERE user_id = ?", response.json["user"]["id"])
                self.assertEqual(found, [(stored["bio"], stored["avatar"])])
            self.assertIsNone(rows(self.server, "SELECT max(user_id) FROM profiles WHERE user_id = ?", self.create(target).json["user"]["id"])[0][0])
        email = {"email": "taken-with-profile@example.com"}
        self.create(**email)
        before = rows(self.server, "SELECT count(*) FROM profiles")
        for target in ("/auth/register", "/api/users"):
            self.assertError(self.create(target, **email, profile=PROFILE), 409, "User already exists")
        self.assertEqual(rows(self.server, "SELECT count(*) FROM profiles"), before)

    # contract: user.profile
    def test_neither_without_the_other(self):
        """The table of profiles takes nothing: the user is not there either, and neither are tokens."""
        self.server.folder.stored.refuse_rows("profiles", "NEW.bio = 'refused'")
        before = rows(self.server, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM profiles), (SELECT count(*) FROM auth_refresh_families)")
        for target in ("/auth/register", "/api/users"):
            self.assertEqual(self.create(target, profile={"bio": "refused"}).status, 500)
        self.assertEqual(rows(self.server, "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM profiles), (SELECT count(*) FROM auth_refresh_families)"), before)

    # contract: user.profile
    def test_rules(self):
        good = ({"bio": "ä" * 1000}, {"avatar": "http://example.com"}, {"avatar": "HTTPS://example.com/a?b#c"},
                {"avatar": "https://example.com/" + "x" * (2048 - 20)})
        bad = (({"bio": "x" * 1001}, ("/profile/bio", "maxLength")), ({"bio": 1}, ("/profile/bio", "type")),
               ({"avatar": "https://example.com/" + "x" * (2049 - 20)}, ("/profile/avatar", "x-maxBytes")),
               ({"avatar": "javascript:alert(1)"}, ("/profile/avatar", "pattern")), ({"avatar": "ftp://example.com/a"}, ("/profile/avatar", "pattern")),
               ({"avatar": "data:image/png;base64,AAAA"}, ("/profile/avatar", "pattern")), ({"avatar": "http://"}, ("/profile/avatar", "pattern")),
               ({"avatar": "https:///x"}, ("/profile/avatar", "pattern")), ("x", ("/profile", "type")), ([], ("/profile", "type")))
        user = self.user()
        for target in ("/auth/register", "/api/users"):
            for profile in good:
                self.assertEqual(self.create(target, profile=profile).status, 201, profile)
            for profile, expected in bad:
                with self.subTest(target=target, profile=str(profile)[:60]):
                    found = self.assertError(self.create(target, profile=profile), 400, "Validation error")["details"]
                    self.assertIn(expected, [(one["path"], one["code"]) for one in found])
                    found = self.assertError(self.server.patch(f"/api/users/{user[0]}", {"profile": profile}, token=user[1]), 400)["details"]
                    self.assertIn(expected, [(one["path"], one["code"]) for one in found])
            self.assertError(self.create(target, profile={"bio": "a\0b"}), 400, "Validation error")
        for profile in good:
            self.assertEqual(self.server.patch(f"/api/users/{user[0]}", {"profile": profile}, token=user[1]).status, 200, profile)
        self.assertError(self.create(profile={"avatar": "not a uri"}), 400, "Validation error")

    # contract: user.profile
    def test_patch(self):
        user = self.user()
        target = f"/api/users/{user[0]}"
        self.assertIsNone(self.profile(user))
        steps = (({}, None), ({"bio": None}, None), ({"bio": "One"}, {"bio": "One", "avatar": None}), ({}, {"bio": "One", "avatar": None}),
                 ({"avatar": PROFILE["avatar"]}, {"bio": "One", "avatar": PROFILE["avatar"]}), ({"bio": None}, {"bio": None, "avatar": PROFILE["avatar"]}),
                 (PROFILE, PROFILE), ({"bio": None, "avatar": None}, EMPTY), (None, None), (None, None), (PROFILE, PROFILE))
        for change, expected in steps:
            response = self.server.patch(target, {"profile": change}, token=user[1])
            self.assertEqual((response.status, set(response.json["user"])), (200, {"id", "name", "email", "createdAt"}), response)
            self.assertEqual(self.profile(user), expected, change)
        response = self.server.patch(f"{target}?include=profile", {"name": "Countess", "profile": {"bio": "Both"}}, token=user[1])
        self.assertEqual((response.json["user"]["name"], response.json["user"]["profile"]), ("Countess", {**PROFILE, "bio": "Both"}))
        self.assertEqual(response.header("etag"), self.read(user).header("etag"))
        self.assertDetails(self.server.patch(f"{target}?include=posts", {}, token=user[1]), ("/include", "enum"))
        other = self.user()
        self.assertError(self.server.patch(target, {"profile": None}, token=other[1]), 403, "Forbidden")

    # contract: user.profile
    def test_all_of_a_patch_or_nothing(self):
        user, other = self.user(profile=PROFILE), self.create()
        response = self.server.patch(f"/api/users/{user[0]}", {"email": other.json["user"]["email"], "profile": {"bio": "Lost"}}, token=user[1])
        self.assertError(response, 409, "Resource already exists")
        self.assertEqual(self.profile(user), PROFILE)

    # contract: users.include-etag, users.if-match
    def test_the_entity_tag_is_that_of_what_is_shown(self):
        user = self.user()
        target = f"/api/users/{user[0]}"
        plain, seen = self.read(user, "").header("etag"), {}
        for change in ({"bio": "One"}, {"bio": None}, {"bio": ""}, {"avatar": PROFILE["avatar"]}, None, PROFILE):
            tag, shown = self.read(user).header("etag"), str(self.profile(user))
            self.assertNotEqual(tag, plain)
            self.assertEqual((seen.setdefault(shown, tag), list(seen.values()).count(tag)), (tag, 1))
            known = self.read(user, **{"If-None-Match": tag})
            self.assertEqual((known.status, known.body, known.header("etag")), (304, b"", tag))
            stale = self.server.patch(f"{target}?include=profile", {"profile": change}, token=user[1], headers={"If-Match": plain})
            self.assertError(stale, 412, "Precondition failed")
            changed = self.server.patch(f"{target}?include=profile", {"profile": change}, token=user[1], headers={"If-Match": tag})
            self.assertEqual(changed.status, 200, changed)
            self.assertEqual(self.read(user, **{"If-None-Match": tag}).status, 200)
            self.assertEqual(self.read(user, "").header("etag"), plain)
        self.assertEqual(self.server.patch(target, {"profile": None}, token=user[1], headers={"If-Match": plain}).status, 200)

    # contract: users.include, user.profile
    def test_lists(self):
        users = [self.user(**({"profile": PROFILE} if i % 2 else {})) for i in range(4)]
        wanted = {user[0]: PROFILE if i % 2 else None for i, user in enumerate(users)}
        for query in ("page=1&limit=100", "after=&limit=100"):
            response = self.server.get(f"/api/users?{query}&include=profile", token=users[0][1])
            found = {one["id"]: one["profile"] for one in response.json["users"] if one["id"] in wanted}
            self.assertEqual(found, wanted)
            for one in self.server.get(f"/api/users?{query}", token=users[0][1]).json["users"]:
                self.assertNotIn("profile", one)
        me = self.server.get("/api/users/me?include=profile", token=users[1][1])
        self.assertEqual(me.json["user"]["profile"], PROFILE)

    # contract: user.profile
    def test_forms(self):
        body = b"name=Ada&email=form-profile%40example.com&password=correct+horse&profile[bio]=Looms"
        response = self.server.request("POST", "/auth/register", body=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(response.status, 201, response)
        self.assertEqual(self.profile((response.json["user"]["id"], response.json["accessToken"])), {"bio": "Looms", "avatar": None})

    # contract: users.include
    def test_posts_are_not_known_while_their_plugin_is_off(self):
        user = self.user()
        for target in ("/api/users/me", f"/api/users/{user[0]}", "/api/users"):
            for include in ("posts", "profile,posts", "nonsense", "profile,", "profile,,profile", "%20profile"):
                response = self.server.get(f"{target}?include={include}", token=user[1])
                if include == "profile,":
                    self.assertEqual(response.status, 200, response)
                    continue
                [detail] = self.assertDetails(response, ("/include", "enum"))
                self.assertEqual(detail["message"], "must be a comma list of: profile. No plugin that is on shows others")
            self.assertEqual(self.server.get(f"{target}?include=", token=user[1]).status, 200)

    # contract: users.delete
    def test_a_profile_goes_with_its_user(self):
        user = self.user(profile=PROFILE)
        self.assertEqual(self.server.delete(f"/api/users/{user[0]}", token=user[1]).status, 204)
        self.assertEqual(rows(self.server, "SELECT count(*) FROM profiles WHERE user_id = ?", user[0]), [(0,)])


class Posts(IncludeTest):
    PLUGINS = WITH_POSTS

    # contract: users.include
    def test_getUserWithPosts(self):
        """Newest first; published ones, and all for the author; a cursor to the rest."""
        ada, eve = self.user(profile=PROFILE), self.user()
        written = [self.write(ada, f"Post {i}", i % 3 != 0) for i in range(12)][::-1]
        published = [one for one in written if one["published"]]
        for reader, expected in ((ada, written), (eve, published)):
            user = self.read(reader, "?include=profile,posts", of=ada[0]).json["user"]
            self.assertEqual((user["posts"], user["postsNext"], user["profile"]), (expected, None, PROFILE))
            user = self.read(reader, "?include=posts&postsLimit=5", of=ada[0]).json["user"]
            self.assertEqual(user["posts"], expected[:5])
            self.assertNotIn("profile", user)
            rest = self.server.get(f"/api/users/{ada[0]}/posts?after={user['postsNext']}&limit=100", token=reader[1]).json
            self.assertEqual(rest["posts"], expected[5:])
            exact = self.read(reader, f"?include=posts&postsLimit={len(expected)}", of=ada[0]).json["user"]
            self.assertEqual((exact["posts"], exact["postsNext"]), (expected, None))
        me = self.server.get("/api/users/me?include=posts", token=ada[1]).json["user"]
        self.assertEqual(me["posts"], written)
        self.assertEqual(set(me), {"id", "name", "email", "createdAt", "posts", "postsNext"})

    # contract: users.include, users.one
    def test_findUserById(self):
        ada = self.user()
        post = self.write(ada, "One")
        user = self.read(ada, "?include=posts").json["user"]
        self.assertEqual((user["id"], user["posts"]), (ada[0], [post]))
        for id in ("018f2b6e-7c1d-7a90-8b3c-0123456789ab", "1"):
            self.assertError(self.read(ada, "?include=posts", of=id), 404, "User not found")
        self.assertError(self.server.get(f"/api/users/{ada[0]}?include=posts"), 401, "No token provided")

    # contract: users.include
    def test_twenty_unless_said_otherwise(self):
        ada = self.user()
        written = [self.write(ada, str(i)) for i in range(22)][::-1]
        user = self.read(ada, "?include=posts").json["user"]
        self.assertEqual(user["posts"], written[:20])
        self.assertIsNotNone(user["postsNext"])
        for limit in ("0", "101", "x", ""):
            self.assertError(self.read(ada, f"?include=posts&postsLimit={limit}"), 400, "Validation error")
        self.assertEqual(len(self.read(ada, "?include=posts&postsLimit=100").json["user"]["posts"]), 22)

    # contract: users.include
    def test_lists(self):
        users = [self.user() for _ in range(3)]
        wanted = {user[0]: [self.write(user, f"{i}", i % 2 == 0) for i in range(place * 3)][::-1] for place, user in enumerate(users)}
        reader = users[2]
        for query in ("page=1&limit=20", "after=&limit=20"):
            for limit in (2, 20):
                response = self.server.get(f"/api/users?{query}&include=posts,profile&postsLimit={limit}", token=reader[1])
                found = {one["id"]: one for one in response.json["users"] if one["id"] in wanted}
                self.assertEqual(set(found), set(wanted))
                for id, posts in wanted.items():
                    expected = [one for one in posts if one["published"] or id == reader[0]]
                    self.assertEqual(found[id]["posts"], expected[:limit])
                    self.assertEqual(found[id]["postsNext"] is not None, len(expected) > limit)
                    self.assertIsNone(found[id]["profile"])

    # contract: users.include-etag
    def test_the_entity_tag_follows_the_posts(self):
        ada, eve = self.user(), self.user()
        query, tags = "?include=posts&postsLimit=1", set()

        def tag(reader: tuple[str, str] = eve) -> str:
            return self.read(reader, query, of=ada[0]).header("etag")

        tags.add(tag())
        first = self.write(ada, "One")
        tags.add(tag())
        self.server.patch(f"/api/posts/{first['id']}", {"content": "x"}, token=ada[1])
        tags.add(tag())
        self.assertEqual(len(tags), 3)
        draft = self.write(ada, "Two", False)
        self.assertIn(tag(), tags)  # nothing of it is shown
        self.assertNotIn(tag(ada), tags)
        self.assertEqual(self.read(eve, query, of=ada[0], **{"If-None-Match": tag()}).status, 304)
        self.server.patch(f"/api/posts/{draft['id']}", {"published": True}, token=ada[1])
        self.assertNotIn(tag(), tags)
        plain = self.read(eve, "", of=ada[0])
        self.assertNotIn("posts", plain.json["user"])

    # contract: users.include
    def test_unknown_names(self):
        user = self.user()
        for include in ("nonsense", "posts,nonsense", "Posts", "profile posts"):
            [detail] = self.assertDetails(self.read(user, f"?include={include.replace(' ', '%20')}"), ("/include", "enum"))
            self.assertEqual(detail["message"], "must be a comma list of: profile, posts. No plugin that is on shows others")
        self.assertEqual(self.read(user, "?include=posts,posts,profile,posts").status, 200)


class Documented(ServerTest):
    PLUGINS = {**WITH_POSTS, "openapi": {"docs": "on"}}

    # contract: users.include, openapi.document
    def test_parameters(self):
        document = self.server.get("/openapi.json").json
        for path in ("/api/users", "/api/users/me", "/api/users/{id}"):
            parameters = {one["name"]: one for one in document["paths"][path]["get"]["parameters"] if one["in"] == "query"}
            self.assertIn("posts", parameters["include"]["description"])
            schema = parameters["postsLimit"]["schema"]
            self.assertEqual((schema["minimum"], schema["maximum"], schema["default"]), (1, 100, 20))
        for path in ("/api/posts", "/api/users/{id}/posts", "/api/posts/{id}"):
            self.assertIn("get", document["paths"][path])


class Bounds(IncludeTest):
    PLUGINS = {**WITH_POSTS, "users": {"max_included_rows": "100"}, "database": {"url": "sqlite:///test.db", "query_log": "info"}}

    # contract: users.include
    def test_rows_of_a_request_are_bounded(self):
        user = self.user()
        for query, good in (("limit=5&include=posts&postsLimit=20", True), ("limit=5&include=posts&postsLimit=21", False),
                            ("limit=5&include=posts,profile&postsLimit=20", False), ("limit=100&include=profile", True),
                            ("limit=100&include=posts&postsLimit=1", True), ("limit=100&postsLimit=100", True)):
            response = self.server.get(f"/api/users?{query}", token=user[1])
            if good:
                self.assertEqual(response.status, 200, response)
            else:
                self.assertDetails(response, ("/include", "maximum"))
        self.assertEqual(self.read(user, "?include=posts&postsLimit=100").status, 200)
        self.assertDetails(self.read(user, "?include=posts,profile&postsLimit=100"), ("/include", "maximum"))

    # contract: users.include
    def test_a_constant_number_of_statements(self):
        users = [self.user(profile=PROFILE) for _ in range(6)]
        for user in users:
            for i in range(3):
                self.write(user, str(i))

        def statements(target: str) -> list[str]:
            mark = self.server.mark()
            response = self.server.get(target, token=users[0][1])
            self.assertEqual(response.status, 200, response)
            id = response.header("x-request-id")
            self.server.wait_for("Request completed", since=mark, requestId=id)
            return sorted(one["statement"] for one in self.server.found("Statement", mark) if one.get("requestId") == id)

        statements("/api/users?page=1&limit=2")  # counts all of them, for this version of the data
        of_two = statements("/api/users?page=1&limit=2&include=profile,posts&postsLimit=2")
        self.assertEqual(statements("/api/users?page=1&limit=6&include=profile,posts&postsLimit=2"), of_two)
        self.assertEqual(len([one for one in of_two if "posts" in one]), 2, of_two)
        self.assertEqual(len([one for one in of_two if "profiles" in one]), 1, of_two)
        statements(f"/api/users/{users[1][0]}?include=profile,posts")  # a text that comes for the first time goes to a worker
        of_one = statements(f"/api/users/{users[1][0]}?include=profile,posts")
        self.assertEqual((len([one for one in of_one if "posts" in one]), len(of_one)), (1, 3), of_one)


if __name__ == "__main__":
    unittest.main()
