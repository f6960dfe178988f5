# SPDX-License-Identifier: Apache-2.0
"""Mutations of GraphQL: transactions, responses that are kept for an Idempotency-Key, limits of their REST twins."""

import unittest

from mortised import Mortised

PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "uses-authenticator": {}, "graphql": {},
           "graphql-library": {}, "gives-books": {"tag": "touch"}}
KEEP = 'mutation($name: String!, $fails: Boolean) { keep(name: $name, fails: $fails) }'


class MutationsTest(unittest.TestCase):
    MORE: dict = {}
    SERVER: dict = {}

    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(plugins={**PLUGINS, **cls.MORE}, server=cls.SERVER)
        cls.addClassCleanup(cls.server.stop)

    def ask(self, query: str, variables: dict | None = None, key: str | None = None, token: str | None = None):
        headers = {"Accept": "application/graphql-response+json", **({"Idempotency-Key": key} if key else {})}
        return self.server.post("/graphql", {"query": query, "variables": variables or {}}, headers=headers, token=token)

    def codes(self, response) -> list:
        return [error["extensions"]["code"] for error in response.json.get("errors", [])]


class Keys(MutationsTest):
    MORE = {"idempotency": {}}

    def assertReplayed(self, first, again) -> None:
        self.assertEqual((again.status, again.body, again.header("Content-Type"), again.header("Vary")),
                         (first.status, first.body, first.header("Content-Type"), first.header("Vary")))
        self.assertIsNone(first.header("Idempotency-Replayed"))
        self.assertEqual(again.header("Idempotency-Replayed"), "true")

    def test_a_mutation_is_done_once(self):
        first = self.ask(KEEP, {"name": "once"}, key="k1")
        self.assertEqual((first.status, first.json), (200, {"data": {"keep": True}}))
        self.assertReplayed(first, self.ask(KEEP, {"name": "once"}, key="k1"))
        self.assertEqual(self.codes(self.ask(KEEP, {"name": "once"})), ["CONFLICT"])

    def test_a_mutation_with_another_field(self):
        for query in ('mutation { keep(name: "two") __typename }', 'mutation { a: keep(name: "two") b: keep(name: "three") }'):
            refused = self.ask(query, key="k7")
            self.assertEqual((refused.status, self.codes(refused)), (400, ["BAD_REQUEST"]))
        self.assertEqual(self.ask(KEEP, {"name": "two"}).json, {"data": {"keep": True}})

    def test_another_mutation_with_the_same_key(self):
        self.assertEqual(self.ask(KEEP, {"name": "first"}, key="k6", token="ada").status, 200)
        self.assertEqual(self.ask(KEEP, {"name": "other"}, key="k6", token="ada").status, 422)
        self.assertEqual(self.ask(KEEP, {"name": "other"}, key="k6", token="eve").status, 200)

    def test_one_that_prepares(self):
        query = 'mutation { addBook(input: {title: "Loom"}) { title sequel { title } } }'
        first = self.ask(query, key="k2")
        self.assertEqual(first.json, {"data": {"addBook": {"title": "Loom, prepared", "sequel": {"title": "Book 2"}}}})
        self.assertReplayed(first, self.ask(query, key="k2"))

    def test_what_fails_is_neither_stored_nor_kept(self):
        self.assertEqual(self.codes(self.ask(KEEP, {"name": "failed", "fails": True}, key="k3")), ["CONFLICT"])
        again = self.ask(KEEP, {"name": "failed", "fails": True}, key="k3")
        self.assertEqual((self.codes(again), again.header("Idempotency-Replayed")), (["CONFLICT"], None))
        self.assertEqual(self.ask(KEEP, {"name": "failed"}, key="k4").json, {"data": {"keep": True}})

    def test_operations_that_keep_no_response(self):
        for query in ("{ who }", 'mutation { keep(name: "x") a: keep(name: "y") }', 'mutation { keep(name: "x") __typename }',
                      "mutation { touch }"):
            response = self.ask(query, key="k5")
            self.assertEqual((response.status, self.codes(response)), (400, ["BAD_REQUEST"]), query)
        self.assertEqual(self.ask(KEEP, {"name": "x"}, key="k5").json, {"data": {"keep": True}})


class Transactions(MutationsTest):
    def test_each_field_has_its_own(self):
        response = self.ask('mutation { a: keep(name: "a") b: keep(name: "a") c: keep(name: "c", fails: true) d: keep(name: "d") }')
        self.assertEqual(response.json["data"], {"a": True, "b": None, "c": None, "d": True})
        self.assertEqual(self.codes(response), ["CONFLICT", "CONFLICT"])
        self.assertEqual(self.ask('mutation { c: keep(name: "c") }').json, {"data": {"c": True}})
        self.assertEqual(self.codes(self.ask('mutation { d: keep(name: "d") }')), ["CONFLICT"])

    def test_a_null_that_may_not_be_rolls_back(self):
        self.assertEqual(self.codes(self.ask('mutation { addBook(input: {title: "refused"}) { id } }')), ["FORBIDDEN"])


class Limits(MutationsTest):
    MORE = {"rate-limit": {"rules": "POST /touch 3/1h"}}

    def test_fields_count_as_requests_to_their_twins(self):
        self.assertEqual(self.ask("mutation { a: touch b: touch }").json["data"], {"a": "worker", "b": "worker"})
        refused = self.ask("mutation { a: touch b: touch }")
        self.assertEqual((refused.status, self.codes(refused)), (429, ["TOO_MANY_REQUESTS"]))
        self.assertGreater(int(refused.header("Retry-After")), 3000)
        self.assertNotIn("data", refused.json)
        self.assertEqual(self.ask("{ who }").json, {"data": {"who": "nobody"}})


if __name__ == "__main__":
    unittest.main()
