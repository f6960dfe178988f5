# SPDX-License-Identifier: Apache-2.0
"""The plugin graphql: operations over HTTP on types that a plugin contributes in C."""

import json
import unittest

from mortised import Folder, Mortised, run

PLUGINS = {"routing": {}, "logging": {}, "uses-authenticator": {}, "graphql": {}, "gives-books": {}}


def ask(server, query: str, variables: dict | None = None, **options):
    return server.post("/graphql", {"query": query, **({} if variables is None else {"variables": variables})}, **options)


class Operations(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(plugins=PLUGINS)
        cls.addClassCleanup(cls.server.stop)

    def data(self, query: str, variables: dict | None = None) -> dict:
        response = ask(self.server, query, variables)
        self.assertEqual(response.status, 200, response.body)
        self.assertNotIn("errors", response.json)
        return response.json["data"]

    def test_fields_of_an_object(self):
        self.assertEqual(self.data('{ book(id: "b1") { title pages id } }'), {"book": {"title": "Emma", "pages": 474, "id": "b1"}})


if __name__ == "__main__":
    unittest.main()
