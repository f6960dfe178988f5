# SPDX-License-Identifier: Apache-2.0
"""What a described struct makes of a request: validation in every place, forms, fields, cookies, custom checks."""

import json
import unittest
from urllib.parse import urlencode

from mortised import ServerTest

ROUTED = {"routing": {}, "logging": {}}
PLACE = "/uses/descriptions"


class DescriptionsTest(ServerTest):
    PLUGINS = {**ROUTED, "uses-descriptions": {}}

    def order(self, **changed):
        order = {
            "price": 1,
            "payment": {"by": "card", "number": "1234"},
            "items": [{"name": "pen"}],
        }
        order.update(changed)
        return {name: value for name, value in order.items() if value is not None}

    def post(self, body: dict):
        return self.server.post(PLACE, body)

    def form(self, pairs, target=PLACE, method="POST"):
        text = pairs if isinstance(pairs, str) else urlencode(pairs)
        with self.server.connect() as connection:
            return connection.exchange(
                method, target, body=text.encode(), headers={"Content-Type": "application/x-www-form-urlencoded"}
            )


class Bodies(DescriptionsTest):
    def test_what_does_not_fit(self):
        for changed, expected in [
            ({"size": "huge"}, ("body", "/size", "enum")),
            ({"price": 0.005}, ("body", "/price", "multipleOf")),
            ({"price": "1"}, ("body", "/price", "type")),
            ({"payment": {"by": "cash"}}, ("body", "/payment", "oneOf")),
            ({"payment": {"by": "card", "number": "12345"}}, ("body", "/payment", "oneOf")),
            ({"items": []}, ("body", "/items", "minItems")),
            ({"items": [{"name": "a"}, {"name": "", "count": 1}]}, ("body", "/items/1/name", "minLength")),
            ({"extras": {"a/b": 10}}, ("body", "/extras/a~1b", "maximum")),
            ({"extras": {"a": 1, "b": 2, "c": 3}}, ("body", "/extras", "maxProperties")),
            ({"stay": {"from": "2024-02-30", "to": "2024-03-01"}}, ("body", "/stay/from", "format")),
            ({"seats": [1]}, ("body", "/seats", "minItems")),
            ({"price": None}, ("body", "/price", "required")),
        ]:
            with self.subTest(changed=changed):
                self.assertInvalid(self.post(self.order(**changed)), expected)

    def test_checks_beyond_the_schema(self):
        stay = {"from": "2024-03-02", "to": "2024-03-01"}
        response = self.post(self.order(stay=stay, note="x" * 21))
        self.assertInvalid(response, ("body", "/stay/to", "custom"), ("body", "/note", "short"))
        self.assertEqual(response.json["details"][0]["message"], "must not be before /from")

    def test_only_what_is_described_comes_out(self):
        response = self.post(self.order(id="mine", unknown=1, payment={"by": "card", "number": "1234", "x": 1}))
        self.assertEqual(response.status, 200, response.body)
        self.assertEqual(
            response.json,
            {
                "id": "",
                "size": "large",
                "price": 1,
                "payment": {"by": "card"},
                "items": [{"name": "pen", "count": 1}],
                "extras": {},
                "note": "none",
                "seats": [0, 0],
            },
        )

    def test_everything_there_is(self):
        order = self.order(
            size="small",
            payment={"by": "transfer", "iban": "DE123", "note": "n"},
            items=[{"name": "pen", "count": 2}, {"name": "ink"}],
            extras={"__proto__": -3, "b": 9},
            stay={"from": "2024-02-29", "to": "2024-03-01"},
            seats=[3, 4],
        )
        given = json.dumps(order).replace('"price": 1', '"price": 10.50')
        with self.server.connect() as connection:
            response = connection.exchange(
                "POST", PLACE, body=given.encode(), headers={"Content-Type": "application/json"}
            )
        self.assertEqual(response.status, 200, response.body)
        self.assertIn(b'"price":10.50,', response.body)
        for name in ("size", "payment", "extras", "stay", "seats"):
            self.assertEqual(response.json[name], order[name])
        self.assertEqual(response.json["items"], [{"name": "pen", "count": 2}, {"name": "ink", "count": 1}])

    def test_absent_and_null(self):
        for body, note, size in [
            ({}, "absent", "absent"),
            ({"note": None, "size": "small"}, "null", '"small"'),
            ({"note": "ab", "size": None}, '"ab"', "null"),
        ]:
            self.assertEqual(self.server.patch(PLACE, body).json, {"note": note, "size": size})
        self.assertInvalid(self.server.patch(PLACE, {"note": "a"}), ("body", "/note", "minLength"))


class Forms(DescriptionsTest):
    def test_conflicts_are_malformed(self):
        for form in ("price=1&price[x]=2&stay=1&stay[from]=2", "stay[from]=2&stay=1", "items=1&items[][name]=x",
                     "stay[from]=%zz"):
            self.assertError(self.form(form), 400, "Malformed form")

    # contract: body.media-type
    def test_forms_are_refused_where_the_route_does_not_say_that_it_takes_them(self):
        self.assertError(self.form("note=x", method="PATCH"), 415)
        self.assertEqual(self.server.patch(PLACE, {"note": "good"}).status, 200)

    def test_failures_have_the_places_of_json(self):
        response = self.form("price=x&items[0][name]=&items[0][count]=0&payment[by]=card&payment[number]=1234")
        self.assertInvalid(
            response,
            ("body", "/price", "type"),
            ("body", "/items/0/name", "minLength"),
            ("body", "/items/0/count", "minimum"),
        )

    def test_nested_names(self):
        response = self.form(
            [
                ("price", "2.50"),
                ("payment[by]", "transfer"),
                ("payment[iban]", "DE 123"),
                ("items[1][name]", "ink"),
                ("items[0][name]", "pen"),
                ("items[0][count]", "3"),
                ("extras[a]", "1"),
                ("stay[from]", "2024-02-29"),
                ("stay[to]", "2024-02-29"),
                ("seats[]", "1"),
                ("seats[]", "2"),
            ]
        )
        self.assertEqual(response.status, 200, response.body)
        self.assertIn(b'"price":2.50,', response.body)
        self.assertEqual(response.json["payment"], {"by": "transfer", "iban": "DE 123"})
        self.assertEqual(response.json["items"], [{"name": "pen", "count": 3}, {"name": "ink", "count": 1}])
        self.assertEqual(response.json["extras"], {"a": 1})
        self.assertEqual(response.json["stay"], {"from": "2024-02-29", "to": "2024-02-29"})
        self.assertEqual(response.json["seats"], [1, 2])

    def test_nested_queries(self):
        get = self.server.get
        self.assertEqual(get(f"{PLACE}?min[a]=1&min%5Bb%5D=2&sizes[]=small").json,
                         {"min": {"a": 1, "b": 2}, "sizes": ["small"]})
        self.assertEqual(get(f"{PLACE}?sizes=small&sizes=large").json, {"min": {}, "sizes": ["small", "large"]})
        self.assertInvalid(get(f"{PLACE}?min[a]=x&sizes[]=huge"), ("query", "/min/a", "type"),
                           ("query", "/sizes/0", "enum"))
        self.assertError(get(f"{PLACE}?min=1&min[a]=2"), 400, "Malformed query")


class Fields(DescriptionsTest):
    def fields(self, *lines: str):
        with self.server.connect() as connection:
            head = "".join(f"{line}\r\n" for line in (f"GET {PLACE}/fields HTTP/1.1", "Host: t", *lines))
            connection.send((head + "\r\n").encode("latin-1"))
            return connection.read()

    def test_failures_of_all_places_come_together(self):
        self.assertInvalid(
            self.fields("X-Api-Key: ab", "X-Retries: many", "Cookie: theme=blue; visits=x"),
            ("header", "/x-api-key", "minLength"),
            ("header", "/x-retries", "type"),
            ("cookie", "/theme", "enum"),
            ("cookie", "/visits", "type"),
        )
        self.assertInvalid(self.fields("X-Retries: 6"), ("header", "/x-retries", "maximum"),
                           ("header", "/x-api-key", "required"))

    def test_malformed_fields(self):
        self.assertError(self.fields("X-Api-Key: a\xffbc"), 400, "Malformed header field")
        # Whatever the schema does not name, and cookies that some other page set, are nobody's fault.
        response = self.fields("X-Api-Key: abc", "X-Other: \xff", "Cookie: theme=\xff; other=\xff; ;;=; x")
        self.assertEqual((response.status, response.json["theme"]), (200, "light"))

    def test_fields_are_typed(self):
        self.assertEqual(self.fields("x-API-key: abc").json,
                         {"apiKey": "abc", "retries": 0, "roles": [], "theme": "light"})
        response = self.fields("X-Api-Key: ab", "X-Api-Key: c", "X-Retries: 3", "Roles: a, b", "Roles: c",
                               'Cookie: a=1; theme="dark"; visits=7; theme=blue')
        self.assertEqual(response.json, {"apiKey": "ab, c", "retries": 3, "roles": ["a", "b", "c"], "theme": "dark",
                                         "visits": 7})


class Cookies(DescriptionsTest):
    def user(self, cookie: str | None = None):
        return self.server.get(f"{PLACE}/login", headers={"Cookie": cookie} if cookie else None)

    def login(self, user: str = "ada"):
        return self.server.post(f"{PLACE}/login", {"user": user})

    def test_forged_cookies(self):
        self.assertError(self.user(), 401, "Nobody is logged in")
        good = self.login().headers("set-cookie")[0].split(";")[0]
        name, _, value = good.partition("=")
        for cookie in (f"user={value}", f"{name}=eve.{value.split('.')[1]}", f"{name}=ada", f"{name}=", good[:-1],
                       f"{name}={value}x", f"{name}=x; {good}"):
            self.assertError(self.user(cookie), 401)

    def test_a_signed_cookie_comes_back(self):
        response = self.login()
        signed, greeted = response.headers("set-cookie")
        self.assertRegex(signed, r"^__Host-user=ada\.[\w-]{43}; Path=/; HttpOnly; Secure; SameSite=Lax$")
        self.assertEqual(greeted, "greeted=1; Max-Age=60")
        cookie = signed.split(";")[0]
        self.assertEqual(self.user(f"a=1; {cookie}; b=2").json, {"user": "ada"})
        self.server.stop()
        self.server.restart()
        self.assertEqual(self.user(cookie).json, {"user": "ada"})

    def test_what_no_cookie_can_hold_is_no_cookie(self):
        response = self.server.get(f"{PLACE}/bad-cookie")
        self.assertError(response, 500)
        self.assertIsNone(response.header("x-injected"))
        self.assertEqual(response.headers("set-cookie"), [])
        self.assertError(self.login("a;b"), 500)


if __name__ == "__main__":
    unittest.main()
