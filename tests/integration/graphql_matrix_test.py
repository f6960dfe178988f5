# SPDX-License-Identifier: Apache-2.0
"""Who sees and changes what by GraphQL: every field by every path to its type, and every mutation, for nobody, the owner, another
user and an administrator. What is expected is what REST responds to the same caller, not a table: see `Rest`."""

from __future__ import annotations

import dataclasses
import itertools
import json
import unittest

from graphql_client import GRAPHQL_PLUGINS, GraphQlTest, Schema
import stored

UNKNOWN = "018f2b6e-7c1d-7a90-8b3c-0123456789ab"
CALLERS = ("nobody", "owner", "other", "admin")
# The most that a path may go along one edge.
REPEATS = 2
# The code of what REST refuses with that status.
CODES = {400: "BAD_USER_INPUT", 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 409: "CONFLICT"}


@dataclasses.dataclass(frozen=True)
class Refused:
    """REST shows nothing; a null where `is_null`."""

    status: int
    is_null: bool = False


@dataclasses.dataclass
class Seen:
    """An object as REST shows it, and who sees it: the token with which its own members are read."""

    value: dict
    by: str | None


class Rest:
    """What each edge of the schema is with REST. An edge that is not here fails the test: say who sees it there."""

    def __init__(self, test: Matrix, token: str | None):
        self.test, self.token = test, token

    def get(self, target: str, by: str | None) -> dict | Refused:
        response = self.test.server.get(target, token=by)
        self.test.assertIn(response.status, (200, 401, 403, 404), response)
        return response.json if response.status == 200 else Refused(response.status, is_null=response.status == 404)

    def one(self, target: str, member: str, by: str | None) -> Seen | Refused:
        found = self.get(target, by)
        return found if isinstance(found, Refused) else Seen(found[member], by)

    def many(self, target: str, member: str, by: str | None) -> list[Seen] | Refused:
        found = self.get(target, by)
        return found if isinstance(found, Refused) else [Seen(one, by) for one in found[member]]

    def opened(self) -> str | None:
        """Who reads what an operator may open: where it is, nobody sees what anybody with a token does."""
        return self.test.tokens["admin"] if self.test.OPEN and self.token is None else self.token

    def resolve(self, type_: str, field: str, parent: Seen | None, arguments: dict):
        """A list, an object, a leaf, or a refusal."""
        edge = getattr(self, f"{type_}_{field}", None)
        if edge is None:
            raise AssertionError(f"{type_}.{field}: the matrix does not know who sees it with REST")
        return edge(**arguments) if parent is None else edge(parent, **arguments)

    # pylint: disable=invalid-name,missing-function-docstring
    def Query_users(self, limit: int):
        return self.many(f"/api/users?limit={limit}", "users", self.opened())

    def Query_user(self, id: str):
        return self.one(f"/api/users/{id}", "user", self.opened())

    def Query_me(self):
        return self.one("/api/users/me", "user", self.token)

    def Query_posts(self, limit: int):
        return self.many(f"/api/posts?limit={limit}", "posts", self.token)

    def Query_post(self, id: str):
        return self.one(f"/api/posts/{id}", "post", self.token)

    def User_id(self, user: Seen):
        return user.value["id"]

    def User_name(self, user: Seen):
        return user.value["name"]

    def User_email(self, user: Seen):
        return user.value["email"]

    def User_createdAt(self, user: Seen):
        return user.value["createdAt"]

    def User_profile(self, user: Seen):
        """A part of the user, for whoever sees the user."""
        found = self.one(f"/api/users/{user.value['id']}?include=profile", "user", user.by)
        if isinstance(found, Refused):
            return found
        profile = found.value["profile"]
        return Refused(404, is_null=True) if profile is None else Seen(profile, user.by)

    def User_posts(self, user: Seen, limit: int):
        """Not the user's: of the caller's own right."""
        token = user.by if user.value.get("isNew") else self.token
        return self.many(f"/api/users/{user.value['id']}/posts?limit={limit}", "posts", token)

    def Profile_bio(self, profile: Seen):
        return profile.value["bio"]

    def Profile_avatar(self, profile: Seen):
        return profile.value["avatar"]

    def Post_id(self, post: Seen):
        return post.value["id"]

    def Post_title(self, post: Seen):
        return post.value["title"]

    def Post_content(self, post: Seen):
        return post.value["content"] or ""

    def Post_published(self, post: Seen):
        return post.value["published"]

    def Post_createdAt(self, post: Seen):
        return post.value["createdAt"]

    def Post_author(self, post: Seen):
        """Whoever sees a post sees its author's id with REST, too. The name is public with GraphQL, and the only thing that is more
        than REST shows: with a token it shows it to anybody. Of one who is being removed it shows none."""
        found = self.get(f"/api/users/{post.value['authorId']}", self.test.tokens["admin"])
        return Seen({"id": post.value["authorId"], "name": "" if isinstance(found, Refused) else found["user"]["name"]}, post.by)

    def Author_id(self, author: Seen):
        return author.value["id"]

    def Author_name(self, author: Seen):
        return author.value["name"]


@dataclasses.dataclass
class Mutation:
    """A mutation and its twin: how both are sent for a target, and what the twin's body is as the field's result."""

    query: str
    method: str
    target: str
    takes: str  # what it is about: "user", "post" or nothing
    inputs: tuple[dict, ...]
    member: str | None  # of the twin's body; None: true


MUTATIONS = {
    "createUser": Mutation("mutation($input: CreateUserInput!) { createUser(input: $input) %s }", "POST", "/api/users", "",
                           ({"name": "New", "password": "correct horse", "profile": {"bio": "a new one"}},), "user"),
    "updateUser": Mutation("mutation($id: String!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) %s }", "PATCH",
                           "/api/users/{id}", "user", ({}, {"name": "Renamed"}, {"profile": {"bio": "changed"}}, {"name": "x"}), "user"),
    "deleteUser": Mutation("mutation($id: String!) { deleteUser(id: $id) }", "DELETE", "/api/users/{id}", "user", ({},), None),
    "createPost": Mutation("mutation($input: CreatePostInput!) { createPost(input: $input) %s }", "POST", "/api/posts", "",
                           ({"title": "Made"}, {"title": "Made", "published": True}, {"title": ""}), "post"),
    "updatePost": Mutation("mutation($id: String!, $input: UpdatePostInput!) { updatePost(id: $id, input: $input) %s }", "PATCH",
                           "/api/posts/{id}", "post", ({}, {"title": "Changed"}, {"title": ""}), "post"),
    "deletePost": Mutation("mutation($id: String!) { deletePost(id: $id) }", "DELETE", "/api/posts/{id}", "post", ({},), None),
}


class Matrix(GraphQlTest):
    SERVER = {"password_cost": "4"}
    # Whole pages within whole pages, by paths of any length.
    PLUGINS = {**GRAPHQL_PLUGINS, "graphql": {"max_cost": "1000000000"}}
    OPEN = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.counter = 0
        cls.secrets: set[str] = set()
        cls.tokens, cls.ids, cls.posts = {"nobody": None}, {}, {}
        for name in CALLERS[1:]:
            cls.make(name)
        cls.server.folder.stored.change("UPDATE users SET role = 'admin' WHERE id = ?", cls.ids["admin"])
        # One who is being removed, as the plugin leaves it: without name and address, the rest to be deleted later.
        cls.make("removed")
        del cls.tokens["removed"]
        cls.server.folder.stored.change("UPDATE users SET removed_at = ?, name = '', email = '', email_lower = ? WHERE id = ?",
                                        stored.Time(1), f"removed {cls.ids['removed']}", cls.ids["removed"])

    @classmethod
    def make(cls, name: str) -> None:
        """A user with a profile, a published post and another one: what must not show elsewhere is in `secrets`."""
        cls.counter += 1
        own = f"{name}{cls.counter}"
        session = cls.server.register(name=f"name of {own}", email=f"address-of-{own}@example.com",
                                      profile={"bio": f"bio of {own}", "avatar": f"https://example.com/avatar-of-{own}"})
        cls.tokens[name], cls.ids[name] = session["accessToken"], session["user"]["id"]
        cls.secrets |= {f"address-of-{own}@", f"bio of {own}", f"avatar-of-{own}"}
        for published in (True, False):
            kind = "published" if published else "unpublished"
            post = {"title": f"{kind} title of {own}", "content": f"{kind} content of {own}", "published": published}
            response = cls.server.post("/api/posts", post, token=session["accessToken"])
            cls.posts[name, published] = response.json["post"]["id"]
            if not published:
                cls.secrets |= {post["title"], post["content"]}

    # What arguments a field is asked with; an edge with others fails the test.
    def arguments(self, type_: str, field: str) -> list[dict]:
        if (type_, field) == ("Query", "user"):
            return [{"id": id} for id in (*self.ids.values(), UNKNOWN)]
        if (type_, field) == ("Query", "post"):
            return [{"id": id} for id in (*self.posts.values(), UNKNOWN)]
        if field in ("users", "posts"):
            return [{"limit": 100}]
        return [{}]

    @staticmethod
    def written(arguments: dict) -> str:
        if not arguments:
            return ""
        return "(" + ", ".join(f"{name}: {json.dumps(value)}" for name, value in arguments.items()) + ")"

    def paths(self, schema: Schema, type_: str, before: tuple = ()):
        """Every way from a type to a leaf, as edges (type, field)."""
        for field, reference in schema.fields(type_).items():
            edge = (type_, field)
            if before.count(edge) == REPEATS:
                continue
            if schema.is_leaf(reference.name):
                yield (*before, edge)
            else:
                yield from self.paths(schema, reference.name, (*before, edge))

    def expected(self, rest: Rest, path: tuple, parent: Seen | None, arguments: tuple):
        """What is shown along a path: of an edge with REST's refusal the refusal, which goes up to what may be null."""
        (type_, field), *following = path
        value = rest.resolve(type_, field, parent, arguments[0])
        if isinstance(value, Refused):
            return None if value.is_null else value
        if not following:
            return {field: value}
        if isinstance(value, list):
            return {field: [self.expected(rest, following, one, arguments[1:]) for one in value]}
        return {field: self.expected(rest, following, value, arguments[1:])}

    def shows(self, caller: str) -> str:
        """Everything that REST shows somebody, as one text."""
        token = self.tokens[caller]
        targets = ["/api/users?limit=100&include=profile,posts&postsLimit=10", "/api/users/me?include=profile", "/api/posts?limit=100"]
        targets += [f"/api/users/{id}?include=profile,posts" for id in self.ids.values()] + [f"/api/users/{id}/posts" for id in self.ids.values()]
        targets += [f"/api/posts/{id}" for id in self.posts.values()]
        return "\n".join(self.server.get(target, token=token).body.decode() for target in targets)

    def hidden(self, caller: str) -> set[str]:
        shown = self.shows(caller)
        if self.OPEN and caller == "nobody":  # the operator shows what users are to anybody, and posts as before
            shown += self.server.get("/api/users?limit=100&include=profile", token=self.tokens["admin"]).body.decode()
        return {secret for secret in self.secrets if secret not in shown}

    def sent(self, query: str, token: str | None, **variables):
        response = self.server.post("/graphql", {"query": query, "variables": variables}, token=token)
        self.assertIsInstance(response.json, dict, response)
        return response

    # contract: graphql.matrix
    def test_every_field_by_every_path(self):
        schema = Schema.read(self)
        paths = list(self.paths(schema, schema.query))
        self.assertGreater(len(paths), 20)
        reached = {edge for path in paths for edge in path}
        for caller in CALLERS:
            rest, hidden = Rest(self, self.tokens[caller]), self.hidden(caller)
            if caller != "admin" or not self.OPEN:
                self.assertTrue(hidden, "nothing is hidden: the test would find nothing")
            for path in paths:
                for arguments in itertools.product(*(self.arguments(*edge) for edge in path)):
                    query = " { ".join(field + self.written(given) for (_, field), given in zip(path, arguments))
                    query = "{ " + query + " }" * len(path)
                    with self.subTest(caller=caller, query=query):
                        self.check(rest, path, arguments, query, hidden)
        # What is a type of the schema and in no path was not looked at.
        for type_ in schema.types.values():
            if type_["kind"] == "OBJECT" and type_["name"] != schema.mutation:
                for field in schema.fields(type_["name"]):
                    self.assertIn((type_["name"], field), reached, "no path leads there")

    def check(self, rest: Rest, path: tuple, arguments: tuple, query: str, hidden: set[str]) -> None:
        response = self.sent(query, rest.token)
        for secret in hidden:
            self.assertNotIn(secret, response.body.decode())
        value = rest.resolve(*path[0], None, arguments[0])
        if isinstance(value, Refused) and not value.is_null:
            self.assertEqual([one["extensions"]["code"] for one in response.json["errors"]], [CODES[value.status]], response)
            self.assertFalse([one for one in (response.json.get("data") or {}).values() if one is not None], response)
        elif isinstance(value, Refused):
            self.assertEqual(response.json, {"data": {path[0][1]: None}})
        else:
            self.assertNotIn("errors", response.json)
            self.assertEqual(response.json["data"], self.expected(rest, path, None, arguments))

    def selection(self, schema: Schema, type_: str, before: tuple = ()) -> str:
        """Every field by every path below a type, as one selection."""
        parts = []
        for field, reference in schema.fields(type_).items():
            edge = (type_, field)
            if before.count(edge) == REPEATS:
                continue
            below = "" if schema.is_leaf(reference.name) else " " + self.selection(schema, reference.name, (*before, edge))
            parts.append(field + self.written(self.arguments(type_, field)[0]) + below)
        return "{ " + " ".join(parts) + " }"

    def whole(self, schema: Schema, rest: Rest, type_: str, seen: Seen, before: tuple = ()) -> dict:
        """What such a selection shows."""
        shown = {}
        for field, reference in schema.fields(type_).items():
            edge = (type_, field)
            if before.count(edge) == REPEATS:
                continue
            value = rest.resolve(type_, field, seen, self.arguments(type_, field)[0])
            following = (*before, edge)
            if isinstance(value, Refused):
                value = None
            elif isinstance(value, list):
                value = [self.whole(schema, rest, reference.name, one, following) for one in value]
            elif isinstance(value, Seen):
                value = self.whole(schema, rest, reference.name, value, following)
            shown[field] = value
        return shown

    # contract: graphql.matrix
    def test_every_mutation(self):
        schema = Schema.read(self)
        self.assertEqual(set(schema.fields(schema.mutation)), set(MUTATIONS), "a mutation whose twin the matrix does not know")
        targets = {"": [("", True)], "user": [("owner", True), ("nobody", True)],
                   "post": list(itertools.product(("owner", "nobody"), (True, False)))}
        for (name, mutation), caller in itertools.product(MUTATIONS.items(), CALLERS):
            for given, (whose, published) in itertools.product(mutation.inputs, targets[mutation.takes]):
                with self.subTest(mutation=name, caller=caller, given=given, whose=whose, published=published):
                    self.compare(schema, name, caller, given, whose, published)

    def compare(self, schema: Schema, name: str, caller: str, given: dict, whose: str, published: bool) -> None:
        """Both twins, each about rows of its own that are alike."""
        mutation, statuses = MUTATIONS[name], []
        for by_graphql in (False, True):
            token = self.renewed(caller)
            row = {"": None, "nobody": UNKNOWN}.get(whose, self.ids["owner"] if mutation.takes == "user" else self.posts["owner", published])
            body = dict(given)
            if name == "createUser":
                Matrix.counter += 1
                body["email"] = f"made{Matrix.counter}@example.com"
            if not by_graphql:
                rest = self.server.request(mutation.method, mutation.target.format(id=row), token=token,
                                           json_body=None if mutation.method == "DELETE" else body)
                statuses.append(rest.status)
                continue
            variables = {} if row is None else {"id": row}
            if mutation.method != "DELETE":
                variables["input"] = body
            result = schema.fields(schema.mutation)[name]
            query = mutation.query if mutation.member is None else mutation.query % self.selection(schema, result.name)
            hidden = self.hidden(caller)
            response = self.sent(query, token, **variables)
            for secret in hidden:
                self.assertNotIn(secret, response.body.decode())
            if statuses[0] >= 400:
                self.assertEqual([one["extensions"]["code"] for one in response.json["errors"]], [CODES[statuses[0]]], response)
                self.assertFalse([one for one in (response.json.get("data") or {}).values() if one is not None], response)
                return
            self.assertNotIn("errors", response.json)
            shown = response.json["data"][name]
            if mutation.member is None:
                self.assertIs(shown, True)
                return
            self.assertEqual(shown, self.after(schema, result.name, name, token, shown["id"], body))

    def after(self, schema: Schema, type_: str, name: str, token: str | None, id: str, body: dict) -> dict:
        """What REST shows the caller of the row now; a new user is shown to themselves."""
        if name == "createUser":
            session = self.server.post("/auth/login", {"email": body["email"], "password": body["password"]})
            token = session.json["accessToken"]
        target, member = (f"/api/users/{id}", "user") if type_ == "User" else (f"/api/posts/{id}", "post")
        response = self.server.get(target, token=token)
        self.assertEqual(response.status, 200, response)
        return self.whole(schema, Rest(self, token), type_, Seen(response.json[member], token))

    def renewed(self, caller: str) -> str | None:
        """The token of the caller, with rows of the owner that nothing has changed; an administrator stays one."""
        self.make("owner")
        return self.tokens[caller]


class Opened(Matrix):
    """With open_queries: users are anybody's to see, as for a caller with a token; posts are as before."""

    PLUGINS = {**GRAPHQL_PLUGINS, "graphql": {**Matrix.PLUGINS["graphql"], "open_queries": "true"}}
    OPEN = True


if __name__ == "__main__":
    unittest.main()
