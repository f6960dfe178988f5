# SPDX-License-Identifier: Apache-2.0
"""Users by GraphQL: what is read, made, changed and deleted, by whom, and that REST says the same."""

import threading
import unittest

from graphql_client import GRAPHQL_PLUGINS, GraphQlTest, Schema
from mortised import Mortised, eventually
import stored

UNKNOWN = "018f2b6e-7c1d-7a90-8b3c-0123456789ab"
PASSWORD = "correct horse"
PROFILE = {"bio": "Writes about looms", "avatar": "https://example.com/ada.png"}
DENIED = "Access denied! You need to be authenticated to perform this action!"
CREATE = "mutation($input: CreateUserInput!) { createUser(input: $input) { id name email createdAt profile { bio avatar } posts { id } } }"
UPDATE = "mutation($id: String!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id name email createdAt profile { bio avatar } } }"
DELETE = "mutation($id: String!) { deleteUser(id: $id) }"
USER = "query($id: String!) { user(id: $id) { id name email createdAt profile { bio avatar } } }"
SCHEMA = """
type Author
  id: ID!
  name: String!
input CreateUserInput
  name: String!
  email: String!
  password: String!
  profile: ProfileInput
type Profile
  bio: String
  avatar: String
input ProfileInput
  bio: String
  avatar: String
input UpdateProfileInput
  bio: String
  avatar: String
input UpdateUserInput
  name: String
  email: String
  profile: UpdateProfileInput
""".strip()


class UsersTest(GraphQlTest):
    _counter = 0

    def address(self) -> str:
        UsersTest._counter += 1
        return f"graphql{UsersTest._counter}@example.com"

    def user(self, **members) -> tuple[str, str]:
        """Id and token of a new one."""
        session = self.server.register(email=self.address(), **members)
        return session["user"]["id"], session["accessToken"]

    def rest(self, id: str, token: str) -> dict:
        """As REST shows it with the profile."""
        response = self.server.get(f"/api/users/{id}?include=profile", token=token)
        self.assertEqual(response.status, 200, response)
        return response.json["user"]


class TheSchema(UsersTest):
    # contract: graphql.schema
    def test_is_the_contracts(self):
        schema = Schema.read(self)
        self.assertEqual(schema.printed("Author", "CreateUserInput", "Profile", "ProfileInput", "UpdateProfileInput", "UpdateUserInput"), SCHEMA)
        self.assertEqual(schema.printed("User").splitlines()[1:],
                         ["  id: ID!", "  name: String!", "  email: String!", "  createdAt: DateTimeISO!",
                          "  profile: Profile", "  posts(limit: Int = 20, after: String): [Post!]!"])
        for line in ("  users(page: Int = 1, limit: Int = 10): [User!]!", "  user(id: String!): User", "  me: User"):
            self.assertIn(line, schema.printed("Query").splitlines())
        for line in ("  createUser(input: CreateUserInput!): User!", "  updateUser(id: String!, input: UpdateUserInput!): User!",
                     "  deleteUser(id: String!): Boolean!"):
            self.assertIn(line, schema.printed("Mutation").splitlines())


class Reads(UsersTest):
    # contract: graphql.users, graphql.user, graphql.me
    def test_as_rest(self):
        id, token = self.user(profile=PROFILE)
        other, other_token = self.user()
        for who, by in ((id, token), (id, other_token), (other, token)):
            self.assertEqual(self.data(USER, by, id=who)["user"], self.rest(who, by))
        self.assertEqual(self.data(USER, token, id=id.upper())["user"]["id"], id)
        for unknown in (UNKNOWN, "no id", ""):
            self.assertIsNone(self.data(USER, token, id=unknown)["user"])
        self.assertEqual(self.data("{ me { id email } }", token)["me"], {key: self.rest(id, token)[key] for key in ("id", "email")})

    # contract: graphql.users
    def test_pages(self):
        _, token = self.user()
        for _ in range(3):
            self.user()
        query = "query($page: Int, $limit: Int) { users(page: $page, limit: $limit) { id name email createdAt } }"
        for page, limit in ((1, 2), (2, 2), (1, 100), (1_000, 10), (2_147_483_647, 100)):
            shown = self.server.get(f"/api/users?page={page}&limit={limit}", token=token).json["users"]
            self.assertEqual(self.data(query, token, page=page, limit=limit)["users"], shown)
        self.assertEqual(self.data("{ users { id name email createdAt } }", token)["users"], self.server.get("/api/users", token=token).json["users"])
        for variables, *expected in (({"page": 0}, ("query", "/page", "minimum")), ({"limit": 101}, ("query", "/limit", "maximum")),
                                     ({"page": -1, "limit": 0}, ("query", "/page", "minimum"), ("query", "/limit", "minimum"))):
            self.assertInvalidInput(expected, query, token, **variables)
            self.assertInvalid(self.server.get("/api/users?" + "&".join(f"{key}={value}" for key, value in variables.items()), token=token), *expected)

    # contract: graphql.unauthenticated
    def test_nobody(self):
        id, _ = self.user()
        for query in ("{ users { id } }", f'{{ user(id: "{id}") {{ id }} }}', "{ me { id } }"):
            self.assertRefused("UNAUTHENTICATED", DENIED, query)
        self.assertEqual(self.server.post("/graphql", {"query": "{ me { id } }"}, token="no.token").status, 401)


class Inputs(UsersTest):
    TEXTS = ("", "a", "ab", "a" * 101, "\U0001F600" * 100, "\U0001F600" * 101, "e\u0301" * 51, "a\0b", "a\0@example.com", "a@b", "@",
             "a" * 250 + "@example.com", "1234567", "p" * 72, "p" * 73, "\u00e9" * 37, "ftp://x", "https://x/" + "a" * 2039)

    def assertAsRest(self, rest, query: str, token: str | None, **variables) -> None:
        """What REST refuses is refused with its details, what it takes is taken."""
        body = self.graphql(query, token, **variables)
        if rest.status < 300:
            self.assertNotIn("errors", body, variables)
            return
        self.assertEqual(rest.status, 400, rest)
        self.assertEqual([(error["message"], error["extensions"]["code"], error["extensions"]["validationErrors"]) for error in body["errors"]],
                         [("Argument Validation Error", "BAD_USER_INPUT", rest.json["details"])], variables)

    # contract: graphql.invalid
    def test_details_are_those_of_rest(self):
        id, token = self.user()
        for member in ("name", "email", "password", "bio", "avatar"):
            for text in self.TEXTS:
                def given():
                    whole = {"name": "Ada", "email": self.address(), "password": PASSWORD}
                    return {**whole, **({member: text} if member in whole else {"profile": {member: text}})}
                self.assertAsRest(self.server.post("/api/users", given()), CREATE, None, input=given())
                change = {member: text} if member in ("name", "email") else {"profile": {member: text}}
                if member != "password":
                    self.assertAsRest(self.server.patch(f"/api/users/{id}", change, token=token), UPDATE, token, id=id, input=change)

    # contract: graphql.invalid
    def test_nul_is_refused_wherever_it_stands(self):
        _, token = self.user()
        for query, variables in (("query($id: String!) { user(id: $id) { id } }", {"id": "a\0"}), ('{ user(id: "\\u0000") { id } }', {}),
                                 (DELETE, {"id": "a\0"})):
            self.assertInvalidInput([("query", "/id", "nul")], query, token, **variables)
        self.assertRefused("GRAPHQL_PARSE_FAILED", "Syntax Error: Unexpected character: U+0000.", "{ me { \0 id } }", token)

    # contract: graphql.invalid
    def test_what_no_list_may_hold_is_refused_as_by_rest(self):
        """And not for what it would cost."""
        _, token = self.user()
        query = "query($users: Int, $posts: Int) { users(limit: $users) { posts(limit: $posts) { id title } } }"
        self.assertIn("costs too much", self.refusal(query, token, users=100, posts=100)["message"])
        for users, posts in ((2_147_483_647, 1), (1, 2_147_483_647)):
            self.assertInvalidInput([("query", "/limit", "maximum")], query, token, users=users, posts=posts)

    def test_values_are_no_part_of_messages(self):
        given = {"name": "Ada", "email": self.address(), "password": "secret words"}
        for wrong, message in (({"password": ["secret words"]}, ' at "input.password"; Expected type "String".'),
                               ({"more": 1}, '; Field "more" is not defined by type "CreateUserInput".'),
                               ({"name": None}, ' at "input.name"; Expected non-nullable type "String!" not to be null.')):
            self.assertRefused("BAD_USER_INPUT", 'Variable "$input" got invalid value' + message, CREATE, input={**given, **wrong})


class Creates(UsersTest):
    # contract: graphql.createUser
    def test_shows_the_new_user(self):
        for profile in (None, PROFILE, {"bio": "Looms"}, {}):
            given = {"name": "Ada", "email": self.address(), "password": PASSWORD, **({} if profile is None else {"profile": profile})}
            made = self.data(CREATE, input=given)["createUser"]
            session = self.server.post("/auth/login", {"email": given["email"], "password": PASSWORD})
            self.assertEqual(session.status, 200, session)
            self.assertEqual(made, {**self.rest(made["id"], session.json["accessToken"]), "posts": []})
            self.assertEqual(made["profile"], profile if profile is None else {"bio": None, "avatar": None, **profile})

    # contract: graphql.invalid
    def test_rules(self):
        """The details of the same body by REST."""
        good = {"name": "Ada", "email": "ada-rules@example.com", "password": PASSWORD}
        for wrong, *expected in (({"name": "x"}, ("body", "/name", "minLength")), ({"email": "x"}, ("body", "/email", "format")),
                                 ({"password": "x" * 73}, ("body", "/password", "x-maxBytes")),
                                 ({"name": "x", "password": "short"}, ("body", "/name", "minLength"), ("body", "/password", "minLength")),
                                 ({"profile": {"avatar": "ftp://x"}}, ("body", "/profile/avatar", "pattern"))):
            rest = self.server.post("/api/users", {**good, **wrong})
            self.assertEqual(rest.status, 400, rest)
            error = self.refusal(CREATE, input={**good, **wrong})
            self.assertEqual(error["extensions"]["validationErrors"], rest.json["details"])
            self.assertInvalidInput(expected, CREATE, input={**good, **wrong})
        self.assertNotIn(PASSWORD, str(self.graphql(CREATE, input={**good, "name": "x"})))
        self.assertInvalidInput([("body", "/name", "nul")], """mutation { createUser(input: {
            name: "a\\u0000b", email: "nul@example.com", password: "correct horse" }) { id } }""")

    # contract: graphql.conflict
    def test_an_address_has_one_user(self):
        address = self.address()
        self.user_of = self.server.register(email=address)
        for email in (address, address.upper()):
            self.assertRefused("CONFLICT", "User already exists", CREATE, input={"name": "Ada", "email": email, "password": PASSWORD})

    # contract: graphql.conflict
    def test_of_many_at_once_one_is_made(self):
        address, results = self.address(), []

        def create() -> None:
            results.append(self.graphql(CREATE, input={"name": "Ada", "email": address, "password": PASSWORD}))

        threads = [threading.Thread(target=create) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        codes = sorted(one["errors"][0]["extensions"]["code"] if "errors" in one else "" for one in results)
        self.assertEqual(codes, ["", *["CONFLICT"] * 7])

    # contract: graphql.createUser
    def test_both_or_neither(self):
        """The table of profiles takes nothing: the user is not there either."""
        server = Mortised(plugins=GRAPHQL_PLUGINS)
        self.addCleanup(server.close)
        server.folder.stored.refuse_rows("profiles", "NEW.bio = 'refused'")
        body = server.post("/graphql", {"query": CREATE, "variables": {"input": {
            "name": "Ada", "email": "ada@example.com", "password": PASSWORD, "profile": {"bio": "refused"}}}}).json
        self.assertEqual((body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]), ("INTERNAL_SERVER_ERROR", "Internal server error"))
        self.assertEqual(server.folder.stored.rows("SELECT count(*) FROM users"), [(0,)])
        server.stop()


class Keys(UsersTest):
    PLUGINS = {**GRAPHQL_PLUGINS, "idempotency": {}}

    # contract: graphql.createUser
    def test_a_response_that_is_kept_shows_what_was_written(self):
        body = {"query": CREATE, "variables": {"input": {"name": "Ada", "email": self.address(), "password": PASSWORD, "profile": PROFILE}}}
        first, again = (self.server.post("/graphql", body, headers={"Idempotency-Key": "0123456789abcdef"}) for _ in range(2))
        made = first.json["data"]["createUser"]
        self.assertEqual((made["profile"], made["posts"]), (PROFILE, []))
        self.assertEqual((again.body, again.header("idempotency-replayed")), (first.body, "true"))
        id, token = self.user()
        changed = self.server.post("/graphql", {"query": UPDATE, "variables": {"id": id, "input": {"profile": PROFILE}}}, token=token,
                                   headers={"Idempotency-Key": "fedcba9876543210"})
        self.assertEqual(changed.json["data"]["updateUser"], self.rest(id, token))


class Changes(UsersTest):
    # contract: graphql.updateUser
    def test_the_owner_changes(self):
        id, token = self.user(profile=PROFILE)
        for change, expected in (({}, {}), ({"name": "Ada Lovelace"}, {"name": "Ada Lovelace"}), ({"email": "countess@example.com"}, {"email": "countess@example.com"}),
                                 ({"profile": {"bio": None}}, {"profile": {"bio": None, "avatar": PROFILE["avatar"]}}),
                                 ({"profile": {}}, {}), ({"profile": None}, {"profile": None}), ({"profile": {"bio": "Back"}}, {"profile": {"bio": "Back", "avatar": None}})):
            with self.subTest(change=change):
                before = self.rest(id, token)
                changed = self.data(UPDATE, token, id=id, input=change)["updateUser"]
                self.assertEqual(changed, {**before, **expected})
                self.assertEqual(changed, self.rest(id, token))

    # contract: graphql.updateUser, graphql.forbidden
    def test_who_may(self):
        id, token = self.user()
        other, other_token = self.user()
        before = self.rest(id, token)
        self.assertRefused("UNAUTHENTICATED", DENIED, UPDATE, id=id, input={"name": "Never"})
        for target in (id, UNKNOWN, "no id"):
            self.assertRefused("FORBIDDEN", "Forbidden", UPDATE, other_token, id=target, input={"name": "Never"})
        # 400 comes before 403, as with REST.
        self.assertInvalidInput([("body", "/name", "minLength")], UPDATE, other_token, id=id, input={"name": "x"})
        self.assertRefused("UNAUTHENTICATED", DENIED, DELETE, id=id)
        self.assertRefused("FORBIDDEN", "Forbidden", DELETE, other_token, id=id)
        self.assertEqual(self.rest(id, token), before)
        self.assertEqual(self.data(UPDATE, token, id=id.upper(), input={"name": "Mine"})["updateUser"]["name"], "Mine")

    # contract: graphql.invalid
    def test_null_where_rest_has_none(self):
        id, token = self.user()
        for change in ({"name": None}, {"email": None}, {"name": None, "email": None}, {"profile": {"avatar": "x"}}):
            rest = self.server.patch(f"/api/users/{id}", change, token=token)
            self.assertEqual(rest.status, 400, rest)
            self.assertEqual(self.refusal(UPDATE, token, id=id, input=change)["extensions"]["validationErrors"], rest.json["details"])

    # contract: graphql.conflict
    def test_an_address_that_is_taken(self):
        id, token = self.user()
        address = self.address()
        self.server.register(email=address)
        self.assertRefused("CONFLICT", "Resource already exists", UPDATE, token, id=id, input={"name": "Never", "email": address.upper()})
        self.assertEqual(self.rest(id, token)["name"], "Test User")

    # contract: graphql.mutations
    def test_each_field_has_a_transaction_of_its_own(self):
        id, token = self.user()
        address = self.address()
        self.server.register(email=address)
        body = self.graphql("""mutation($id: String!, $taken: String!) {
            a: updateUser(id: $id, input: { name: "First" }) { name }
            b: updateUser(id: $id, input: { name: "Second", email: $taken }) { name }
            c: updateUser(id: $id, input: { profile: { bio: "Third" } }) { name profile { bio } } }""", token, id=id, taken=address)
        # Not null, so all of the response goes; what was done stays done.
        self.assertIsNone(body["data"])
        self.assertEqual([(one["path"], one["extensions"]["code"]) for one in body["errors"]], [(["b"], "CONFLICT")])
        self.assertEqual(self.rest(id, token)["name"], "First")


class Deletes(UsersTest):
    # contract: graphql.deleteUser
    def test_the_owner_deletes(self):
        id, token = self.user(profile=PROFILE)
        other, other_token = self.user()
        self.server.post("/api/posts", {"title": "Gone", "published": True}, token=token)
        self.assertEqual(self.data(DELETE, token, id=id), {"deleteUser": True})
        self.assertIsNone(self.data(USER, other_token, id=id)["user"])
        self.assertEqual(self.server.get(f"/api/users/{id}", token=other_token).status, 404)
        self.assertEqual(self.server.post("/graphql", {"query": "{ me { id } }"}, token=token).status, 401)
        for table, column in (("users", "id"), ("profiles", "user_id"), ("posts", "author_id")):
            self.assertEqual(self.server.folder.stored.rows(f"SELECT count(*) FROM {table} WHERE {column} = ?", id), [(0,)])

    # contract: graphql.deleteUser
    def test_one_with_many_posts_goes_in_parts(self):
        id, token = self.user()
        _, other_token = self.user()
        self.server.folder.stored.change_all(
            "INSERT INTO posts (id, author_id, title, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(f"018f2b6e-7c1d-7a90-8b3c-{i:012x}", id, f"Post {i}", 1, stored.Time(i), stored.Time(i)) for i in range(2_000)])
        self.assertEqual(self.data(DELETE, token, id=id), {"deleteUser": True})
        # Gone for everybody at once; long before `removal_interval` the rest is, too.
        self.assertIsNone(self.data(USER, other_token, id=id)["user"])
        self.assertNotIn(id, str(self.data("{ users(limit: 100) { id } }", other_token)))
        eventually(lambda: self.server.folder.stored.rows("SELECT (SELECT count(*) FROM posts WHERE author_id = ?), (SELECT count(*) FROM users WHERE id = ?), "
                                                          "(SELECT count(*) FROM user_removals)", id, id) == [(0, 0, 0)], "the rest to go")


class Removed(UsersTest):
    # contract: graphql.removed
    def test_are_seen_nowhere(self):
        """Marked, with posts that are not deleted yet."""
        id, token = self.user(name="Vanished", profile={"bio": "Vanished, too"})
        _, other_token = self.user()
        post = self.server.post("/api/posts", {"title": "Still there", "published": True}, token=token).json["post"]
        self.server.folder.stored.change("UPDATE users SET removed_at = ? WHERE id = ?", stored.Time(1), id)
        self.assertIsNone(self.data(USER, other_token, id=id)["user"])
        self.assertNotIn(id, str(self.data("{ users(limit: 100) { id } }", other_token)))
        # A post is shown as long as REST shows it, by an author without a name.
        shown = self.data("query($id: String!) { post(id: $id) { title author { id name } } posts { title author { id name } } }", other_token, id=post["id"])
        self.assertEqual(self.server.get(f"/api/posts/{post['id']}").status, 200)
        self.assertEqual(shown["post"], {"title": "Still there", "author": {"id": id, "name": ""}})
        self.assertNotIn("Vanished", str(shown))
        self.assertEqual(self.server.post("/graphql", {"query": "{ me { id } }"}, token=token).status, 401)


class Open(UsersTest):
    PLUGINS = {**GRAPHQL_PLUGINS, "graphql": {"open_queries": "true"}}

    # contract: graphql.open
    def test_queries_need_no_token(self):
        id, token = self.user()
        for published in (True, False):
            self.server.post("/api/posts", {"title": f"published: {published}", "published": published}, token=token)
        query = f'{{ user(id: "{id}") {{ id posts {{ title }} }} }}'
        self.assertEqual(self.data(query), {"user": {"id": id, "posts": [{"title": "published: True"}]}})
        self.assertEqual(len(self.data(query, token)["user"]["posts"]), 2)
        self.assertIn(id, [one["id"] for one in self.data("{ users(limit: 100) { id } }")["users"]])
        for refused in ("{ me { id } }", f'mutation {{ deleteUser(id: "{id}") }}', f'mutation {{ updateUser(id: "{id}", input: {{}}) {{ id }} }}'):
            self.assertRefused("UNAUTHENTICATED", DENIED, refused)


class Statements(UsersTest):
    PLUGINS = {**GRAPHQL_PLUGINS, "database": {"url": "sqlite:///test.db", "query_log": "info"}}

    def statements(self, query: str, token: str) -> list[str]:
        mark = self.server.mark()
        response = self.server.post("/graphql", {"query": query}, token=token)
        self.assertNotIn("errors", response.json)
        request = response.header("x-request-id")
        self.server.wait_for("Request completed", since=mark, requestId=request)
        return [one["statement"] for one in self.server.found("Statement", mark) if one.get("requestId") == request]

    # contract: graphql.statements
    def test_their_number_is_that_of_levels(self):
        query = "{ users(limit: 100) { posts { title author { name } } profile { bio } } }"
        counts = {}
        for number in range(50):
            _, token = self.user(profile={"bio": f"Bio {number}"})
            self.server.post("/api/posts", {"title": f"Post {number}", "published": True}, token=token)
            if number in (0, 1, 2, 49):
                self.statements(query, token)
                counts[number + 1] = self.statements(query, token)
        self.assertEqual(len(self.data(query, token)["users"]), 50)
        self.assertEqual(counts[2], counts[50])
        self.assertEqual(counts[3], counts[50])
        # The posts of one user are not ranked.
        self.assertLess(len(counts[1]), len(counts[50]))
        self.assertLessEqual(len(counts[50]), 7, counts[50])


if __name__ == "__main__":
    unittest.main()
