# SPDX-License-Identifier: Apache-2.0
"""Types and fields for GraphQL that plugins contribute: from descriptions (graphql-library) and in C (graphql-in-c)."""

import unittest

from mortised import FIXTURES, Folder, Mortised, run

DATABASE = {"database": {"url": "sqlite:///test.db"}}
PLUGINS = {"routing": {}, "logging": {}, "uses-authenticator": {}, "graphql": {}, "graphql-library": {}, **DATABASE}
LATER = {name: {"file": str(FIXTURES / f"future-{name}.so")} for name in ("graphql-library", "graphql-in-c")}
ID = "0192abcd-0000-7000-8000-00000000000a"


class Asking(unittest.TestCase):
    plugins = {**PLUGINS, "graphql-in-c": {}}

    @classmethod
    def setUpClass(cls):
        if cls is not Asking:
            cls.server = Mortised(plugins=cls.plugins)
            cls.addClassCleanup(cls.server.stop)

    def ask(self, query: str, variables: dict | None = None, as_: str | None = None):
        headers = {} if as_ is None else {"Authorization": f"Bearer {as_}"}
        response = self.server.post("/graphql", {"query": query, "variables": variables}, headers=headers)
        self.assertEqual(response.status, 200, response.body)
        return response.json

    def data(self, query: str, variables: dict | None = None, as_: str | None = None) -> dict:
        answer = self.ask(query, variables, as_)
        self.assertNotIn("errors", answer)
        return answer["data"]

    def errors(self, query: str, variables: dict | None = None, as_: str | None = None) -> dict:
        """By path: code, message and details."""
        found = {}
        for error in self.ask(query, variables, as_)["errors"]:
            extensions = error["extensions"]
            self.assertIn("requestId", extensions)
            found[".".join(map(str, error["path"]))] = (extensions["code"], error["message"], extensions.get("validationErrors"))
        return found


class Values(Asking):
    def test_every_kind(self):
        book = self.data('{ book(id: "1") { id title subtitle note binding pages copies isLent price printedAt bought tags '
                         "sizes { width depth } ownerId label sequel { id subtitle } } }")["book"]
        self.assertEqual(book, {
            "id": "1", "title": "Book 1", "subtitle": None, "note": "", "binding": "hard", "pages": 100, "copies": 2**40,
            "isLent": False, "price": 0.5, "printedAt": "2026-01-02T03:03:04.678Z", "bought": "2026-01-02", "tags": ["a", "b"],
            "sizes": [{"width": 1.5, "depth": 2.5}, {"width": 3, "depth": None}],
            "ownerId": "00000000-0000-7000-8000-000000000001", "label": "Book 1, 100", "sequel": {"id": "2", "subtitle": "Even"}})

    def test_what_is_not_there_is_null(self):
        self.assertEqual(self.data('{ none: book(id: "99") { id } last: book(id: "12") { sequel { id } } }'),
                         {"none": None, "last": {"sequel": None}})

    def test_the_schema_is_that_of_the_descriptions(self):
        fields = self.data('{ __type(name: "Book") { description fields { name description type { kind name ofType { kind name } } } } }')["__type"]
        self.assertEqual(fields["description"], "One on the shelf")
        types = {one["name"]: (one["type"]["kind"], one["type"]["name"] or one["type"]["ofType"]["name"]) for one in fields["fields"]}
        self.assertEqual(types["note"], ("NON_NULL", "String"))
        self.assertEqual(types["subtitle"], ("SCALAR", "String"))
        self.assertEqual(types["ownerId"], ("NON_NULL", "ID"))
        self.assertEqual(types["copies"], ("NON_NULL", "Count"))
        self.assertEqual(types["sequel"], ("OBJECT", "Book"))
        self.assertEqual(types["readers"], ("LIST", None))
        self.assertFalse({"shelfmark", "lent", "sequelId"} & set(types))
        self.assertEqual(next(one["description"] for one in fields["fields"] if one["name"] == "title"), "As on the cover")
        arguments = self.data('{ __type(name: "Query") { fields { name args { name description defaultValue } } } }')["__type"]["fields"]
        self.assertEqual(next(one["args"] for one in arguments if one["name"] == "books"),
                         [{"name": "limit", "description": "How many, an even number", "defaultValue": "2"},
                          {"name": "binding", "description": None, "defaultValue": None}])
        inputs = self.data('{ __type(name: "NewBookInput") { inputFields { name defaultValue } } }')["__type"]["inputFields"]
        self.assertEqual({one["name"]: one["defaultValue"] for one in inputs},
                         {"title": None, "binding": "soft", "size": None, "printedAt": None, "password": None})

    def test_unions_and_interfaces(self):
        self.assertEqual(self.data("{ works { __typename ... on Book { id } ... on Film { minutes } } }"),
                         {"works": [{"__typename": "Book", "id": "1"}, {"__typename": "Film", "minutes": 90}]})
        self.assertEqual(self.data("{ a: titled(film: true) { title __typename } b: titled(film: false) { title ... on Book { id } } c: titled { title } }"),
                         {"a": {"title": "Film", "__typename": "Film"}, "b": {"title": "Book 2", "id": "2"}, "c": None})

    def test_only_what_is_selected_is_read(self):
        for selection, members in (("title", {0, 1}), ("sequel { id }", {0, 15}), ("label isLent", {0, 1, 5, 7}), ("sizes { width }", {0, 12})):
            with self.subTest(selection):
                mark = self.server.mark()
                self.data("{ books { " + selection + " } }")
                self.assertEqual(self.server.wait_for("Books", since=mark)["columns"], sum(1 << one for one in members))


class Arguments(Asking):
    def test_defaults_and_checks(self):
        self.assertEqual([one["id"] for one in self.data("{ books { id } }")["books"]], ["1", "2"])
        self.assertEqual([one["id"] for one in self.data("query($b: Binding) { books(limit: 4, binding: $b) { id } }", {"b": "soft"})["books"]],
                         ["2", "4", "6", "8"])
        detail = {"in": "query", "path": "/limit", "code": "maximum", "message": "must be at most 12"}
        self.assertEqual(self.errors("{ books(limit: 40) { id } }"), {"books": ("BAD_USER_INPUT", "Argument Validation Error", [detail])})
        detail = {"in": "query", "path": "/limit", "code": "custom", "message": "must be even"}
        self.assertEqual(self.errors("{ books(limit: 3) { id } }"), {"books": ("BAD_USER_INPUT", "Argument Validation Error", [detail])})
        self.assertEqual(self.errors("{ books(limit: null) { id } }")["books"][2][0]["path"], "/limit")

    def test_inputs(self):
        self.assertEqual(self.data('mutation { addBook(input: {title: "New"}) { title binding } }'),
                         {"addBook": {"title": "New, prepared", "binding": "soft"}})
        variables = {"input": {"title": "New", "binding": "hard", "size": {"width": 2}, "printedAt": "2020-01-01T01:00:00+01:00", "password": "x"}}
        self.assertEqual(self.data("mutation($input: NewBookInput!) { addBook(input: $input) { binding sizes { width } printedAt } }", variables),
                         {"addBook": {"binding": "hard", "sizes": [{"width": 2}], "printedAt": "2020-01-01T00:00:00.000Z"}})
        code, message, details = self.errors('mutation { addBook(input: {title: "N", size: {width: 0}}) { title } }')["addBook"]
        self.assertEqual((code, message), ("BAD_USER_INPUT", "Argument Validation Error"))
        self.assertEqual([(one["in"], one["path"], one["code"]) for one in details], [("body", "/title", "minLength"), ("body", "/size/width", "minimum")])


class Keys(Asking):
    def test_of_ones_own_type(self):
        self.assertEqual(self.data('{ book(id: "3") { others { id others(n: 1) { id } } } }'),
                         {"book": {"others": [{"id": "1", "others": [{"id": "2"}]}, {"id": "2", "others": [{"id": "1"}]}]}})

    def test_of_anothers_type_in_c(self):
        self.assertEqual(self.data('{ book(id: "1") { readers { name age } } reader(id: "r2") { name } }'),
                         {"book": {"readers": [{"name": "Ada", "age": 36}, {"name": "Bob", "age": 40}]}, "reader": {"name": "Bob"}})

    def test_one_parent_fails_the_others_do_not(self):
        answer = self.ask("{ books(limit: 4) { id label readers { name } } }")
        self.assertEqual({".".join(map(str, one["path"])): one["message"] for one in answer["errors"]},
                         {"books.2.readers": "Being bound", "books.3.label": "Lost"})
        self.assertEqual([one["label"] for one in answer["data"]["books"]], ["Book 1, 100", "Book 2, 200", "Book 3, 300", None])
        self.assertEqual([one["readers"] is None for one in answer["data"]["books"]], [False, False, True, False])


class ValuesOfLaterHeaders(Values):
    """Contributors by headers in which everything that may grow has grown."""

    plugins = {**PLUGINS, **LATER}


class KeysOfLaterHeaders(Keys):
    plugins = ValuesOfLaterHeaders.plugins


class Failures(Asking):
    def test_what_is_thrown_is_as_in_rest(self):
        found = self.errors("{ " + " ".join(f'{how}: fails(how: "{how}")' for how in ("http", "unique", "row", "input", "number", "any")) + " }")
        detail = {"in": "query", "path": "/how", "code": "custom", "message": "must be another"}
        self.assertEqual(found, {
            "http": ("FORBIDDEN", "Forbidden", None), "unique": ("CONFLICT", "Resource already exists", None),
            "row": ("NOT_FOUND", "Book not found", None), "input": ("BAD_USER_INPUT", "Argument Validation Error", [detail]),
            "number": ("INTERNAL_SERVER_ERROR", "Internal server error", None), "any": ("INTERNAL_SERVER_ERROR", "Internal server error", None)})
        self.assertEqual(self.errors('{ fails(how: "busy") }')["fails"][0], "SERVICE_UNAVAILABLE")

    def test_pending(self):
        self.assertEqual(self.data('{ a: later(how: "done") b: later(how: "now") c: later(how: "done") }'), {"a": "done", "b": "now", "c": "done"})
        self.assertEqual(self.errors('{ later(how: "fails") }'), {"later": ("CONFLICT", "Failed later", None)})
        for how in ("dropped", "lost"):  # within the call, and after it
            self.assertEqual(self.errors('{ later(how: "%s") }' % how)["later"][0], "INTERNAL_SERVER_ERROR")
        self.assertEqual(self.errors('mutation { addBook(input: {title: "refused"}) { id } }'), {"addBook": ("FORBIDDEN", "Forbidden", None)})
        self.assertEqual(self.errors('mutation { addBook(input: {title: "taken"}) { id } }'), {"addBook": ("CONFLICT", "Resource already exists", None)})

    def test_each_mutation_has_its_own_transaction(self):
        before = self.data("{ kept }")["kept"]
        answer = self.ask('mutation { a: keep(name: "a") b: keep(name: "b", fails: true) c: keep(name: "a") d: keep(name: "d") }')
        self.assertEqual(answer["data"], {"a": True, "b": None, "c": None, "d": True})
        self.assertEqual([(one["path"], one["extensions"]["code"]) for one in answer["errors"]], [(["b"], "CONFLICT"), (["c"], "CONFLICT")])
        self.assertEqual(self.data("{ kept }")["kept"], before + 2)


class Rules(Asking):
    def test_tokens_and_roles(self):
        denied = ("UNAUTHENTICATED", "Access denied! You need to be authenticated to perform this action!", None)
        self.assertEqual(self.errors("{ whoami admin }"), {"whoami": denied, "admin": denied})
        self.assertEqual(self.data("{ whoami }", as_="ada"), {"whoami": "ada"})
        self.assertEqual(self.errors("{ admin }", as_="ada"), {"admin": ("FORBIDDEN", "Forbidden", None)})
        self.assertEqual(self.data("{ admin }", as_="admin"), {"admin": True})

    def test_owners_are_the_same_on_both_sides(self):
        codes = {"UNAUTHENTICATED": 401, "FORBIDDEN": 403, None: 204}
        for caller in (None, "bob", ID):
            for wanted in (ID, ID.upper(), "bob", "other"):
                with self.subTest(caller=caller, wanted=wanted):
                    headers = {} if caller is None else {"Authorization": f"Bearer {caller}"}
                    status = self.server.get(f"/graphql-library/{wanted}", headers=headers).status
                    answer = self.ask("query($id: String!) { own(id: $id) }", {"id": wanted}, caller)
                    code = answer["errors"][0]["extensions"]["code"] if "errors" in answer else None
                    self.assertEqual(codes[code], status)
                    same = caller == wanted or (caller, wanted) == (ID, ID.upper())
                    self.assertEqual(status, 401 if caller is None else 204 if same else 403)


class Twins(Asking):
    """The example of the SDK's page."""

    plugins = {"routing": {}, "logging": {}, "uses-authenticator": {}, "graphql": {}, "uses-graphql": {}, **DATABASE}

    def test_one_description_and_one_set_of_rules(self):
        headers = {"Authorization": "Bearer ada"}
        first = self.server.post("/uses/graphql", {"text": "by REST"}, headers=headers)
        self.assertEqual(first.status, 201)
        second = self.data('mutation { addNote(input: {text: "by GraphQL"}) { id text writtenAt } }', as_="ada")["addNote"]
        listed = self.server.get("/uses/graphql/ada", headers=headers).json
        self.assertEqual([one["text"] for one in listed], ["by GraphQL", "by REST"])
        self.assertEqual(second, {name: listed[0][name] for name in ("id", "text", "writtenAt")})
        query = '{ notes(author: "ada") { text } writer { id notes(limit: 1) { text } } }'
        self.assertEqual(self.data(query, as_="ada"), {"notes": [{"text": "by GraphQL"}, {"text": "by REST"}],
                                                       "writer": {"id": "ada", "notes": [{"text": "by GraphQL"}]}})
        self.assertEqual(self.errors(query, as_="bob")["notes"][0], "FORBIDDEN")
        self.assertEqual(self.server.get("/uses/graphql/ada", headers={"Authorization": "Bearer bob"}).status, 403)
        refused = self.server.post("/uses/graphql", {"text": ""}, headers=headers).json["details"]
        self.assertEqual(self.errors('mutation { addNote(input: {text: ""}) { id } }', as_="ada")["addNote"],
                         ("BAD_USER_INPUT", "Argument Validation Error", refused))


class InC(Asking):
    plugins = {**PLUGINS, "graphql-in-c": {"tag": "late"}}

    def test_completes_from_a_thread_of_its_own(self):
        self.assertEqual(self.data('{ a: reader(id: "r1") { name } b: reader(id: "r1") { name } }'), {"a": {"name": "Bob"}, "b": {"name": "Bob"}})


class Starts(unittest.TestCase):
    def check(self, plugins: dict) -> tuple[int, str]:
        folder = Folder(plugins=plugins)
        folder.write()
        done = run("--config", folder.config, "--check-config")
        return done.returncode, done.stdout + done.stderr

    def test_without_the_plugin_graphql_nobody_looks(self):
        code, said = self.check({name: options for name, options in PLUGINS.items() if name != "graphql"})
        self.assertEqual(code, 0, said)

    def test_conflicts_name_both_plugins(self):
        for tag, what in (("type", 'only one type named "Book"'), ("field", '"Query.books" can only be defined once')):
            with self.subTest(tag):
                code, said = self.check({**PLUGINS, "graphql-in-c": {"tag": tag}})
                self.assertNotEqual(code, 0)
                for one, other in (("graphql-library", "graphql-in-c"), ("graphql-in-c", "graphql-library")):
                    self.assertRegex(said, rf"plugin '{one}': plugin 'graphql' refused its contribution .*{what}.*'{other}'")

    def test_what_cannot_be_is_refused(self):
        for wrong, what in (("int", "Counts.all: its range exceeds Int"), ("name", "Co-unts: this is no name in GraphQL")):
            with self.subTest(wrong):
                code, said = self.check({**PLUGINS, "graphql-library": {"wrong": wrong}})
                self.assertNotEqual(code, 0)
                self.assertIn(what, said)
                self.assertIn("plugin 'graphql-library'", said)


if __name__ == "__main__":
    unittest.main()
