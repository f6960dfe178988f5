# SPDX-License-Identifier: Apache-2.0
"""Operations sent to POST /graphql, and the schema as a client sees it."""

from __future__ import annotations

import dataclasses

from mortised import ALL_PLUGINS, ServerTest

GRAPHQL_PLUGINS = {**ALL_PLUGINS, "posts": {}, "graphql": {}}

_TYPE = "kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }"
_VALUE = f"name defaultValue type {{ {_TYPE} }}"
_INTROSPECTION = (f"{{ __schema {{ queryType {{ name }} mutationType {{ name }} types {{ kind name inputFields {{ {_VALUE} }} "
                  f"enumValues {{ name }} fields {{ name args {{ {_VALUE} }} type {{ {_TYPE} }} }} }} }} }}")
_BUILT_IN = {"Boolean", "Float", "ID", "Int", "String", "DateTimeISO"}
_KEYWORDS = {"OBJECT": "type", "INPUT_OBJECT": "input", "ENUM": "enum", "SCALAR": "scalar"}


class GraphQlTest(ServerTest):
    PLUGINS = GRAPHQL_PLUGINS

    def graphql(self, query: str, token: str | None = None, **variables) -> dict:
        """The body of the response."""
        response = self.server.post("/graphql", {"query": query, "variables": variables}, token=token)
        self.assertIsInstance(response.json, dict, response)
        return response.json

    def data(self, query: str, token: str | None = None, **variables):
        """What an operation without errors has."""
        body = self.graphql(query, token, **variables)
        self.assertNotIn("errors", body, query)
        return body["data"]

    def refusal(self, query: str, token: str | None = None, **variables) -> dict:
        """The one error of an operation of which nothing is shown."""
        body = self.graphql(query, token, **variables)
        self.assertFalse([value for value in (body.get("data") or {}).values() if value is not None], body)
        self.assertEqual(len(body.get("errors", [])), 1, body)
        self.assertTrue(body["errors"][0]["extensions"]["requestId"], body)
        return body["errors"][0]

    def assertRefused(self, code: str, message: str, query: str, token: str | None = None, **variables) -> None:
        error = self.refusal(query, token, **variables)
        self.assertEqual((error["extensions"]["code"], error["message"]), (code, message), error)

    def assertInvalidInput(self, expected, query: str, token: str | None = None, **variables) -> None:
        """`expected`: (in, path, code) of each detail."""
        error = self.refusal(query, token, **variables)
        self.assertEqual((error["extensions"]["code"], error["message"]), ("BAD_USER_INPUT", "Argument Validation Error"), error)
        details = error["extensions"]["validationErrors"]
        self.assertEqual(sorted((one["in"], one["path"], one["code"]) for one in details), sorted(expected), error)
        self.assertTrue(all(one["message"] for one in details), error)


@dataclasses.dataclass
class Reference:
    """A type as a field has it."""

    text: str  # "[Post!]!"
    name: str  # "Post"
    is_list: bool


def reference(type_: dict) -> Reference:
    if type_["kind"] == "NON_NULL":
        inner = reference(type_["ofType"])
        return Reference(inner.text + "!", inner.name, inner.is_list)
    if type_["kind"] == "LIST":
        inner = reference(type_["ofType"])
        return Reference(f"[{inner.text}]", inner.name, True)
    return Reference(type_["name"], type_["name"], False)


class Schema:
    """What introspection says."""

    def __init__(self, introspected: dict):
        self.types = {type_["name"]: type_ for type_ in introspected["types"] if not type_["name"].startswith("__")}
        self.query = introspected["queryType"]["name"]
        self.mutation = introspected["mutationType"]["name"]

    @staticmethod
    def read(test: GraphQlTest) -> Schema:
        return Schema(test.data(_INTROSPECTION)["__schema"])

    def fields(self, type_: str) -> dict[str, Reference]:
        return {field["name"]: reference(field["type"]) for field in self.types[type_]["fields"] or ()}

    def is_leaf(self, type_: str) -> bool:
        return self.types[type_]["kind"] in ("SCALAR", "ENUM")

    @staticmethod
    def _value(value: dict) -> str:
        default = "" if value["defaultValue"] is None else f" = {value['defaultValue']}"
        return f"{value['name']}: {reference(value['type']).text}{default}"

    def printed(self, *names: str) -> str:
        """The definitions of these types, or of all that are not built in, a member a line, without descriptions."""
        lines = []
        for name in names or sorted(set(self.types) - _BUILT_IN):
            type_ = self.types[name]
            lines.append(f"{_KEYWORDS.get(type_['kind'], type_['kind'])} {name}")
            for value in type_["inputFields"] or ():
                lines.append("  " + self._value(value))
            for value in type_["enumValues"] or ():
                lines.append("  " + value["name"])
            for field in type_["fields"] or ():
                arguments = ", ".join(self._value(value) for value in field["args"])
                lines.append(f"  {field['name']}{f'({arguments})' if arguments else ''}: {reference(field['type']).text}")
        return "\n".join(lines)
