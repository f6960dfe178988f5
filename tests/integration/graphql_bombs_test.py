# SPDX-License-Identifier: Apache-2.0
"""One operation of GraphQL within the default limits: what it may read of the database, what of it the log says."""

import json
import unittest
import urllib.parse

from graphql_client import GraphQlTest

SECRET = "hunter2-literal"


class Costs(GraphQlTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = cls.server.register()["accessToken"]

    def cost(self, query: str, **variables) -> int:
        """What the refusal says."""
        error = self.refusal(query, self.token, **variables)
        self.assertEqual(error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED", error)
        self.assertTrue(error["message"].startswith("The operation costs too much: "), error)
        return int(error["message"].split(": ")[1].split(";")[0])

    # contract: graphql.allowed
    def test_lists_cost_what_their_arguments_say(self):
        self.assertEqual(self.cost("{ users(limit: 100) { posts(limit: 100) { id title } } }"), 1 + 100 * (1 + 100 * 2))
        self.assertEqual(self.cost("query q($n: Int!) { users(limit: $n) { posts(limit: $n) { id title } } }", n=100), 1 + 100 * (1 + 100 * 2))
        self.assertEqual(self.cost("query q($n: Int = 100) { users(limit: $n) { posts(limit: $n) { id title } } }"), 1 + 100 * (1 + 100 * 2))
        roots = " ".join(f"a{page}: users(limit: 100, page: {page}) {{ posts {{ id }} }}" for page in range(1, 21))
        self.assertEqual(self.cost("{ %s }" % roots), 20 * (1 + 100 * (1 + 20)))

    # contract: graphql.allowed
    def test_large_texts_cost_more(self):
        pages = " ".join(f"a{page}: posts(limit: 100, page: {page}) {{ content }}" for page in range(1, 8))
        self.assertEqual(self.cost("{ %s }" % pages), 7 * (1 + 100 * 16))

    # contract: graphql.allowed
    def test_what_clients_ask_for_is_cheap(self):
        self.data("{ users(limit: 10) { id name posts(limit: 20) { id title content author { name } } } }", self.token)
        self.data("{ posts(limit: 100) { id title content published createdAt author { id name } } }", self.token)
        self.data("{ users(limit: 100) { id name email createdAt profile { bio avatar } posts(limit: 20) { id title } } }", self.token)

    def test_the_directive_is_not_shown(self):
        directives = self.data("{ __schema { directives { name } } }")["__schema"]["directives"]
        self.assertNotIn("cost", [directive["name"] for directive in directives])


class Log(GraphQlTest):
    # contract: log.redaction
    def test_documents_of_urls_are_not_in_the_log(self):
        literal = 'mutation { createUser(input: {name: "Ada", email: "ada@example.com", password: "%s"}) { id } }' % SECRET
        named = "mutation m($p: String!) { createUser(input: {name: \"Ada\", email: \"ada@example.com\", password: $p}) { id } }"
        sent = [{"query": literal}, {"query": named, "variables": json.dumps({"p": SECRET})}, {"query": '{ user(id: "%s") { id } }' % SECRET}]
        for parameters in sent:
            before = self.server.mark()
            response = self.server.get("/graphql?" + urllib.parse.urlencode(parameters))
            record = self.server.wait_for("Request completed", since=before, requestId=response.header("X-Request-Id"))
            self.assertTrue(record["url"].startswith("/graphql?query=[redacted]"), record)
        self.assertEqual([line for line in self.server.lines if SECRET in line], [])


if __name__ == "__main__":
    unittest.main()
