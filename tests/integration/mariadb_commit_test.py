# SPDX-License-Identifier: Apache-2.0
"""A COMMIT on MariaDB whose connection is lost: found out where there is an Idempotency-Key, else nobody knows and nobody repeats it."""

from __future__ import annotations

import unittest

from mortised import Folder, Mortised

import mariadb
from cutting_proxy import CuttingProxy

COMMIT = "\x03COMMIT"  # as a query is sent


class CommitTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.database = mariadb.MariaDb()
        cls.addClassCleanup(cls.database.close)
        cls.database.start()
        cls.proxy = CuttingProxy(cls.database.port)
        cls.addClassCleanup(cls.proxy.close)
        folder = Folder(plugins={
            "routing": {}, "logging": {}, "health": {}, "users": {}, "posts": {}, "idempotency": {},
            "auth": {},
            "database": {"url": cls.database.url.replace(str(cls.database.port), str(cls.proxy.port))}, "database-mariadb": {}})
        cls.addClassCleanup(folder.remove)
        cls.server = Mortised(folder)
        cls.addClassCleanup(cls.server.close)
        cls.token = cls.server.register()["accessToken"]

    def post(self, title: str, key: str = ""):
        headers = {"Idempotency-Key": f'"{key}"'} if key else {}
        return self.server.post("/api/posts", {"title": title, "content": "content"}, token=self.token, headers=headers)

    def count(self, title: str) -> int:
        return int(self.database.sql(f"SELECT count(*) FROM posts WHERE title = '{title}'")[0][0])

    def cut_before(self, cuts: int) -> None:
        self.proxy.wait_for_cuts(cuts)
        self.proxy.forward()

    def test_without_a_key_nobody_knows(self):
        for title, replied in (("came true", True), ("came to nothing", False)):
            with self.subTest(title):
                cuts = self.proxy.cuts
                (self.proxy.cut_reply if replied else self.proxy.cut_at)(COMMIT)
                response = self.post(title)
                self.cut_before(cuts + 1)
                self.assertEqual((response.status, response.json.get("code")), (503, "outcome_unknown"), response)
                self.assertIsNone(response.header("retry-after"))
                self.assertEqual(self.count(title), 1 if replied else 0)

    def test_with_a_key_what_came_true_is_the_response(self):
        cuts = self.proxy.cuts
        self.proxy.cut_reply(COMMIT, 1)  # the first one claims the key
        response = self.post("found", "key of found")
        self.cut_before(cuts + 1)
        self.assertEqual(response.status, 201, response)
        again = self.post("found", "key of found")
        self.assertEqual((again.status, again.header("idempotency-replayed"), again.json), (201, "true", response.json))
        self.assertEqual(self.count("found"), 1)

    def test_with_a_key_what_came_to_nothing_may_be_repeated(self):
        cuts = self.proxy.cuts
        self.proxy.cut_at(COMMIT, 1)
        response = self.post("nothing", "key of nothing")
        self.cut_before(cuts + 1)
        self.assertEqual(response.status, 503, response)
        self.assertNotEqual(response.json.get("code"), "outcome_unknown")
        self.assertIsNotNone(response.header("retry-after"))
        self.assertEqual(self.count("nothing"), 0)
        again = self.post("nothing", "key of nothing")
        self.assertEqual((again.status, again.header("idempotency-replayed")), (201, None), again)
        self.assertEqual(self.count("nothing"), 1)

    def test_a_key_whose_claim_nobody_knows_of_is_given_back(self):
        """Nothing of the request was carried out, and the key is not held until its lease ends."""
        for key, cut in (("claimed", self.proxy.cut_reply), ("not claimed", self.proxy.cut_at)):
            with self.subTest(key):
                cuts = self.proxy.cuts
                cut(COMMIT)
                response = self.post(key, key)
                self.cut_before(cuts + 1)
                self.assertEqual((response.status, response.json.get("code"), response.header("retry-after")), (503, None, "1"), response)
                self.assertEqual(self.count(key), 0)
                self.assertEqual(self.post(key, key).status, 201)
                self.assertEqual(self.post(key, key).header("idempotency-replayed"), "true")
                self.assertEqual(self.count(key), 1)


if __name__ == "__main__":
    unittest.main()
