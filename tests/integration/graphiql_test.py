#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the plugin graphql serves beside its endpoint: the page of /graphiql, in a browser too, and the schema."""

import json
import re
import unittest

from browser import browser_program, node_folder, output_of
from mortised import BUILD, Folder, Mortised, ServerTest, run

PLUGINS = {
    "routing": {}, "logging": {}, "health": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "posts": {}, "auth": {}, "graphql": {},
}
POLICY = ("default-src 'none';base-uri 'none';connect-src 'self';font-src data:;form-action 'none';frame-ancestors 'self';"
          "img-src 'self' data:;script-src 'self';style-src 'self'")
PATHS = ("/graphiql", "/graphiql/", "/graphql/schema.graphql")


class Modes(unittest.TestCase):
    def statuses(self, server) -> list[int]:
        return [server.get(path).status for path in PATHS]

    # contract: graphql.page, graphql.document
    def test_on_in_development_and_in_production_only_when_set(self):
        with Mortised(plugins=PLUGINS, server={"mode": "production"}) as server:
            self.assertEqual(self.statuses(server), [404] * 3)
            server.folder.plugins["graphql"] = {"docs": "on"}
            server.folder.write()
            server.reload()
            self.assertEqual(self.statuses(server), [301, 200, 200])
        with Mortised(plugins={**PLUGINS, "graphql": {"docs": "off"}}, server={"mode": "development"}) as server:
            self.assertEqual(self.statuses(server), [404] * 3)

    def test_paths_are_settings(self):
        settings = {"graphiql_path": "/v1/graphiql", "schema_path": ""}
        with Mortised(plugins={**PLUGINS, "graphql": settings}, server={"mode": "development"}) as server:
            page = server.get("/v1/graphiql/").body.decode()
            self.assertIn('data-endpoint="../../graphql"', page)
            self.assertNotIn(">Schema<", page)
            self.assertEqual(self.statuses(server), [404] * 3)
        settings = {"graphiql_path": "", "schema_path": "/v1/schema.graphql"}
        with Mortised(plugins={**PLUGINS, "graphql": settings}, server={"mode": "development"}) as server:
            self.assertEqual(self.statuses(server), [404] * 3)
            self.assertIn("type Query {", server.get("/v1/schema.graphql").body.decode())

    def test_bad_paths_are_refused(self):
        for key, value in (("graphiql_path", "/a/:b"), ("graphiql_path", "graphiql"), ("schema_path", "/docs/"), ("schema_path", "/graphiql"),
                           ("schema_path", "/graphql"), ("graphiql_path", "/graphql")):
            with self.subTest(key=key, value=value):
                folder = Folder(None, {**PLUGINS, "graphql": {key: value}})
                self.addCleanup(folder.remove)
                folder.write()
                done = run("--config", folder.config, "--check-config")
                self.assertEqual(done.returncode, 78, done)
                self.assertIn(f"plugin.graphql.{key}", done.stderr)


class Pages(ServerTest):
    PLUGINS = {**PLUGINS, "security-headers": {}, "conditional": {}}
    SERVER = {"mode": "development", "password_cost": "4"}

    # contract: graphql.document
    def test_the_schema_is_the_generation_s(self):
        first = self.server.get("/graphql/schema.graphql")
        self.assertEqual(first.header("content-type"), "text/plain; charset=utf-8")
        self.assertEqual(first.header("cache-control"), "no-cache")
        text = first.body.decode()
        for line in ("type Query {", "type User {", "  me: User", "scalar DateTimeISO", "type Post {"):
            self.assertIn(line, text)
        self.assertTrue(text.endswith("}\n"))
        known = self.server.get("/graphql/schema.graphql", headers={"If-None-Match": first.header("etag")})
        self.assertEqual((known.status, known.body), (304, b""))
        self.server.folder.plugins["posts"]["enabled"] = "false"
        self.server.folder.write()
        self.server.reload()
        try:
            second = self.server.get("/graphql/schema.graphql", headers={"If-None-Match": first.header("etag")})
            self.assertEqual(second.status, 200)
            self.assertNotIn("type Post {", second.body.decode())
            self.assertNotEqual(second.header("etag"), first.header("etag"))
        finally:
            self.server.folder.plugins["posts"]["enabled"] = "true"
            self.server.folder.write()
            self.server.reload()
        self.assertEqual(self.server.get("/graphql/schema.graphql").body, first.body)

    def test_the_page_has_a_policy_of_its_own(self):
        page = self.server.get("/graphiql/")
        self.assertEqual(page.header("content-security-policy"), POLICY)
        html = page.body.decode()
        files = re.findall(r'(?:src|href)="([^"]+\?v=[0-9a-f]{16})"', html)
        self.assertEqual(len(files), 7, html)
        self.assertNotIn("//", html)  # nothing from elsewhere
        self.assertIsNone(re.search(r"<script(?![^>]* src=)", html))
        for file in files:
            asset = self.server.get(f"/graphiql/{file}")
            self.assertEqual(asset.status, 200, file)
            self.assertEqual(asset.header("content-security-policy"), POLICY)
            self.assertIn("immutable", asset.header("cache-control"))
            self.assertNotIn(b"sourceMappingURL", asset.body)
        # Elsewhere the strict one of the server stands.
        self.assertNotEqual(self.server.get("/health").header("content-security-policy"), POLICY)
        self.assertIn("graphiql", self.server.get("/graphiql/LICENSES.txt").body.decode())

    # contract: graphql.page
    def test_a_browser_runs_a_query_and_shows_the_documentation(self):
        browser = browser_program(self)
        user = self.server.register()
        picture = BUILD / "graphiql_page.png"
        with node_folder(self) as folder:
            # Over plain HTTP, under a name: what a policy that upgrades requests would break.
            said = output_of(self, folder, "node", "graphiql_page.js", browser, self.server.addresses[0], "graphiql.test", user["accessToken"],
                             str(picture))
        seen = json.loads(said)
        self.assertEqual(seen["title"], "GraphiQL")
        self.assertEqual(seen["anonymous"]["shown"]["errors"][0]["extensions"]["code"], "UNAUTHENTICATED", seen)
        self.assertEqual(seen["known"], {"status": 200, "shown": {"data": {"me": {
            "id": user["user"]["id"], "name": user["user"]["name"], "email": user["user"]["email"]}}}})
        for line in ("User", "email: String!", "createdAt: DateTimeISO!", "posts("):
            self.assertIn(line, seen["documentation"])
        self.assertGreater(seen["fonts"], 0)
        self.assertEqual((seen["foreign"], seen["failed"], seen["unfinished"]), ([], [], []))
        self.assertEqual((seen["tokenAfterReload"], seen["kept"], seen["keptInTab"]), ("", [], "no token"))
        # Two headers that only HTTPS makes effective are said, in the console, to be of no effect.
        self.assertEqual([line for line in seen["console"] if "Cross-Origin-Opener-Policy" not in line and "Origin-Agent-Cluster" not in line], [])
        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")


if __name__ == "__main__":
    unittest.main()
