# SPDX-License-Identifier: Apache-2.0
"""The proxy finds each kind of untruth; run by tests/truth/run.sh."""

import unittest

from mortised import ServerTest
from run import faults
from truth import Proxy

PATHS = {
    "/lies/status": "status 202 is not documented",
    "/lies/error": "status 409 is not documented",
    "/lies/member": "must NOT have additional properties; found 'more'",
    "/lies/missing": "must have required property 'name'",
    "/lies/type": "property name must be string",
    "/lies/media": 'media type "text/plain',
    "/lies/field": "header field x-undocumented is not documented",
    "/lies/none": "status 204 is not documented",
    "/lies/bare": "where none is documented",
    "/lies/hidden": "the document knows no GET /lies/hidden",
}


class Lies(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "hello": {}, "lies": {}}

    def test_each_is_found(self):
        for path in ("/lies/not", *PATHS):
            self.assertLess(self.server.get(path).status, 500, path)
        self.assertEqual(self.server.get("/hello?name=" + "x" * 2000).status, 400)
        found = faults(Proxy.report(), only="lies_test")
        self.assertEqual([line for line in found if "GET /lies/not " in line], [])
        for path, text in PATHS.items():
            mine = [line for line in found if f" {path} " in line]
            self.assertTrue(any(text in line for line in mine), f"{path}: {mine}")
            self.assertTrue(all("lies_test.Lies.test_each_is_found" in line for line in mine), mine)
        # A request that is invalid, in a test that is not listed.
        self.assertTrue(any("GET /hello?name=x" in line and "not listed" in line for line in found), found)


if __name__ == "__main__":
    unittest.main()
