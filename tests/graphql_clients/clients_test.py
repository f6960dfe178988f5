#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Client libraries of npm run the life of a user and of posts over GraphQL: README.md."""

import unittest

from browser import node_folder, output_of
from mortised import SOURCE, ServerTest


class Clients(ServerTest):
    PLUGINS = {
        "routing": {}, "logging": {}, "health": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "posts": {}, "auth": {}, "graphql": {},
    }
    # Production, as clients meet it: errors are masked, introspection and documents are as they are shipped.
    SERVER = {"mode": "production", "password_cost": "4"}

    # contract: graphql.clients
    def test_the_life_of_a_user_and_of_posts(self):
        with node_folder(self, SOURCE / "tests" / "graphql_clients", "graphql-clients") as folder:
            said = output_of(self, folder, "node", "clients.mjs", self.server.url).splitlines()
        life = "register, login, query, update, posts, delete"
        self.assertEqual(said, [
            f"graphql-request: {life}", f"urql: {life}", f"Apollo Client: {life}", "urql: persisted operations",
            "Apollo Client: persisted operations", "graphql-request: GET", "graphql-request: no batches"])


if __name__ == "__main__":
    unittest.main()
