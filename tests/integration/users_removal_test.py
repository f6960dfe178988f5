# SPDX-License-Identifier: Apache-2.0
"""Deleting users with more posts than one transaction should delete: they are gone at once, and their posts go in parts."""

import contextlib
import threading
import time
import unittest

import stored
from mortised import ALL_PLUGINS, SLOWNESS, Mortised, eventually

PLUGINS = {**ALL_PLUGINS, "posts": {}, "users": {"removal_interval": "1s"}}
PASSWORD = "correct horse"


class RemovalTest(unittest.TestCase):
    def serve(self, plugins: dict = PLUGINS) -> Mortised:
        server = Mortised(plugins=plugins)
        self.addCleanup(server.close)
        return server

    def rows(self, server: Mortised, sql: str, *values) -> list[tuple]:
        return server.folder.stored.rows(sql, *values)

    def give_posts(self, server: Mortised, author: str, count: int) -> None:
        """Written where no server runs: by the routes it would take minutes."""
        server.folder.stored.change_all(
            "INSERT INTO posts (id, author_id, title, content, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((f"018f2b6e-7c1d-7a90-8b3c-{i:012x}", author, f"Post {i}", "x" * 200, i % 2, stored.Time(i), stored.Time(i)) for i in range(count)))

    def prolific(self, server: Mortised, count: int) -> dict:
        user = server.register(email="prolific@example.com")
        server.stop()
        self.give_posts(server, user["user"]["id"], count)
        server.start()
        return user

    def delete(self, server: Mortised, user: dict):
        return server.delete(f"/api/users/{user['user']['id']}", token=user["accessToken"])

    def begin_deleting(self, server: Mortised, user: dict) -> threading.Thread:
        """Returns once the user is marked."""
        def ask():
            with contextlib.suppress(OSError):
                self.response = self.delete(server, user)

        thread = threading.Thread(target=ask)
        thread.start()
        self.addCleanup(thread.join)
        eventually(lambda: self.rows(server, "SELECT 1 FROM user_removals"), "the mark")
        return thread

    @contextlib.contextmanager
    def writing(self, server: Mortised, user: dict):
        """Somebody writes meanwhile, one post after another, and waits for none of them."""
        waited, done = [], threading.Event()

        def write():
            while not done.is_set():
                begin = time.monotonic()
                assert server.post("/api/posts", {"title": "Meanwhile"}, token=user["accessToken"]).status == 201
                waited.append(time.monotonic() - begin)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            yield
        finally:
            done.set()
            writer.join()
        self.assertGreater(len(waited), 20)
        print(f"{len(waited)} posts were written meanwhile, the slowest in {max(waited) * 1000:.0f} ms")
        self.assertLess(max(waited), 1.0 * SLOWNESS)

    def assertGone(self, server: Mortised, user: dict, other: dict) -> None:
        id = user["user"]["id"]
        self.assertEqual(server.get(f"/api/users/{id}", token=other["accessToken"]).status, 404)
        self.assertEqual(server.get(f"/api/users/{id}?include=profile,posts", token=other["accessToken"]).status, 404)
        self.assertEqual(server.get(f"/api/users/{id}/posts").status, 404)
        self.assertEqual(server.get("/api/users/me", token=user["accessToken"]).json["error"], "User not found")
        self.assertEqual(server.post("/auth/login", {"email": "prolific@example.com", "password": PASSWORD}).status, 401)
        self.assertEqual(server.post("/auth/refresh", {"refreshToken": user["refreshToken"]}).status, 401)
        for query in ("page=1", "after="):
            page = server.get(f"/api/users?{query}&limit=100", token=other["accessToken"]).json
            self.assertNotIn(id, [one["id"] for one in page["users"]])
            self.assertEqual(page["pagination"].get("total", len(page["users"])), len(page["users"]))


class Removal(RemovalTest):
    # contract: users.delete
    def test_100000_posts_hold_up_nobody(self):
        server = self.serve()
        user, other = self.prolific(server, 100_000), server.register()
        with self.writing(server, other):
            thread = self.begin_deleting(server, user)
            self.assertGone(server, user, other)
            # The address is another user's now, who stays.
            self.assertEqual(server.post("/api/users", {"name": "Next", "email": "prolific@example.com", "password": PASSWORD}).status, 201)
            thread.join()
        self.assertEqual((self.response.status, self.response.body), (204, b""))
        id = user["user"]["id"]
        self.assertEqual(self.rows(server, "SELECT (SELECT count(*) FROM posts WHERE author_id = ?), (SELECT count(*) FROM users WHERE id = ?), "
                                           "(SELECT count(*) FROM user_removals)", id, id), [(0, 0, 0)])
        self.assertEqual(server.post("/auth/login", {"email": "prolific@example.com", "password": PASSWORD}).status, 200)
        server.stop()

    # contract: users.delete
    def test_a_removal_survives_a_kill(self):
        server = self.serve()
        user = self.prolific(server, 100_000)
        id = user["user"]["id"]
        count = "SELECT count(*) FROM posts WHERE author_id = ?"
        begun = self.rows(server, count, id)[0][0]
        for _ in range(2):  # while a request deletes, and while what it left is deleted
            if begun == 100_000:
                self.begin_deleting(server, user)
            else:
                eventually(lambda: self.rows(server, count, id)[0][0] < begun, "more of them to go")
            server.kill()
            left = self.rows(server, count, id)[0][0]
            self.assertGreater(left, 10_000)
            self.assertLess(left, begun)
            begun = left
            server.start()
        other = server.register()
        self.assertGone(server, user, other)
        seen = set()

        def look() -> bool:
            posts, removals, users = self.rows(server, f"SELECT ({count}), (SELECT count(*) FROM user_removals), "
                                                       "(SELECT count(*) FROM users WHERE id = ?)", id, id)[0]
            seen.add(posts)
            return (posts, removals, users) == (0, 0, 0)

        with self.writing(server, other):
            eventually(look, "the rest to go")
        # In parts: it was seen to become fewer.
        self.assertGreater(len(seen), 5, seen)
        server.stop()

    # contract: users.delete
    def test_few_posts_go_with_the_user(self):
        server = self.serve()
        user = server.register()
        for i in range(3):
            server.post("/api/posts", {"title": str(i), "published": True}, token=user["accessToken"])
        self.assertEqual(self.delete(server, user).status, 204)
        self.assertEqual(self.rows(server, "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM user_removals)"), [(0, 0)])
        server.stop()

    # contract: users.delete
    def test_posts_go_while_their_plugin_is_off(self):
        server = self.serve()
        user = self.prolific(server, 2000)
        del server.folder.plugins["posts"]
        server.folder.write()
        server.reload()
        self.assertEqual(self.delete(server, user).status, 204)
        self.assertEqual(self.rows(server, "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM user_removals)"), [(0, 0)])
        server.stop()

    # contract: users.if-match, users.delete
    def test_conditions_come_first(self):
        server = self.serve()
        user = self.prolific(server, 2000)
        refused = server.request("DELETE", f"/api/users/{user['user']['id']}", token=user["accessToken"], headers={"If-Match": '"other"'})
        self.assertEqual(refused.status, 412)
        self.assertEqual(self.rows(server, "SELECT (SELECT count(*) FROM posts), (SELECT count(*) FROM user_removals)"), [(2000, 0)])
        self.assertEqual(self.delete(server, user).status, 204)
        server.stop()


if __name__ == "__main__":
    unittest.main()
