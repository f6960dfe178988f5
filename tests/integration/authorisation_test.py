# SPDX-License-Identifier: Apache-2.0
"""Who may call which route: nobody, the owner of what it is about, another user, an administrator."""

import unittest

from mortised import ALL_PLUGINS, ServerTest

# Every route of the document, with the status for each of the four, and its body. {user} and {post} are the owner's, {draft} an
# unpublished post of theirs.
ROUTES = {
    "GET /api/users": (401, 200, 200, 200),
    "POST /api/users": (201, 201, 201, 201),
    "POST /api/users/batch": (401, 403, 403, 201),
    "GET /api/users/me": (401, 200, 200, 200),
    "GET /api/users/{user}": (401, 200, 200, 200),
    "PATCH /api/users/{user}": (401, 200, 403, 403),
    "DELETE /api/users/{user}": (401, 204, 403, 403),
    "GET /api/users/{user}/posts": (200, 200, 200, 200),
    "GET /api/posts": (200, 200, 200, 200),
    "POST /api/posts": (401, 201, 201, 201),
    "GET /api/posts/{post}": (200, 200, 200, 200),
    "GET /api/posts/{draft}": (404, 200, 404, 404),
    "PATCH /api/posts/{post}": (401, 200, 403, 403),
    "PATCH /api/posts/{draft}": (401, 200, 404, 404),
    "DELETE /api/posts/{post}": (401, 204, 403, 403),
    "DELETE /api/posts/{draft}": (401, 204, 404, 404),
    "POST /auth/register": (201, 201, 201, 201),
    "POST /auth/login": (200, 200, 200, 200),
    "POST /auth/refresh": (401, 401, 401, 401),
    "POST /auth/logout": (204, 204, 204, 204),
    "POST /auth/password": (401, 401, 401, 401),
    "GET /health": (200, 200, 200, 200),
    "GET /ready": (200, 200, 200, 200),
    "GET /hello": (200, 200, 200, 200),
}
CALLERS = ("nobody", "owner", "other", "admin")


class Authorisation(ServerTest):
    PLUGINS = {**ALL_PLUGINS, "posts": {}, "openapi": {"docs": "on"}}

    def setUp(self):
        self.tokens = {"nobody": None}
        for name in CALLERS[1:]:
            session = self.server.register()
            self.tokens[name] = session["accessToken"]
            if name == "owner":
                self.owner = session["user"]
            if name == "admin":
                self.server.folder.stored.change("UPDATE users SET role = 'admin' WHERE id = ?", session["user"]["id"])
        self.names = {"user": self.owner["id"]}
        for name, published in (("post", True), ("draft", False)):
            response = self.server.post("/api/posts", {"title": name, "published": published}, token=self.tokens["owner"])
            self.names[name] = response.json["post"]["id"]

    def body(self, route: str, caller: str):
        return {
            "POST /api/users": {"name": "Ada", "email": f"{caller}-1@example.com", "password": "correct horse"},
            "POST /api/users/batch": {"users": [{"name": "Ada", "email": f"{caller}-3@example.com", "password": "correct horse"}]},
            "POST /auth/register": {"name": "Ada", "email": f"{caller}-2@example.com", "password": "correct horse"},
            "POST /auth/login": {"email": self.owner["email"], "password": "correct horse"},
            "POST /auth/refresh": {"refreshToken": "nonsense"},
            "POST /auth/logout": {"refreshToken": "nonsense"},
            "POST /auth/password": {"currentPassword": "wrong horse", "newPassword": "other horse"},
            "POST /api/posts": {"title": "x"},
        }.get(route, {} if route.startswith("PATCH") else None)

    # contract: users.token, posts.token, users.delete, posts.change
    def test_everybody_everywhere(self):
        # What deletes comes last, and of that the owner.
        for route in sorted(ROUTES, key=lambda one: (one.startswith("DELETE"), one == "DELETE /api/users/{user}")):
            method, path = route.split(" ")
            for caller in ("nobody", "other", "admin", "owner"):
                with self.subTest(route=route, caller=caller):
                    response = self.server.request(method, path.format(**self.names), token=self.tokens[caller],
                                                   json_body=self.body(route, caller))
                    self.assertEqual(response.status, ROUTES[route][CALLERS.index(caller)], response)

    # contract: openapi.document
    def test_no_route_is_left_out(self):
        document = self.server.get("/openapi.json").json
        shown = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item if method != "head"}
        known = {route.replace("{user}", "{id}").replace("{post}", "{id}").replace("{draft}", "{id}") for route in ROUTES}
        self.assertEqual(shown, known)


if __name__ == "__main__":
    unittest.main()
