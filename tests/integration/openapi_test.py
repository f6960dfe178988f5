# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document and the page of /docs: against the routes that are loaded, two linters, a generated client and a browser."""

import gzip
import hashlib
import json
import re
import shutil
import unittest

from browser import browser_program, node_folder, output_of
from mortised import BUILD, Mortised, ServerTest

PLUGINS = {
    "routing": {}, "logging": {}, "health": {}, "hello": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "posts": {}, "auth": {},
    "openapi": {},
}
DEVELOPMENT = {"mode": "development", "password_cost": "4"}


def template(pattern: str) -> str:
    return re.sub(r"/[:*](\w+)", r"/{\1}", pattern)


def operations(document: dict) -> dict[str, dict]:
    return {f"{method.upper()} {path}": operation for path, item in document["paths"].items() for method, operation in item.items()}


class Document(ServerTest):
    PLUGINS = {**PLUGINS, "uses-routes": {}, "security-headers": {}}
    SERVER = DEVELOPMENT

    # contract: openapi.document
    def test_every_route_is_there_once(self):
        document = self.server.get("/openapi.json").json
        self.assertEqual(document["openapi"], "3.1.0")
        declared = [template(route["route"]) for route in self.server.get("/uses/routes/shown").json["routes"]]
        hidden = {"GET /openapi.json", "GET /openapi.yaml", "GET /docs", "GET /docs/{file}", "GET /uses/routes/shown"}
        shown = operations(document)
        self.assertEqual(set(shown), set(declared) - hidden)
        self.assertLessEqual(hidden, set(declared))
        first = list(dict.fromkeys(route.split(" ")[1] for route in declared if route not in hidden))
        self.assertEqual(list(document["paths"]), first)
        ids = [operation["operationId"] for operation in shown.values()]
        self.assertEqual(len(ids), len(set(ids)))
        for route, operation in shown.items():
            with self.subTest(route=route):
                self.assertTrue(operation["summary"])
                self.assertLessEqual(set(operation["tags"]), {tag["name"] for tag in document["tags"]})
                self.assertEqual([parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "path"],
                                 re.findall(r"\{(\w+)\}", route))
                self.assertTrue(any(status[0] == "2" for status in operation["responses"]))

    def test_references_lead_somewhere(self):
        document = self.server.get("/openapi.json").json
        references = set(re.findall(r'"\$ref": ?"([^"]*)"', json.dumps(document)))
        self.assertGreater(len(references), 10)
        for reference in references:
            place = document
            self.assertTrue(reference.startswith("#/components/"), reference)
            for key in reference[2:].split("/"):
                place = place[key]

    def test_what_a_route_says_is_there(self):
        shown = operations(self.server.get("/openapi.json").json)
        deletion = shown["DELETE /uses/routes"]
        self.assertEqual((deletion["operationId"], deletion["deprecated"], deletion["description"]), ("forget", True, "Forgets *everything*."))
        self.assertEqual(deletion["responses"]["200"], {"description": "What was there", "content": {"text/csv": {"schema": {"type": "string"}}}})
        self.assertEqual(deletion["responses"]["204"], {"description": "Forgotten"})
        self.assertEqual(shown["PATCH /api/users/{id}"]["security"], [{"bearer": []}])
        self.assertEqual(shown["GET /hello"]["security"], [])
        self.assertNotIn("required", shown["PUT /uses/routes"]["requestBody"])

    def test_secrets_go_in_only(self):
        document = self.server.get("/openapi.json").json
        schemas = document["components"]["schemas"]
        self.assertTrue(schemas["CreateUser"]["properties"]["password"]["writeOnly"])
        for route, operation in operations(document).items():
            self.assertNotIn('"password"', json.dumps([answer.get("content", {}) for answer in operation["responses"].values()]), route)
        self.assertNotIn('"password"', json.dumps(schemas["User"]))

    def test_the_document_is_conditional(self):
        for path, kind in (("/openapi.json", "application/json; charset=utf-8"), ("/openapi.yaml", "application/yaml")):
            first = self.server.get(path)
            self.assertEqual((first.status, first.header("content-type"), first.header("cache-control")), (200, kind, "no-cache"))
            again = self.server.get(path, headers={"If-None-Match": first.header("etag")})
            self.assertEqual((again.status, again.body), (304, b""))
        self.assertEqual(self.server.request("HEAD", "/openapi.json").status, 200)

    # contract: docs.page
    def test_the_page_comes_from_this_server_alone(self):
        moved = self.server.get("/docs")
        self.assertEqual((moved.status, moved.header("location")), (301, "docs/"))
        page = self.server.get("/docs/")
        self.assertEqual((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"))
        html = page.body.decode()
        self.assertIn('data-document="../openapi.json"', html)
        self.assertNotIn("//", html)
        files = re.findall(r'(?:src|href)="([^".][^"]*)"', html)
        self.assertEqual(len(files), 5)
        for file in files:
            with self.subTest(file=file):
                plain = self.server.get(f"/docs/{file}")
                self.assertEqual(plain.status, 200)
                self.assertEqual(plain.header("cache-control"), "public, max-age=31536000, immutable")
                self.assertIn(hashlib.sha256(plain.body).hexdigest()[:16], file)
                packed = self.server.get(f"/docs/{file}", headers={"Accept-Encoding": "gzip"})
                if packed.header("content-encoding") == "gzip":
                    self.assertEqual(gzip.decompress(packed.body), plain.body)
                    self.assertNotEqual(packed.header("etag"), plain.header("etag"))
                    self.assertEqual(packed.header("vary"), "Accept-Encoding")
                again = self.server.get(f"/docs/{file}", headers={"If-None-Match": plain.header("etag")})
                self.assertEqual((again.status, again.body), (304, b""))
                head = self.server.request("HEAD", f"/docs/{file}")
                self.assertEqual((head.status, head.header("content-length"), head.body), (200, str(len(plain.body)), b""))
                self.assertEqual(self.server.get(f"/docs/{file.split('?')[0]}").header("cache-control"), "no-cache")
        for name in ("no-such.js", "../openapi.json", "page.js/", "swagger-ui-bundle.js.gz"):
            self.assertIn(self.server.get(f"/docs/{name}").status, (400, 404), name)
        self.assertIn(b"Apache License", self.server.get("/docs/LICENSE.txt").body)

    def test_its_policy_replaces_the_default_on_its_own_paths_only(self):
        page = self.server.get("/docs/").header("content-security-policy")
        self.assertIn("script-src 'self';", page)
        self.assertNotIn("upgrade-insecure-requests", page)
        self.assertEqual(self.server.get("/docs/page.js").header("content-security-policy"), page)
        for path in ("/openapi.json", "/hello", "/nowhere", "/docs/nowhere", "/docsx"):
            self.assertIn("upgrade-insecure-requests", self.server.get(path).header("content-security-policy"), path)
        self.assertEqual(self.server.get("/docs/").header("x-frame-options"), "SAMEORIGIN")


class Modes(unittest.TestCase):
    # contract: docs.modes
    def test_on_in_development_and_in_production_only_when_set(self):
        paths = ("/openapi.json", "/openapi.yaml", "/docs", "/docs/")
        plugins = {"routing": {}, "logging": {}, "hello": {}, "openapi": {}}
        with Mortised(plugins=plugins, server={"mode": "production"}) as server:
            self.assertEqual([server.get(path).status for path in paths], [404] * 4)
            server.folder.plugins["openapi"]["docs"] = "on"
            server.folder.write()
            server.reload()
            self.assertEqual([server.get(path).status for path in paths], [200, 200, 301, 200])
        with Mortised(plugins={**plugins, "openapi": {"docs": "off"}}, server={"mode": "development"}) as server:
            self.assertEqual([server.get(path).status for path in paths], [404] * 4)

    def test_paths_and_words_are_settings(self):
        settings = {"json_path": "/v1/api.json", "yaml_path": "", "docs_path": "/v1/docs", "title": "Of a <test>", "version": "7",
                    "servers": "/, https://api.example.com/v1"}
        with Mortised(plugins={"routing": {}, "logging": {}, "openapi": settings}, server={"mode": "development"}) as server:
            document = server.get("/v1/api.json").json
            self.assertEqual(document["info"], {"title": "Of a <test>", "version": "7"})
            self.assertEqual([entry["url"] for entry in document["servers"]], ["/", "https://api.example.com/v1"])
            page = server.get("/v1/docs/")
            self.assertIn("<title>Of a &lt;test></title>", page.body.decode())
            self.assertIn('data-document="../../v1/api.json"', page.body.decode())
            self.assertIn("connect-src 'self' https://api.example.com;", page.header("content-security-policy"))
            self.assertEqual([server.get(path).status for path in ("/openapi.json", "/openapi.yaml", "/docs")], [404] * 3)

    def test_a_path_that_is_none_is_refused(self):
        with Mortised(plugins={"routing": {}, "logging": {}, "openapi": {}}, server={"mode": "development"}) as server:
            server.folder.plugins["openapi"]["docs_path"] = "/docs/"
            server.folder.write()
            self.assertIn("docs_path", json.dumps(server.reload(expect="Reload failed")))
            self.assertEqual(server.get("/docs").status, 301)

    # contract: openapi.document
    def test_a_reload_adds_and_removes_routes(self):
        plugins = {"routing": {}, "logging": {}, "openapi": {}}
        with Mortised(plugins=plugins, server={"mode": "development"}) as server:
            tag = server.get("/openapi.json").header("etag")
            for enabled in ("true", "false", "true"):
                server.folder.plugins["hello"] = {"enabled": enabled}
                server.folder.write()
                server.reload()
                answer = server.get("/openapi.json", headers={"If-None-Match": tag})
                self.assertEqual("/hello" in answer.json["paths"], enabled == "true")
                self.assertNotEqual(answer.header("etag"), tag)
                tag = answer.header("etag")
                self.assertEqual("/hello" in server.get("/openapi.yaml").body.decode(), enabled == "true")


class Additions(unittest.TestCase):
    """What a plugin does to routes of others."""

    IDEMPOTENT = ("POST /api/users", "POST /api/users/batch", "PATCH /api/users/{id}", "POST /api/posts", "PATCH /api/posts/{id}")

    # contract: openapi.document
    def test_keys_are_documented_while_their_plugin_is_on(self):
        with Mortised(plugins={**PLUGINS, "idempotency": {"required": "POST /api/posts"}}, server=DEVELOPMENT) as server:
            for enabled in ("true", "false", "true"):
                server.folder.plugins["idempotency"]["enabled"] = enabled
                server.folder.write()
                server.reload()
                document = operations(server.get("/openapi.json").json)
                with_key = {name for name, operation in document.items() if self.key_of(operation)}
                self.assertEqual(with_key, set(self.IDEMPOTENT) if enabled == "true" else set())
                for name, operation in document.items():
                    replayed = [status for status, response in operation["responses"].items()
                                if "Idempotency-Replayed" in response.get("headers", {})]
                    self.assertEqual(bool(replayed), name in with_key, name)
                    self.assertEqual([status for status in replayed if not status.startswith("2")], [])
                    if name in with_key:
                        self.assertEqual(self.key_of(operation).get("required", False), name == "POST /api/posts")
                        for status, message in (("409", "still running"), ("422", "another request")):
                            self.assertIn(message, operation["responses"][status]["description"])
                            self.assertEqual(operation["responses"][status]["content"]["application/json"]["schema"],
                                             {"$ref": "#/components/schemas/Error"})
                if enabled == "true":
                    conflict = document["POST /api/users"]["responses"]["409"]
                    self.assertIn("User already exists", conflict["description"])
                    self.assertIn("Retry-After", conflict["headers"])

    @staticmethod
    def key_of(operation: dict) -> dict:
        found = [one for one in operation.get("parameters", []) if (one["in"], one["name"]) == ("header", "Idempotency-Key")]
        return found[0] if found else {}

    # contract: cors.origins
    def test_pages_may_read_every_documented_field(self):
        plugins = {**PLUGINS, "idempotency": {}, "cors": {}, "rate-limit": {}, "conditional": {}}
        with Mortised(plugins=plugins, server=DEVELOPMENT) as server:
            response = server.get("/openapi.json", headers={"Origin": "http://localhost:3000"})
            exposed = {name.strip().lower() for name in response.header("access-control-expose-headers").split(",")}
            document = response.json
            responses = [*document["components"]["responses"].values(),
                         *(one for operation in operations(document).values() for one in operation["responses"].values())]
            named = {name.lower() for one in responses for name in one.get("headers", {})}
            self.assertIn("idempotency-replayed", named)
            # These scripts read anyway (https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
            named -= {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
            self.assertLessEqual(named, exposed)


class Checked(ServerTest):
    PLUGINS = {**PLUGINS, "security-headers": {}, "idempotency": {}, "uses-multipart": {}, "openapi": {
        "description": "Users and their sessions.", "license": "Apache-2.0", "contact_name": "Ada", "contact_url": "https://example.com/",
        "contact_email": "ada@example.com",
    }}
    SERVER = DEVELOPMENT

    def save(self, folder) -> None:
        for name in ("openapi.json", "openapi.yaml"):
            (folder / name).write_bytes(self.server.get(f"/{name}").body)

    def test_linters_find_nothing(self):
        with node_folder(self) as folder:
            self.save(folder)
            upload = operations(json.loads((folder / "openapi.json").read_text()))["POST /uses/multipart"]
            self.assertEqual(list(upload["requestBody"]["content"]), ["multipart/form-data"])
            self.assertEqual(output_of(self, folder, "node", "lint.js", "openapi.json", "openapi.yaml"), "")
            # They do look.
            broken = self.server.get("/openapi.json").json
            broken["paths"]["/hello"]["get"]["operationId"] = broken["paths"]["/health"]["get"]["operationId"]
            broken["paths"]["/hello"]["get"]["parameters"][0]["in"] = "nowhere"
            (folder / "openapi.json").write_text(json.dumps(broken), encoding="utf-8")
            found = output_of(self, folder, "node", "lint.js", "openapi.json", "openapi.yaml")
            for word in ("yaml:", "redocly error operation-operationId-unique", "spectral 0 operation-operationId-unique"):
                self.assertIn(word, found)

    def test_a_client_made_from_it_compiles_and_runs(self):
        with node_folder(self) as folder:
            self.save(folder)
            output_of(self, folder, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "schema.d.ts")
            shutil.rmtree(folder / "out", ignore_errors=True)
            output_of(self, folder, "node_modules/.bin/tsc", "-p", ".")
            said = output_of(self, folder, "node", "out/client.mjs", self.server.url)
        self.assertEqual(said.strip(), "register login list update delete")

    # contract: docs.page
    def test_a_browser_works_with_the_page(self):
        browser = browser_program(self)
        user = self.server.register()
        picture = BUILD / "docs_page.png"
        with node_folder(self) as folder:
            # Over plain HTTP, under a name: what a policy that upgrades requests would break.
            said = output_of(self, folder, "node", "docs_page.js", browser, self.server.addresses[0], "docs.test", user["accessToken"], str(picture))
        seen = json.loads(said)
        self.assertEqual(seen["title"], "Mortise")
        self.assertEqual(set(seen["operations"]), {
            f"operations-{operation['tags'][0]}-{operation['operationId']}" for operation in operations(self.server.get("/openapi.json").json).values()})
        self.assertEqual(seen["status"], "200", seen)
        self.assertIn(user["user"]["id"], seen["body"])
        self.assertEqual((seen["foreign"], seen["failed"]), ([], []))
        # Two headers that only HTTPS makes effective are told, in the console, to be of no effect.
        self.assertEqual([line for line in seen["console"] if "Cross-Origin-Opener-Policy" not in line and "Origin-Agent-Cluster" not in line], [])
        self.assertEqual(picture.read_bytes()[:8], b"\x89PNG\r\n\x1a\n")


if __name__ == "__main__":
    unittest.main()
