#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""packaging/breaking_changes over the documents of a server: what passes, and what is refused with a message that names it."""

import copy
import json
import pathlib
import subprocess
import tempfile
import unittest

from browser import node_folder
from mortised import SLOWNESS, SOURCE, ServerTest

PLUGINS = {
    "routing": {}, "logging": {}, "health": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "posts": {}, "auth": {},
    "openapi": {}, "graphql": {},
}


class BreakingChanges(ServerTest):
    PLUGINS = PLUGINS
    SERVER = {"mode": "development", "password_cost": "4"}

    def setUp(self):
        super().setUp()
        self.folder = self.entered(node_folder(self, SOURCE / "packaging" / "breaking_changes", "breaking-changes"))
        self.home = pathlib.Path(self.entered(tempfile.TemporaryDirectory(prefix="mortise-documents-")))
        self.released = self.home / "released"
        self.run_tool("--save", str(self.released), self.server.url, status=0)
        self.schema = (self.released / "schema.graphql").read_text(encoding="utf-8")
        self.document = json.loads((self.released / "openapi.json").read_text(encoding="utf-8"))

    def entered(self, manager):
        entered = manager.__enter__()
        self.addCleanup(manager.__exit__, None, None, None)
        return entered

    def run_tool(self, *arguments: str, status: int) -> list[str]:
        done = subprocess.run(["node", "breaking_changes.mjs", *arguments], cwd=self.folder, capture_output=True, text=True,
                              timeout=120 * SLOWNESS, check=False)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        return (done.stderr if status == 2 else done.stdout).splitlines()

    def current(self, schema: str | None = None, document: dict | None = None) -> str:
        folder = self.home / "current"
        folder.mkdir(exist_ok=True)
        (folder / "schema.graphql").write_text(self.schema if schema is None else schema, encoding="utf-8")
        (folder / "openapi.json").write_text(json.dumps(document or self.document), encoding="utf-8")
        return str(folder)

    def changed(self, *replacements: tuple[str, str]) -> str:
        schema = self.schema
        for before, after in replacements:
            self.assertIn(before, schema)
            schema = schema.replace(before, after, 1)
        return schema

    def user(self, document: dict) -> dict:
        return document["components"]["schemas"]["User"]

    def test_what_clients_do_not_notice_passes(self):
        released = str(self.released)
        self.assertEqual(self.run_tool(released, self.server.url, status=0), [])
        document = copy.deepcopy(self.document)
        self.user(document)["properties"]["nickname"] = {"type": ["string", "null"]}
        document["paths"]["/api/users"]["get"]["parameters"].append({"name": "sort", "in": "query", "schema": {"type": "string"}})
        schema = self.changed(("type User {", "type Club {\n  name: String\n}\n\ntype User {\n  nickname: String"),
                              ("user(id: String!)", "user(id: String!, secretly: Boolean)"))
        self.assertEqual(self.run_tool(released, self.current(schema, document), status=0), [])

    def test_changes_of_the_schema_are_refused_by_name(self):
        for what, change, named in (
                ("a removed field", ("  email: String!\n", ""), "User.email: Field 'email' was removed from object type 'User'"),
                ("another type", ("  email: String!\n", "  email: Int!\n"), "User.email: Field 'User.email' changed type from 'String!' to 'Int!'"),
                ("null where there was none", ("  email: String!\n", "  email: String\n"), "'String!' to 'String'"),
                ("a required argument", ("user(id: String!)", "user(id: String!, tenant: ID!)"), "Argument 'tenant: ID!' added to field 'Query.user'"),
                ("a required member", ("input CreateUserInput {\n", "input CreateUserInput {\n  phone: String!\n"),
                 "CreateUserInput.phone: Input field 'phone' of type 'String!' was added"),
                ("a removed argument", ("after: String", "behind: String"), "'after: String' was removed")):
            with self.subTest(change=what):
                lines = self.run_tool(str(self.released), self.current(self.changed(change)), status=1)
                self.assertTrue(any(line.startswith("graphql: breaking ") and named in line for line in lines), lines)
                self.assertEqual([line for line in lines if line.startswith("openapi")], [])

    def test_changes_of_the_routes_are_refused_by_name(self):
        def removed(document):
            del self.user(document)["properties"]["email"]
            self.user(document)["required"].remove("email")

        def required(document):
            document["components"]["schemas"]["CreateUser"]["properties"]["phone"] = {"type": "string"}
            document["components"]["schemas"]["CreateUser"]["required"].append("phone")

        parameter = {"name": "tenant", "in": "query", "required": True, "schema": {"type": "string"}}
        for what, change, named in (
                ("a removed member", removed, "POST /api/users: removed the required property `user/email`"),
                ("another type", lambda document: self.user(document)["properties"]["name"].update(type="integer"), "`user/name` response's property type/format changed"),
                ("a required member", required, "POST /api/users: added the new required request property `phone`"),
                ("a required parameter", lambda document: document["paths"]["/api/users"]["get"]["parameters"].append(parameter),
                 "GET /api/users: added the new required `query` request parameter `tenant`"),
                ("a removed path", lambda document: document["paths"].pop("/api/users/me"), "GET /api/users/me: api path removed")):
            with self.subTest(change=what):
                document = copy.deepcopy(self.document)
                change(document)
                lines = self.run_tool(str(self.released), self.current(document=document), status=1)
                self.assertTrue(any(line.startswith("openapi: breaking ") and named in line for line in lines), lines)
                self.assertEqual([line for line in lines if line.startswith("graphql")], [])
                self.assertEqual(self.run_tool("--only", "graphql", str(self.released), self.current(document=document), status=0), [])

    def test_what_may_break_clients_is_refused_when_asked(self):
        # An argument that has another default.
        current = self.current(self.changed(("limit: Int = 10", "limit: Int = 11")))
        self.assertEqual(self.run_tool(str(self.released), current, status=0), [])
        self.assertIn("limit", "".join(self.run_tool("--dangerous", str(self.released), current, status=1)))

    def test_what_is_not_there_is_no_pass(self):
        nobody = "http://127.0.0.1:9"
        released = str(self.released)
        for arguments in ((released,), (released, str(self.home / "nowhere")), ("--only", "rest", released, released), (released, nobody),
                          (released, f"{self.server.url}/nowhere"), (released, self.current("type {")), ("--unknown", released, released)):
            with self.subTest(arguments=arguments):
                self.assertTrue(self.run_tool(*arguments, status=2))
        broken = self.current()
        (self.home / "current" / "openapi.json").write_text("{", encoding="utf-8")
        self.assertIn("openapi.json", "".join(self.run_tool(released, broken, status=2)))


if __name__ == "__main__":
    unittest.main()
