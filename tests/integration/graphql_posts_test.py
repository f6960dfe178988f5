# SPDX-License-Identifier: Apache-2.0
"""Posts by GraphQL: what is read, made, changed and deleted, by whom, and that REST says the same."""

import unittest

from graphql_client import GraphQlTest, Schema
import stored

UNKNOWN = "018f2b6e-7c1d-7a90-8b3c-0123456789ab"
DENIED = "Access denied! You need to be authenticated to perform this action!"
FIELDS = "{ id title content published author { id name } createdAt }"
CREATE = f"mutation($input: CreatePostInput!) {{ createPost(input: $input) {FIELDS} }}"
UPDATE = f"mutation($id: String!, $input: UpdatePostInput!) {{ updatePost(id: $id, input: $input) {FIELDS} }}"
DELETE = "mutation($id: String!) { deletePost(id: $id) }"
POST = f"query($id: String!) {{ post(id: $id) {FIELDS} }}"
POSTS = f"query($page: Int, $limit: Int) {{ posts(page: $page, limit: $limit) {FIELDS} }}"
OF_USER = f"query($id: String!, $limit: Int, $after: String) {{ user(id: $id) {{ posts(limit: $limit, after: $after) {FIELDS} }} }}"
SCHEMA = """
input CreatePostInput
  title: String!
  content: String
  published: Boolean = false
type Post
  id: ID!
  title: String!
  content: String!
  published: Boolean!
  createdAt: DateTimeISO!
  author: Author!
input UpdatePostInput
  title: String
  content: String
  published: Boolean
""".strip()


class PostsTest(GraphQlTest):
    def setUp(self):
        self.names = {}
        self.ada, self.eve = self.user("Ada"), self.user("Eve")

    def user(self, name: str) -> tuple[str, str]:
        """Id and token of a new one."""
        session = self.server.register(name=name)
        self.names[session["user"]["id"]] = name
        return session["user"]["id"], session["accessToken"]

    def write(self, user: tuple[str, str], title: str = "On looms", **members) -> dict:
        response = self.server.post("/api/posts", {"title": title, "published": True, **members}, token=user[1])
        self.assertEqual(response.status, 201, response)
        return response.json["post"]

    def shown(self, post: dict) -> dict:
        """What REST shows of a post, as GraphQL does."""
        same = {key: post[key] for key in ("id", "title", "published", "createdAt")}
        return {**same, "content": post["content"] or "", "author": {"id": post["authorId"], "name": self.names[post["authorId"]]}}


class TheSchema(PostsTest):
    # contract: graphql.schema
    def test_is_the_contracts(self):
        schema = Schema.read(self)
        self.assertEqual(schema.printed("CreatePostInput", "Post", "UpdatePostInput"), SCHEMA)
        for line in ("  posts(page: Int = 1, limit: Int = 10): [Post!]!", "  post(id: String!): Post"):
            self.assertIn(line, schema.printed("Query").splitlines())
        for line in ("  createPost(input: CreatePostInput!): Post!", "  updatePost(id: String!, input: UpdatePostInput!): Post!",
                     "  deletePost(id: String!): Boolean!"):
            self.assertIn(line, schema.printed("Mutation").splitlines())


class Reads(PostsTest):
    # contract: graphql.post
    def test_one(self):
        post, draft, empty = self.write(self.ada, content="They weave."), self.write(self.ada, published=False), self.write(self.ada, content="")
        for token in (None, self.ada[1], self.eve[1]):
            for one in (post, empty):
                self.assertEqual(self.data(POST, token, id=one["id"])["post"], self.shown(one))
            seen = self.data(POST, token, id=draft["id"])["post"]
            self.assertEqual(seen, self.shown(draft) if token == self.ada[1] else None)
        self.assertEqual(self.data(POST, id=post["id"].upper())["post"]["id"], post["id"])
        for unknown in (UNKNOWN, "no id", ""):
            self.assertIsNone(self.data(POST, id=unknown)["post"])

    # contract: graphql.posts
    def test_pages(self):
        for number in range(5):
            self.write(self.ada, f"Post {number}", published=number != 3)
        for token in (None, self.ada[1]):
            for page, limit in ((1, 2), (2, 2), (1, 3), (1_000, 10), (2_147_483_647, 100)):
                rest = self.server.get(f"/api/posts?page={page}&limit={limit}", token=token).json["posts"]
                self.assertEqual([one["id"] for one in self.data(POSTS, token, page=page, limit=limit)["posts"]], [one["id"] for one in rest])
        self.assertEqual([one["title"] for one in self.data("{ posts(limit: 4) { title } }")["posts"]], ["Post 4", "Post 2", "Post 1", "Post 0"])
        self.assertEqual(len(self.data("{ posts { id } }")["posts"]), len(self.server.get("/api/posts").json["posts"]))
        for variables, *expected in (({"page": 0}, ("query", "/page", "minimum")), ({"limit": 101}, ("query", "/limit", "maximum"))):
            self.assertInvalidInput(expected, POSTS, **variables)
            self.assertInvalid(self.server.get("/api/posts?" + "&".join(f"{key}={value}" for key, value in variables.items())), *expected)

    # contract: graphql.userPosts
    def test_of_a_user(self):
        """Newest first: published ones, and all for the owner."""
        posts = [self.write(self.ada, f"Post {number}", published=number % 2 == 0, content=None if number % 3 else "text") for number in range(25)]
        for token in (self.ada[1], self.eve[1]):
            mine = [self.shown(one) for one in reversed(posts) if one["published"] or token == self.ada[1]]
            self.assertEqual(self.data(OF_USER, token, id=self.ada[0])["user"]["posts"], mine[:20])
            for limit in (1, 3, 100):
                shown = self.data(OF_USER, token, id=self.ada[0], limit=limit)["user"]["posts"]
                self.assertEqual(shown, mine[:limit])
                rest = self.server.get(f"/api/users/{self.ada[0]}/posts?limit={limit}", token=token).json["posts"]
                self.assertEqual(shown, [self.shown(one) for one in rest])

    # contract: graphql.userPosts
    def test_by_cursor(self):
        posts = [self.write(self.ada, f"Post {number}", published=number != 4) for number in range(9)]
        mine = [one["id"] for one in reversed(posts) if one["published"]]
        # The cursors of REST.
        seen, after = [], ""
        while after is not None:
            page = self.server.get(f"/api/users/{self.ada[0]}/posts?limit=3&after={after}").json
            shown = self.data(OF_USER, self.eve[1], id=self.ada[0], limit=3, after=after)["user"]["posts"]
            self.assertEqual([one["id"] for one in shown], [one["id"] for one in page["posts"]])
            seen += [one["id"] for one in shown]
            after = page["pagination"]["next"]
        self.assertEqual(seen, mine)
        # The id of the last post that a client has, whether or not there still is one.
        seen, after = [], None
        while True:
            shown = self.data(OF_USER, self.eve[1], id=self.ada[0], limit=3, after=after)["user"]["posts"]
            if not shown:
                break
            seen += [one["id"] for one in shown]
            after = shown[-1]["id"].upper()
            self.server.delete(f"/api/posts/{shown[-1]['id']}", token=self.ada[1])
        self.assertEqual(seen, mine)
        # Of several users each has the same limit, and begins behind the same id.
        older, newer = self.write(self.eve, "Older"), self.write(self.eve, "Newer")
        shown = self.data("query($after: String) { users(limit: 100) { id posts(limit: 1, after: $after) { id } } }", self.eve[1], after=newer["id"])["users"]
        self.assertEqual([one["posts"] for one in shown if one["id"] == self.eve[0]], [[{"id": older["id"]}]])

    # contract: graphql.userPosts
    def test_bounds(self):
        for variables, expected in (({"limit": 0}, ("query", "/limit", "minimum")), ({"limit": 101}, ("query", "/limit", "maximum")),
                                    ({"after": "x"}, ("query", "/after", "format"))):
            rest = self.server.get(f"/api/users/{self.ada[0]}/posts?" + "&".join(f"{key}={value}" for key, value in variables.items()))
            self.assertInvalid(rest, expected)
            for query, by in ((OF_USER, {"id": self.ada[0]}), ("query($limit: Int, $after: String) { me { posts(limit: $limit, after: $after) { id } } }", {}),
                              ("query($limit: Int, $after: String) { users { posts(limit: $limit, after: $after) { id } } }", {})):
                body = self.graphql(query, self.ada[1], **by, **variables)
                self.assertTrue(body["errors"], body)
                for error in body["errors"]:
                    self.assertEqual((error["extensions"]["code"], error["extensions"]["validationErrors"]), ("BAD_USER_INPUT", rest.json["details"]))

    # contract: graphql.userPosts
    def test_of_several_users_as_of_each(self):
        for user in (self.ada, self.eve):
            for number in range(4):
                self.write(user, f"Post {number}", published=number != 2, content="text")
        users = self.data(f"{{ users(limit: 100) {{ id posts(limit: 3) {FIELDS} }} }}", self.ada[1])["users"]
        self.assertGreater(len(users), 1)
        for user in users:
            self.assertEqual(user["posts"], self.data(OF_USER, self.ada[1], id=user["id"], limit=3)["user"]["posts"])


class Writes(PostsTest):
    # contract: graphql.createPost
    def test_create(self):
        for given in ({"title": "x"}, {"title": "x", "content": None}, {"title": "é" * 255, "content": "They weave.", "published": True}):
            made = self.data(CREATE, self.ada[1], input=given)["createPost"]
            self.assertEqual((made["title"], made["content"], made["published"], made["author"]),
                             (given["title"], given.get("content") or "", given.get("published", False), {"id": self.ada[0], "name": "Ada"}))
            self.assertEqual(self.shown(self.server.get(f"/api/posts/{made['id']}", token=self.ada[1]).json["post"]), made)

    # contract: graphql.invalid
    def test_rules(self):
        """The details of the same body by REST."""
        post = self.write(self.ada)
        for wrong in ({"title": ""}, {"title": "x" * 256}, {"title": "x", "content": "ä" * 32768}, {"title": "", "content": "y" * 65536}):
            rest = self.server.post("/api/posts", wrong, token=self.ada[1])
            self.assertEqual(rest.status, 400, rest)
            self.assertEqual(self.refusal(CREATE, self.ada[1], input=wrong)["extensions"]["validationErrors"], rest.json["details"])
        for wrong in ({"title": None}, {"published": None}, {"title": ""}, {"title": None, "published": None}):
            rest = self.server.patch(f"/api/posts/{post['id']}", wrong, token=self.ada[1])
            self.assertEqual(rest.status, 400, rest)
            error = self.refusal(UPDATE, self.ada[1], id=post["id"], input=wrong)
            self.assertEqual((error["message"], error["extensions"]["code"]), ("Argument Validation Error", "BAD_USER_INPUT"))
            self.assertEqual(error["extensions"]["validationErrors"], rest.json["details"])

    # contract: graphql.updatePost
    def test_update(self):
        post = self.write(self.ada, content="They weave.")
        for change, expected in (({}, {}), ({"title": "Looms"}, {"title": "Looms"}), ({"content": None}, {"content": ""}), ({"published": False}, {"published": False}),
                                 ({"content": "Again", "published": True}, {"content": "Again", "published": True})):
            before = self.data(POST, self.ada[1], id=post["id"])["post"]
            changed = self.data(UPDATE, self.ada[1], id=post["id"].upper(), input=change)["updatePost"]
            self.assertEqual(changed, {**before, **expected})
            self.assertEqual(changed, self.shown(self.server.get(f"/api/posts/{post['id']}", token=self.ada[1]).json["post"]))

    # contract: graphql.updatePost, graphql.deletePost
    def test_who_may(self):
        post, draft = self.write(self.ada), self.write(self.ada, published=False)
        for query, more in ((UPDATE, {"input": {"title": "Never"}}), (DELETE, {})):
            self.assertRefused("UNAUTHENTICATED", DENIED, query, id=post["id"], **more)
            self.assertRefused("FORBIDDEN", "Forbidden", query, self.eve[1], id=post["id"], **more)
            for unseen in (draft["id"], UNKNOWN, "no id"):
                self.assertRefused("NOT_FOUND", "Post not found", query, self.eve[1], id=unseen, **more)
        self.assertRefused("UNAUTHENTICATED", DENIED, CREATE, input={"title": "Never"})
        for one in (post, draft):
            self.assertEqual(self.server.get(f"/api/posts/{one['id']}", token=self.ada[1]).json["post"], one)
            self.assertEqual(self.data(DELETE, self.ada[1], id=one["id"]), {"deletePost": True})
            self.assertRefused("NOT_FOUND", "Post not found", DELETE, self.ada[1], id=one["id"])
            self.assertEqual(self.server.get(f"/api/posts/{one['id']}", token=self.ada[1]).status, 404)


class DeepPages(GraphQlTest):
    POSTS = 10_030

    # contract: graphql.posts
    def test_as_rest(self):
        """More than 10,000 rows deep, where pages are read one after the other."""
        author = self.server.register()["user"]["id"]
        self.server.folder.stored.change_all(
            "INSERT INTO posts (id, author_id, title, published, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
            [(f"018f2b6e-7c1d-7a90-8b3c-{i:012x}", author, f"Post {i}", 1, stored.Time(i), stored.Time(i)) for i in range(self.POSTS)])
        for page in (1_000, 1_002, 1_003, 1_004, 2_147_483_647):
            rest = self.server.get(f"/api/posts?page={page}&limit=10").json["posts"]
            self.assertEqual(self.data("query($page: Int) { posts(page: $page) { id title } }", page=page)["posts"],
                             [{"id": one["id"], "title": one["title"]} for one in rest])
        several = self.data("{ a: posts(page: 1002) { id } b: posts(page: 1003) { id } c: posts { id } }")
        self.assertEqual([len(several[key]) for key in "abc"], [10, 10, 10])


if __name__ == "__main__":
    unittest.main()
