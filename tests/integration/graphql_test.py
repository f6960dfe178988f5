# SPDX-License-Identifier: Apache-2.0
"""The plugin graphql: operations on types that a plugin contributes in C, and what becomes of contributions, functions and
requests that do not do as they should."""

import concurrent.futures
import json
import unittest

import stored
from mortised import FIXTURES, Folder, Mortised, run

PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "uses-authenticator": {}, "graphql": {}, "gives-books": {}}


def ask(server, query: str, variables: dict | None = None, headers: dict | None = None, **options):
    return server.post("/graphql", {"query": query, **({} if variables is None else {"variables": variables})},
                       headers={"Accept": "application/graphql-response+json", **(headers or {})}, **options)


class Served(unittest.TestCase):
    SETTINGS: dict = {}
    SERVER: dict = {}
    TAG = "one"

    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(plugins={**PLUGINS, "graphql": cls.SETTINGS, "gives-books": {"tag": cls.TAG}}, server=cls.SERVER)
        cls.addClassCleanup(cls.server.stop)

    def data(self, query: str, variables: dict | None = None, **options) -> dict:
        response = ask(self.server, query, variables, **options)
        self.assertEqual(response.status, 200, response.body)
        self.assertNotIn("errors", response.json)
        return response.json["data"]

    def errors(self, query: str, variables: dict | None = None, status: int = 200, **options) -> list:
        """What is wrong: code and message of each."""
        response = ask(self.server, query, variables, **options)
        self.assertEqual(response.status, status, response.body)
        for error in response.json["errors"]:
            self.assertEqual(error["extensions"]["requestId"], response.header("X-Request-Id"))
        return [(error["extensions"]["code"], error["message"]) for error in response.json["errors"]]

    def failed(self, query: str, **fields) -> None:
        """One masked error of a field, and one record that says why."""
        before = len(self.server.records)
        self.assertEqual(self.errors(query), [("INTERNAL_SERVER_ERROR", "Internal server error")])
        self.server.wait_for(("A field of GraphQL failed", "A plugin breaks the rules of GraphQL's fields",
                              "A field of GraphQL has no value that fits"), since=before, **fields)


class Operations(Served):
    def test_fields_of_an_object(self):
        self.assertEqual(self.data('{ book(id: "b1") { title pages id } none: book(id: "") { id } }'),
                         {"book": {"title": "Emma", "pages": 474, "id": "b1"}, "none": None})

    def test_lists(self):
        self.assertEqual(self.data("{ books(limit: 2) { title } matrix }"),
                         {"books": [{"title": "Emma"}, {"title": "Persuasion"}], "matrix": [[0, 1, 2], [3, 4, 5]]})
        self.assertEqual(self.data("{ books(limit: 0) { title } }"), {"books": []})

    def test_objects_by_key_are_loaded_once(self):
        before = len(self.server.records)
        self.assertEqual(self.data("{ books { author { name } } }"),
                         {"books": [{"author": {"name": name}} for name in ("Jane Austen", "Jane Austen", "George Eliot")]})
        self.data("{ books(limit: 0) { author { name } } }")
        self.data("{ selected { id } }")
        self.server.wait_for("Selected", since=before, what="id ")
        # Of both keys at once, and nothing for none; what tests before this one loaded may still come in.
        loaded = [record["number"] for record in self.server.records[before:] if record.get("msg") == "Authors were loaded"]
        self.assertEqual((loaded.count(2), loaded.count(0)), (1, 0))

    def test_fields_by_keys_of_their_parents(self):
        self.assertEqual(self.data('{ book(id: "b2") { author { books { title } } } }'),
                         {"book": {"author": {"books": [{"title": "Emma"}, {"title": "Persuasion"}]}}})

    def test_types_that_are_open(self):
        query = "{ thing(kind: \"%d\") { __typename ... on Book { title } ... on Author { name } } }"
        self.assertEqual(self.data(query % 1), {"thing": {"__typename": "Book", "title": "Emma"}})
        self.assertEqual(self.data(query % 2), {"thing": {"__typename": "Author", "name": "Jane Austen"}})
        self.failed(query % 0, plugin="gives-books", field="Query.thing")
        self.failed(query % 3, plugin="gives-books", field="Query.thing")

    def test_what_is_selected(self):
        before = len(self.server.records)
        self.data("{ selected { a: title b: title ...more __typename } } fragment more on Book { pages id }")
        self.assertEqual(self.server.wait_for("Selected", since=before)["what"], "title pages id ")

    def test_arguments_are_a_tape(self):
        tape = self.data('{ tape(input: {title: "a\\"\\u00e9", mood: WILD, tags: ["x", "y"]}, number: 1.5, at: "2026-01-02T03:04:05.678Z") }')
        self.assertEqual(tape["tape"].split(" "), [
            "7:15:", "5:1:input", "7:9:", "5:1:title", '5:1:a"é', "5:1:mood", "5:1:WILD", "5:1:tags", "6:3:", "5:1:x", "5:1:y",
            "5:1:number", "4:1:1.5", "5:1:at", "5:1:2026-01-02T03:04:05.678Z", ""])
        tape = self.data("query q($input: NewBook, $number: Float) { tape(input: $input, number: $number) }",
                         {"input": {"title": "t", "tags": None}, "number": 3})
        self.assertEqual(tape["tape"].split(" "), ["7:11:", "5:1:input", "7:7:", "5:1:title", "5:1:t", "5:1:mood", "5:1:CALM",
                                                   "5:1:tags", "0:1:", "5:1:number", "3:1:3", ""])

    def test_times(self):
        self.assertEqual(self.errors('{ tape(at: "yesterday") }', status=400)[0][0], "GRAPHQL_VALIDATION_FAILED")
        self.assertEqual(self.errors("query q($at: DateTimeISO) { tape(at: $at) }", {"at": 5}, status=400)[0][0], "BAD_USER_INPUT")

    def test_checks_have_the_details_of_rest(self):
        self.assertIn("title", self.data('{ checked(input: {title: "long"}) }')["checked"])
        response = ask(self.server, '{ checked(input: {title: "x"}) }')
        error = response.json["errors"][0]
        self.assertEqual(error["message"], "Argument Validation Error")
        self.assertEqual(error["path"], ["checked"])
        self.assertEqual(error["extensions"]["code"], "BAD_USER_INPUT")
        self.assertEqual([{**one, "message": ""} for one in error["extensions"]["validationErrors"]],
                         [{"in": "body", "path": "/title", "code": "minLength", "message": ""}])

    def test_json_of_a_scalar(self):
        self.assertEqual(self.data("{ anything(json: \"{\\\"a\\\":[1,null]}\") }"), {"anything": {"a": [1, None]}})
        for broken in ("{", "1 2", "", "{\\\"a\\\":1}}"):
            self.failed('{ anything(json: "%s") }' % broken, plugin="gives-books", field="Query.anything")

    def test_who_calls(self):
        self.assertEqual(self.data("{ who }"), {"who": "nobody"})
        self.assertEqual(self.data("{ who member }", token="ada"), {"who": "ada", "member": "ada"})
        denied = "Access denied! You need to be authenticated to perform this action!"
        for field in ("member", "admin", "opened"):
            self.assertEqual(self.errors("{ %s }" % field), [("UNAUTHENTICATED", denied)])
        self.assertEqual(self.errors("{ admin }", token="ada"), [("FORBIDDEN", "Forbidden")])
        self.assertEqual(self.data("{ admin opened }", token="admin"), {"admin": "admin", "opened": "admin"})
        response = ask(self.server, "{ who }", token="bad")
        self.assertEqual((response.status, response.json["error"]), (401, "Invalid token"))

    def test_errors_of_fields(self):
        for status, code in ((400, "BAD_USER_INPUT"), (401, "UNAUTHENTICATED"), (403, "FORBIDDEN"), (404, "NOT_FOUND"),
                             (409, "CONFLICT"), (412, "PRECONDITION_FAILED"), (429, "TOO_MANY_REQUESTS"), (503, "SERVICE_UNAVAILABLE")):
            self.assertEqual(self.errors("{ fails(status: %d) }" % status), [(code, "the shelf is broken")])
        self.failed("{ fails(status: 500) }", plugin="gives-books", field="Query.fails", error="the shelf is broken")
        for status in (-1, -2, -77):
            self.failed("{ fails(status: %d) }" % status, plugin="gives-books", field="Query.fails")
        error = ask(self.server, "{ fails(status: 422) }").json["errors"][0]
        self.assertEqual(error["extensions"]["validationErrors"],
                         [{"in": "body", "path": "/input/title", "code": "minLength", "message": "is too short"}])

    @unittest.skipIf(stored.SERVER, "what may read a database server is placed on workers")
    def test_places(self):
        self.assertEqual(self.data("{ onLoop }"), {"onLoop": "loop"})
        self.assertEqual(self.data("{ onLoop onWorker }"), {"onLoop": "worker", "onWorker": "worker"})
        self.assertEqual(self.data("{ reads }")["reads"], "loop")
        self.assertEqual(self.data("{ a: reads b: reads }"), {"a": "worker", "b": "worker"})
        self.assertEqual(self.data("{ selected { where } }"), {"selected": {"where": "loop"}})
        self.assertEqual(self.data('{ lies(kind: "none") { where } }'), {"lies": [{"where": "worker"}]})
        self.assertEqual(self.data("{ onLoop busy }"), {"onLoop": "worker", "busy": "worker"})
        self.assertEqual(self.data("mutation { touch }"), {"touch": "worker"})

    def test_what_is_owned_is_released(self):
        first = self.data("{ owns }")["owns"]
        self.assertEqual(self.data("{ a: owns b: owns }")["a"], first + 1)
        self.assertEqual(self.data("{ owns }")["owns"], first + 3)

    def test_requests(self):
        self.assertEqual(self.errors("{", status=400)[0][0], "GRAPHQL_PARSE_FAILED")
        self.assertEqual(self.errors("{ nothing }", status=400)[0][0], "GRAPHQL_VALIDATION_FAILED")
        self.assertEqual(self.errors("query a { who } query b { who }", status=400)[0][0], "BAD_REQUEST")
        self.assertEqual(self.errors("query q($id: String!) { book(id: $id) { id } }", status=400)[0][0], "BAD_USER_INPUT")
        self.assertEqual(self.errors("query q($id: Int!) { book(id: \"\") { id } books(limit: $id) { id } }", {"id": 2 ** 40}, status=400)[0][0],
                         "BAD_USER_INPUT")

    def test_a_key_for_what_keeps_no_response(self):
        for query in ("{ who }", "mutation { touch }", "mutation { touch a: touch }"):
            self.assertEqual(self.errors(query, status=400, headers={"Idempotency-Key": "k"})[0][0], "BAD_REQUEST")


class Limits(Served):
    SETTINGS = {"max_query_size": "1000", "max_depth": "5", "max_aliases": "2", "max_root_fields": "3", "max_cost": "40",
                "max_variable_values": "100", "max_objects": "100", "max_execution_size": "64KiB", "introspection": "false", "suggestions": "false"}

    def test_documents(self):
        deep = "{ books(limit: 1) { author { books { author { books { id } } } } } }"
        for query in ("{ who " + " " * 1000 + "}", deep, "{ a: who b: who c: who }", "{ who who who who }", "{ books(limit: 4) { author { books { id } } } }"):
            self.assertEqual(self.errors(query, status=400)[0][0], "GRAPHQL_VALIDATION_FAILED", query)
        self.assertIn("introspection", self.errors("{ __schema { types { name } } }", status=400)[0][1])
        self.assertNotIn("Did you mean", self.errors("{ wh }", status=400)[0][1])

    def test_values(self):
        many = {"input": {"title": "t", "tags": ["x"] * 200}}
        self.assertEqual(self.errors("query q($input: NewBook) { tape(input: $input) }", many, status=400)[0][0], "GRAPHQL_VALIDATION_FAILED")

    def test_memory_of_functions(self):
        self.assertIn("more than 65536 bytes", self.errors('{ lie(kind: "memory") }')[0][1])
        self.assertEqual(self.data("{ who }"), {"who": "nobody"})


class Development(Served):
    SERVER = {"mode": "development"}
    SETTINGS = {"open_queries": "true"}

    def test_reasons_are_shown(self):
        self.assertEqual(self.errors("{ fails(status: 500) }"), [("INTERNAL_SERVER_ERROR", "the shelf is broken")])
        self.assertIn("gives-books", self.errors('{ lie(kind: "kind") }')[0][1])

    def test_opened_queries(self):
        self.server.wait_for("open_queries = true: fields that may be opened need no token, whatever their REST twins need")
        self.assertEqual(self.data("{ opened }"), {"opened": "nobody"})
        self.assertEqual(self.errors("{ member }")[0][0], "UNAUTHENTICATED")


class Lies(Served):
    def test_values(self):
        for kind in ("kind", "marker", "pointer", "object", "json", "boolean", "key", "list"):
            with self.subTest(kind=kind):
                self.failed('{ lie(kind: "%s") }' % kind, plugin="gives-books", field="Query.lie")
        self.assertEqual(self.data('{ lie(kind: "utf8") }'), {"lie": "\ufffd"})

    def test_lists(self):
        for kind in ("flat", "nested", "text", "open"):
            with self.subTest(kind=kind):
                self.failed('{ lies(kind: "%s") { id } }' % kind, plugin="gives-books", field="Query.lies")
        before = len(self.server.records)
        self.assertEqual(self.data('{ lies(kind: "kind") { id } }'), {"lies": []})
        self.server.wait_for("Added", since=before, number=-2)

    def test_lists_within_each_other(self):
        before = len(self.server.records)
        self.failed('{ lie(kind: "deep") }', plugin="gives-books", field="Query.lie")
        self.assertLess(self.server.wait_for("Begun", since=before)["number"], 100)

    def test_places_that_are_not_there(self):
        before = len(self.server.records)
        self.data('{ lie(kind: "place") }')
        self.assertEqual(self.server.wait_for("Refused", since=before)["number"], 1)

    def test_completed_without_being_pending(self):
        before = len(self.server.records)
        self.assertEqual(self.data('{ lie(kind: "early") }'), {"lie": None})
        self.server.wait_for("A plugin breaks the rules of GraphQL's fields", since=before, error="it completed a call that is not pending")


class LiesOfKeys(Served):
    TAG = "no-key"

    def test_parents_without_keys(self):
        self.assertEqual(self.data('{ book(id: "b1") { author { name } } }'), {"book": {"author": {"name": "Jane Austen"}}})
        self.failed('{ book(id: "b1") { author { books { id } } } }', plugin="gives-books", field="Author.books",
                    error="plugin 'gives-books' has no key of a Author")


class LiesOfMany(Served):
    TAG = "many"

    def reported(self, since: int) -> int:
        self.data("{ selected { id } }")
        self.server.wait_for("Selected", since=since)
        return [record["msg"] for record in self.server.records[since:]].count("A plugin breaks the rules of GraphQL's fields")

    def test_cells_are_reported_once(self):
        before = len(self.server.records)
        self.assertEqual(self.errors("{ books { pages } }"), [("INTERNAL_SERVER_ERROR", "Internal server error")] * 3)
        self.assertEqual(self.reported(before), 1)

    def test_keys_have_their_own_failures(self):
        before = len(self.server.records)
        errors = ask(self.server, "{ books { writer { name } } }").json["errors"]
        self.assertEqual([(error["path"], error["extensions"]["code"]) for error in errors],
                         [(["books", 0, "writer"], "NOT_FOUND"), (["books", 1, "writer"], "NOT_FOUND"),
                          (["books", 2, "writer"], "INTERNAL_SERVER_ERROR")])
        self.assertEqual(self.reported(before), 1)


class Waiting(unittest.TestCase):
    def served(self, **server) -> Mortised:
        made = Mortised(plugins=PLUGINS, server=server)
        self.addCleanup(made.kill)
        return made

    def open(self, server, gate: str) -> None:
        (server.folder.state / gate).touch()

    def test_pending_fields(self):
        server = self.served()
        self.assertEqual(ask(server, "{ early who }").json, {"data": {"early": "early", "who": "nobody"}})
        self.assertEqual(ask(server, "{ later who onWorker }").json, {"data": {"later": "at last", "who": "nobody", "onWorker": "worker"}})
        errors = ask(server, "{ later(outcome: -1) }").json["errors"]
        self.assertEqual([error["extensions"]["code"] for error in errors], ["INTERNAL_SERVER_ERROR"])
        errors = ask(server, "{ later(outcome: -4) }").json["errors"]
        self.assertEqual([error["extensions"]["code"] for error in errors], ["SERVICE_UNAVAILABLE"])
        self.assertEqual(ask(server, "mutation { a: touchLater touch b: touchLater }").json["data"],
                         {"a": "at last", "touch": "worker", "b": "at last"})
        # Something is busy on the loop while another field is pending.
        self.assertEqual(ask(server, "{ later busy }").json["data"], {"later": "at last", "busy": "worker"})
        server.stop()

    def test_completed_twice(self):
        server = self.served()
        for _ in range(3):
            self.assertEqual(ask(server, '{ later(outcome: 7) }').json["data"], {"later": None})
        server.stop()

    def test_many_at_once(self):
        server = self.served()
        query = "query q($gate: String) { a: later(gate: $gate) b: later(gate: $gate) books { author { name } } }"
        with concurrent.futures.ThreadPoolExecutor(24) as pool:
            asked = [pool.submit(ask, server, query, {"gate": f"g{i % 3}"}) for i in range(24)]
            for i in range(3):
                self.open(server, f"g{i}")
            for one in asked:
                self.assertEqual(one.result().json["data"]["b"], "at last")
        server.stop()

    def test_a_client_that_is_gone(self):
        server = self.served()
        body = json.dumps({"query": '{ later(gate: "gone") onWorker }'}).encode()
        with server.connect() as connection:
            connection.send(b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
            server.wait_for("At a gate")
        self.open(server, "gone")
        self.assertEqual(ask(server, "{ who }").json, {"data": {"who": "nobody"}})
        server.stop()

    def test_a_deadline(self):
        server = self.served(request_timeout="1s")
        response = ask(server, '{ later(gate: "late") }')
        self.assertEqual(response.status, 503, response.body)
        self.open(server, "late")
        self.assertEqual(ask(server, "{ who }").json, {"data": {"who": "nobody"}})
        server.stop()

    def test_a_reload_meanwhile(self):
        server = self.served()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = pool.submit(ask, server, '{ later(gate: "reload") onWorker }')
            server.wait_for("At a gate")
            server.folder.plugins["gives-books"]["tag"] = "two"
            server.folder.write()
            server.reload()
            self.assertEqual(ask(server, "{ who }").json, {"data": {"who": "nobody"}})
            self.open(server, "reload")
            self.assertEqual(asked.result().json["data"], {"later": "at last", "onWorker": "worker"})
        server.stop()

    def test_a_stop_meanwhile(self):
        server = self.served()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            asked = pool.submit(ask, server, '{ later(gate: "stop") onWorker }')
            server.wait_for("At a gate")
            stopped = pool.submit(server.stop)
            server.wait_for("Stopping")
            self.open(server, "stop")
            self.assertEqual(asked.result().json["data"], {"later": "at last", "onWorker": "worker"})
            stopped.result()


class Contributions(unittest.TestCase):
    def refused(self, tag: str = "one", plugins: dict | None = None) -> str:
        folder = Folder(plugins={**PLUGINS, "gives-books": {"tag": tag}, **(plugins or {})})
        self.addCleanup(folder.remove)
        done = run("--config", folder.config)
        self.assertNotEqual(done.returncode, 0, tag)
        return done.stdout + done.stderr

    def test_what_cannot_be_used(self):
        for tag, reason in (
                ("count", "it has 4000000000 fields, and at most 10000 are taken"),
                ("null", "and shows none"),
                ("stride", "the elements of its fields have a wrong size"),
                ("short", "its table says that it has 16 bytes"),
                ("sdl-pointer", "its SDL has a size and no bytes"),
                ("sdl-size", "its SDL is longer than 1048576 bytes"),
                ("sdl-utf8", "its SDL is not UTF-8"),
                ("sdl-syntax", "its SDL, line 2, column 6: Syntax Error: Expected Name, found \"{\"."),
                ("sdl-schema", "its SDL defines the schema"),
                ("sdl-query", "There can be only one type named \"Query\". (the plugin graphql has it)"),
                ("sdl-unknown", "Cannot extend type \"Nothing\" because it is not defined."),
                ("no-resolver", "its field 'Author.books' has no resolver"),
                ("twice", "it has two resolvers for 'Query.book'"),
                ("no-field", "it has a resolver for 'Query.nothing', which no SDL has"),
                ("no-function", "the field 'Query.book' has no function 'resolve'"),
                ("flag", "the field 'Query.book' has an unknown flag"),
                ("placement", "the field 'Query.book' has an unknown placement"),
                ("transaction", "the field 'Query.book' asks for a transaction and is none of Mutation"),
                ("twin", "the twin of the field 'Query.book' is no route such as 'POST /api/users': 'get users'"),
                ("check", "has a schema that does not compile"),
                ("keys", "its field 'Query.book' asks for keys, which the type 'Query' has not"),
                ("type-name", "its type names have 'Mood', which is no object type"),
                ("keyed-twice", "it has keys for the type 'Author' twice"),
                ("keyed-query", "it has keys for 'Query', a type of plugin 'graphql'"),
                ("key", "the type 'Author' has no function 'key'")):
            with self.subTest(tag=tag):
                said = self.refused(tag)
                self.assertIn("plugin 'gives-books': plugin 'graphql' refused its contribution", said)
                self.assertIn(reason, said)

    def test_two_that_define_one_name(self):
        said = self.refused(plugins={"more-books": {"file": str(FIXTURES / "gives-books.so")}})
        for one, other in (("gives-books", "more-books"), ("more-books", "gives-books")):
            self.assertIn(f"plugin '{one}': plugin 'graphql' refused its contribution '{one}' to 'mortise.graphql.types/1': "
                          f"There can be only one type named \"Book\". (see plugin '{other}')", said)

    def test_nothing_to_serve(self):
        self.assertIn("no plugin contributes a field to Query: enable one", self.refused("nothing"))

    def test_a_reload_is_rejected(self):
        with Mortised(plugins=PLUGINS) as server:
            server.folder.plugins["gives-books"]["tag"] = "no-resolver"
            server.folder.write()
            self.assertIn("its field 'Author.books' has no resolver", server.reload("Reload failed")["reason"])
            self.assertEqual(ask(server, "{ who }").json, {"data": {"who": "nobody"}})


if __name__ == "__main__":
    unittest.main()
