# SPDX-License-Identifier: Apache-2.0
"""The audits of npm graphql-http against a real server: every MUST, SHOULD and MAY."""

import json
import shutil
import unittest

from browser import node_folder, output_of
from mortised import SOURCE, ServerTest, missing

# Audits that are not met, by their id, and why. One that is listed and met is a failure, too.
NOT_MET: dict[str, str] = {}


class Audits(ServerTest):
    PLUGINS = {"routing": {}, "database": {"url": "sqlite:///t.db"}, "users": {}, "auth": {}, "graphql": {}}

    def test_every_audit_is_met_or_listed(self):
        if shutil.which("node") is None:
            missing(self, "node is not installed")
        with node_folder(self, SOURCE / "tests" / "graphql_http", "graphql-http-audits") as folder:
            lines = output_of(self, folder, "node", "audits.mjs", self.server.url + "/graphql").splitlines()
        results = [json.loads(line) for line in lines]
        for result in results:
            print(f"{result['id']} {result['status']:6} {result['name']}")
        self.assertEqual(len({result["id"] for result in results}), len(results))
        self.assertGreater(len(results), 60)
        failed = {result["id"]: result for result in results if result["status"] != "ok"}
        self.assertEqual({}, {id: result for id, result in failed.items() if id not in NOT_MET})
        self.assertEqual([], [id for id in NOT_MET if id not in failed])


if __name__ == "__main__":
    unittest.main()
