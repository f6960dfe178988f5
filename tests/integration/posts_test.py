# SPDX-License-Identifier: Apache-2.0
"""/api/posts: shapes, rules, lists, who sees and changes what."""

import re
import threading
import unittest

from mortised import ALL_PLUGINS, Mortised, ServerTest

UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PLUGINS = {**ALL_PLUGINS, "posts": {}}
UNKNOWN = "018f2b6e-7c1d-7a90-8b3c-0123456789ab"


class Author:
    """A registered user who writes."""

    def __init__(self, server: Mortised):
        self.server = server
        self.session = server.register()
        self.id = self.session["user"]["id"]
        self.token = self.session["accessToken"]

    def write(self, title: str = "On looms", **members) -> dict:
        response = self.server.post("/api/posts", {"title": title, "published": True, **members}, token=self.token)
        assert response.status == 201, response
        return response.json["post"]


class PostsTest(ServerTest):
    PLUGINS = PLUGINS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada, cls.eve = Author(cls.server), Author(cls.server)

    def change(self, method: str, post: dict, token: str | None, body=None, **headers):
        return self.server.request(method, f"/api/posts/{post['id']}", token=token, json_body=body, headers=headers)


class Posts(PostsTest):
    # contract: posts.create, posts.shape, format.times, format.ids
    def test_create(self):
        response = self.server.post("/api/posts", {"title": "On looms", "content": "They weave.", "published": True},
                                    token=self.ada.token)
        self.assertEqual(response.status, 201, response)
        self.assertEqual(set(response.json), {"post"})
        post = response.json["post"]
        self.assertEqual(set(post), {"id", "title", "content", "published", "authorId", "createdAt"})
        self.assertRegex(post["id"], f"^{UUID7.pattern}$")
        self.assertRegex(post["createdAt"], f"^{TIME.pattern}$")
        self.assertEqual((post["title"], post["content"], post["published"], post["authorId"]),
                         ("On looms", "They weave.", True, self.ada.id))
        self.assertEqual(response.header("location"), f"/api/posts/{post['id']}")
        found = self.server.get(response.header("location"))
        self.assertEqual(found.json, {"post": post})
        self.assertEqual(found.header("etag"), response.header("etag"))

    # contract: posts.create
    def test_what_may_be_left_out(self):
        response = self.server.post("/api/posts", {"title": "x", "authorId": self.eve.id, "id": UNKNOWN}, token=self.ada.token)
        self.assertEqual(response.status, 201, response)
        post = response.json["post"]
        self.assertEqual((post["content"], post["published"], post["authorId"]), (None, False, self.ada.id))
        self.assertNotEqual(post["id"], UNKNOWN)

    # contract: posts.create, posts.shape
    def test_texts_come_back_as_they_are(self):
        for title, content in (("\U0001f600" * 255, "\U0001f600" * 16383 + "abc"), ("x" * 254 + " ", "\u00df" * 32767), (" \\ ' \" % _ ", " \r\n\t\u2028 "),
                               ("a\u0308", "\u00e4"), ("x", "")):
            with self.subTest(title[:20]):
                post = self.ada.write(title, content=content)
                self.assertEqual((post["title"], post["content"]), (title, content))
                self.assertEqual(self.server.get(f"/api/posts/{post['id']}").json["post"], post)
                changed = self.change("PATCH", post, self.ada.token, {"content": content[::-1]})
                self.assertEqual((changed.status, changed.json["post"]["content"]), (200, content[::-1]), changed)

    # contract: posts.create, body.forms
    def test_forms(self):
        response = self.server.request("POST", "/api/posts", token=self.ada.token, body=b"title=From+a+form&published=true",
                                       headers={"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(response.status, 201, response)
        self.assertEqual((response.json["post"]["title"], response.json["post"]["published"]), ("From a form", True))

    # contract: posts.rules, user.nul
    def test_rules(self):
        refused = [({}, ("/title", "required")), ({"title": ""}, ("/title", "minLength")), ({"title": "x" * 256}, ("/title", "maxLength")),
                   ({"title": None}, ("/title", "type")), ({"title": 1}, ("/title", "type")),
                   ({"title": "x", "content": 1}, ("/content", "type")), ({"title": "x", "published": "maybe"}, ("/published", "type")),
                   ({"title": "x", "content": "y" * 65536}, ("/content", "x-maxBytes")),
                   ({"title": "x", "content": "ä" * 32768}, ("/content", "x-maxBytes"))]
        for body, (path, code) in refused:
            with self.subTest(body=str(body)[:60]):
                details = self.assertError(self.server.post("/api/posts", body, token=self.ada.token), 400, "Validation error")["details"]
                self.assertEqual([(one["in"], one["path"], one["code"]) for one in details], [("body", path, code)])
        for member in ("title", "content"):
            response = self.server.post("/api/posts", {"title": "x", member: "a\0b"}, token=self.ada.token)
            self.assertError(response, 400, "Validation error")
        for body in ({"title": "é" * 255, "content": "y" * 65535}, {"title": "x", "content": ""}):
            self.assertEqual(self.server.post("/api/posts", body, token=self.ada.token).json["post"]["content"], body["content"])

    # contract: posts.token, posts.one, posts.change
    def test_who_may(self):
        """Nobody, the author, another user, and an administrator, who has no more rights here than others."""
        admin = Author(self.server)
        self.server.folder.stored.change("UPDATE users SET role = 'admin' WHERE id = ?", admin.id)  # it is read with every request
        post, draft = self.ada.write(), self.ada.write(published=False)
        everybody = {"nobody": None, "author": self.ada.token, "other": self.eve.token, "admin": admin.token}
        expected = {  # method, which post: status for nobody, author, other, admin
            ("GET", "post"): (200, 200, 200, 200), ("GET", "draft"): (404, 200, 404, 404),
            ("PATCH", "post"): (401, 200, 403, 403), ("PATCH", "draft"): (401, 200, 404, 404),
            ("DELETE", "post"): (401, 204, 403, 403), ("DELETE", "draft"): (401, 204, 404, 404)}
        for (method, which), statuses in expected.items():
            for (who, token), status in sorted(zip(everybody.items(), statuses), key=lambda one: one[1] == 204):
                with self.subTest(method=method, which=which, who=who):
                    response = self.change(method, post if which == "post" else draft, token, {} if method == "PATCH" else None)
                    self.assertEqual(response.status, status, response)
                    if status == 403:
                        self.assertError(response, 403, "Forbidden")
                    if status == 404:
                        self.assertError(response, 404, "Post not found")
        self.assertEqual(self.server.post("/api/posts", {"title": "x"}).status, 401)
        for target in ("/api/posts", f"/api/users/{self.ada.id}/posts"):
            self.assertEqual(self.server.get(target).status, 200)

    # contract: posts.token
    def test_a_bad_token_is_not_nobody(self):
        post = self.ada.write()
        for target in (f"/api/posts/{post['id']}", f"/api/users/{self.ada.id}/posts"):
            self.assertError(self.server.get(target, token="nonsense"), 401, "Invalid token")

    # contract: posts.one, user.bad-id, conflict.missing
    def test_unknown_ids(self):
        for post in ({"id": UNKNOWN}, {"id": "1"}, {"id": "x" * 36}):
            self.assertError(self.change("GET", post, None), 404, "Post not found")
            self.assertError(self.change("PATCH", post, self.ada.token, {"title": "x"}), 404, "Post not found")
            self.assertError(self.change("DELETE", post, self.ada.token), 404, "Post not found")
        for user in (UNKNOWN, "me", "1"):
            self.assertError(self.server.get(f"/api/users/{user}/posts"), 404, "User not found")

    # contract: posts.change
    def test_patch(self):
        post = self.ada.write(content="Before")
        self.assertEqual(self.change("PATCH", post, self.ada.token, {}).json["post"], post)
        for change in ({"title": "After"}, {"content": "Now"}, {"content": None}, {"published": False},
                       {"title": "All", "content": "of it", "published": True}):
            response = self.change("PATCH", post, self.ada.token, change)
            post = {**post, **change}
            self.assertEqual((response.status, response.json), (200, {"post": post}))
            self.assertEqual(self.change("GET", post, self.ada.token).json, {"post": post})
        for change, code in (({"title": ""}, "minLength"), ({"title": None}, "type"), ({"published": None}, "type")):
            details = self.assertError(self.change("PATCH", post, self.ada.token, change), 400, "Validation error")["details"]
            self.assertEqual([one["code"] for one in details], [code])
        self.assertEqual(self.change("PATCH", post, self.ada.token, {"authorId": self.eve.id, "id": UNKNOWN}).json["post"], post)

    # contract: posts.change
    def test_delete(self):
        post = self.ada.write()
        response = self.change("DELETE", post, self.ada.token)
        self.assertEqual((response.status, response.body), (204, b""))
        self.assertEqual(self.change("DELETE", post, self.ada.token).status, 404)
        self.assertEqual(self.change("GET", post, self.ada.token).status, 404)

    # contract: posts.etag
    def test_conditions(self):
        post = self.ada.write()
        tag = self.change("GET", post, None).header("etag")
        known = self.change("GET", post, None, **{"If-None-Match": tag})
        self.assertEqual((known.status, known.body, known.header("etag")), (304, b"", tag))
        for change in ({"title": "y"}, {"content": "z"}, {"content": ""}, {"content": None}, {"published": False}):
            self.assertError(self.change("PATCH", post, self.ada.token, change, **{"If-Match": '"other"'}), 412)
            response = self.change("PATCH", post, self.ada.token, change, **{"If-Match": tag})
            self.assertEqual(response.status, 200, response)
            self.assertNotEqual(response.header("etag"), tag)
            tag = response.header("etag")
            self.assertEqual(self.change("GET", post, self.ada.token).header("etag"), tag)
        self.assertError(self.change("DELETE", post, self.ada.token, **{"If-Match": '"other"'}), 412)
        self.assertError(self.change("DELETE", post, self.ada.token, **{"If-Match": "other"}), 400, "Validation error")
        self.assertEqual(self.change("DELETE", post, self.ada.token, **{"If-Match": tag}).status, 204)

    # contract: posts.etag
    def test_one_of_racing_writers_wins(self):
        post = self.ada.write()
        tag = self.change("GET", post, None).header("etag")
        statuses, barrier = [], threading.Barrier(8)

        def attempt(name: str):
            barrier.wait()
            statuses.append(self.change("PATCH", post, self.ada.token, {"title": name}, **{"If-Match": tag}).status)

        threads = [threading.Thread(target=attempt, args=(str(i),)) for i in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        self.assertEqual(sorted(statuses), [200] + [412] * 7)


class Lists(ServerTest):
    PLUGINS = PLUGINS

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ada, cls.eve = Author(cls.server), Author(cls.server)
        cls.posts = [(cls.ada if i % 3 else cls.eve).write(f"Post {i}", published=i % 4 != 1) for i in range(24)][::-1]

    def expected(self, author: Author | None = None, also_unpublished: bool = False) -> list[dict]:
        return [one for one in self.posts if (author is None or one["authorId"] == author.id)
                and (one["published"] or also_unpublished)]

    def lists(self):
        """Target, token, and what is to be there."""
        yield "/api/posts", None, self.expected()
        yield "/api/posts", self.ada.token, self.expected()
        for author in (self.ada, self.eve):
            yield f"/api/users/{author.id}/posts", None, self.expected(author)
            yield f"/api/users/{author.id.upper()}/posts", self.ada.token, self.expected(author, author is self.ada)

    # contract: posts.list, posts.of-user
    def test_pages(self):
        for target, token, expected in self.lists():
            seen = []
            for page in range(1, 9):
                response = self.server.get(f"{target}?page={page}&limit=4", token=token)
                self.assertEqual(response.json["pagination"], {"page": page, "limit": 4, "total": len(expected), "pages": -(-len(expected) // 4)})
                seen += response.json["posts"]
            self.assertEqual(seen, expected, target)
            self.assertEqual(self.server.get(target, token=token).json["posts"], expected[:10])
        far = self.server.get("/api/posts?page=9007199254740991&limit=100").json
        self.assertEqual((far["posts"], far["pagination"]["total"]), ([], len(self.expected())))

    # contract: posts.list, posts.of-user
    def test_cursors(self):
        for target, token, expected in self.lists():
            seen, cursor, parts = [], "", 0
            while cursor is not None:
                response = self.server.get(f"{target}?after={cursor}&limit=5", token=token)
                self.assertEqual(set(response.json["pagination"]), {"limit", "next"}, response)
                seen, cursor, parts = seen + response.json["posts"], response.json["pagination"]["next"], parts + 1
            self.assertEqual((seen, parts), (expected, -(-len(expected) // 5)), target)

    # contract: posts.list
    def test_a_list_goes_on_where_it_ended_whatever_came_and_went(self):
        author = Author(self.server)
        target = f"/api/users/{author.id}/posts"
        written = [author.write(str(i)) for i in range(6)][::-1]
        try:
            first = self.server.get(f"{target}?after=&limit=2").json
            self.assertEqual(first["posts"], written[:2])
            self.server.delete(f"/api/posts/{written[1]['id']}", token=author.token)  # the one that the cursor is behind
            self.server.delete(f"/api/posts/{written[2]['id']}", token=author.token)
            author.write("Newer")
            rest = self.server.get(f"{target}?after={first['pagination']['next']}&limit=10").json
            self.assertEqual((rest["posts"], rest["pagination"]["next"]), (written[3:], None))
        finally:
            self.assertEqual(self.server.delete(f"/api/users/{author.id}", token=author.token).status, 204)

    # contract: posts.list
    def test_bounds(self):
        for target in ("/api/posts", f"/api/users/{self.ada.id}/posts"):
            for query, path in (("page=0", "/page"), ("page=x", "/page"), ("limit=0", "/limit"), ("limit=101", "/limit"), ("limit=", "/limit"),
                                ("page=9007199254740992", "/page"), ("after=nonsense", "/after"), ("after=&page=1", "/page")):
                details = self.assertError(self.server.get(f"{target}?{query}"), 400, "Validation error")["details"]
                self.assertEqual([(one["in"], one["path"]) for one in details], [("query", path)], query)
            past = self.server.get(f"{target}?page=1000&limit=100")
            self.assertEqual((past.status, past.json["posts"]), (200, []))

    # contract: posts.list
    def test_totals_follow_every_change(self):
        author = Author(self.server)
        target = f"/api/users/{author.id}/posts"

        def totals() -> tuple[int, int, int]:
            return tuple(self.server.get(one, token=token).json["pagination"]["total"]
                         for one, token in (("/api/posts", None), (target, None), (target, author.token)))

        before = totals()
        post = author.write(published=False)
        self.assertEqual(totals(), (before[0], 0, 1))
        self.server.patch(f"/api/posts/{post['id']}", {"published": True}, token=author.token)
        self.assertEqual(totals(), (before[0] + 1, 1, 1))
        self.server.delete(f"/api/posts/{post['id']}", token=author.token)
        self.assertEqual(totals(), before)
        author.write()
        self.server.delete(f"/api/users/{author.id}", token=author.token)
        self.assertEqual(self.server.get("/api/posts").json["pagination"]["total"], before[0])


if __name__ == "__main__":
    unittest.main()
