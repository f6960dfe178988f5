# SPDX-License-Identifier: Apache-2.0
"""A plugin whose contribution to GraphQL says sizes that it has not, fails with what is no failure, completes early or never:
the server serves on, and the log names the plugin."""

import unittest

from mortised import Mortised

PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "uses-authenticator": {}, "graphql": {"max_cost": "1000000"},
           "graphql-liar": {}}
BROKEN = "A plugin breaks the rules of GraphQL's fields"
FAILED = "A field of GraphQL failed"


class Lies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(plugins=PLUGINS, server={"request_timeout": "2s"})
        cls.addClassCleanup(cls.server.stop)

    def ask(self, query: str):
        return self.server.post("/graphql", {"query": query})

    def tearDown(self):
        self.assertEqual(self.ask("{ cheap }").json, {"data": {"cheap": None}})

    def named(self, query: str, message: str, **fields) -> None:
        """Errors of the server to the client, one record that says whose they are."""
        response = self.ask(query)
        self.assertEqual({(error["message"], error["extensions"]["code"]) for error in response.json["errors"]},
                         {("Internal server error", "INTERNAL_SERVER_ERROR")}, response)
        self.server.wait_for("Request completed", requestId=response.header("X-Request-Id"))
        said = [record for record in self.server.records if record.get("requestId") == response.header("X-Request-Id")]
        said = [record for record in said if record["msg"] != "Request completed"]
        self.assertEqual([(record["msg"], record["plugin"]) for record in said], [(message, "graphql-liar")], said)
        self.assertEqual({name: said[0][name] for name in fields}, fields)

    def test_sizes(self):
        self.named('{ lie(kind: "add") }', BROKEN, field="Query.lie", error="a list where none is wanted")
        self.named('{ items { keyed } }', FAILED, field="Item.keyed")
        self.named('{ items(kind: "size") { keyed } }', FAILED, field="Item.keyed")
        body = self.ask('{ lie(kind: "keep") }').json
        self.assertIn("take more than 33554432 bytes", body["errors"][0]["message"])

    def test_nonsense(self):
        for kind in ("fail", "null"):
            self.assertEqual(self.ask('{ lie(kind: "%s") }' % kind).json, {"data": {"lie": "refused"}})
        self.named('{ lie(kind: "status") }', FAILED, field="Query.lie")

    def test_many_at_once_are_one_record(self):
        self.named("{ items(limit: 20000) { tag } }", BROKEN, field="Item.tag", error="a cell of kind 99")

    def test_loads(self):
        for limit in (3, 20000):
            for kind in ("text", "list", "key"):
                self.named('{ loaded(kind: "%s", limit: %d) { id } }' % (kind, limit), BROKEN, error="what loads objects gave something else")
            self.named('{ loaded(kind: "status", limit: %d) { id } }' % limit, FAILED, field="Query.loaded")
            for kind in ("each", "all"):
                body = self.ask('{ loaded(kind: "%s", limit: %d) { id } }' % (kind, limit)).json
                self.assertEqual(body["errors"][-1]["extensions"]["code"], "CONFLICT")
                self.assertEqual(body["data"], {"loaded": [None] * limit})
            self.assertEqual(self.ask("{ loaded(limit: %d) { id } }" % limit).json, {"data": {"loaded": [None] * limit}})

    def test_completed_twice_before_the_return(self):
        self.assertIn("lie", self.ask('{ lie(kind: "twice") }').json["data"])

    def test_never_completed(self):
        for query in ('{ lie(kind: "never") }', "mutation { pends }"):
            self.assertEqual(self.ask(query).status, 503)

    def test_weights(self):
        error = self.ask("{ items(limit: 1000000) { id } dear cheap }").json["errors"][0]
        self.assertIn("costs too much: %d;" % (1 + 1000000 + 400), error["message"])


if __name__ == "__main__":
    unittest.main()
