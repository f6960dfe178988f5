# SPDX-License-Identifier: Apache-2.0
"""Texts in keys and comparisons, the same on every database: two texts are the same if their bytes are, and their order is that
of their code points."""

import re
import unittest

from mortised import Folder, Mortised, ServerTest, run
from stored import Sqlite

# Some databases, or collations, take one for another.
TEXTS = [
    "", " ", "\0", "\0\0", "a", "A", "a ", "a  ", " a", "a\0", "a\0b", "a\t", "\u00e4", "\u00c4", "a\u0308", "\u00e5", "\u212b",
    "\u00df", "\u1e9e", "ss", "SS", "SS ", "stra\u00dfe", "strasse", "i", "I", "\u0130", "\u0131", "\ufb01", "fi", "\u200b", "a\u200b",
    "\uffff", "\U0001f600", "\U0001f601", "\U0001f600 ", "'", "''", "\\", "\\\\", "\\0", "%", "_", "?", "\"", "`", "1", "01", "1.0", "1e0",
    "x" * 191, "x" * 191 + "y", "x" * 191 + "Y", "x" * 191 + " ", "\u00df" * 250, "\u00df" * 249, "\U0001f600" * 250, "\U0001f600" * 249 + "\U0001f601",
]


def digits(text: str) -> str:
    return text.encode("utf-8").hex()


def texts(found: list[str]) -> list[str]:
    return [bytes.fromhex(one).decode("utf-8") for one in found]


def listed(*words: str) -> list[str]:
    """Those that in() can find."""
    return [word for word in words if "\0" not in word]


class TextsTest(ServerTest):
    PLUGINS = {"routing": {}, "logging": {}, "database": {"url": "sqlite:///test.db"}, "keeps-texts": {}}

    @classmethod
    def ask(cls, how: str, *words: str, **members):
        return cls.server.post("/texts", {"how": how, "words": [digits(word) for word in words], **members})

    def change(self, how: str, *words: str, **members) -> int:
        response = self.ask(how, *words, **members)
        self.assertEqual(response.status, 200, response)
        return response.json["changed"]

    def find(self, *words: str) -> dict:
        response = self.ask("find", *words)
        self.assertEqual(response.status, 200, response)
        return response.json


class Keys(TextsTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        assert len(set(TEXTS)) == len(TEXTS)
        for text in TEXTS:
            response = cls.ask("insert", text)
            assert response.status == 200 and response.json["changed"] == 1, (text, response)

    def test_each_is_a_key_of_its_own(self):
        for text in TEXTS:
            with self.subTest(text[:20]):
                self.assertError(self.ask("insert", text), 409, "Resource already exists")

    def test_each_equals_itself_only(self):
        for text in TEXTS:
            with self.subTest(text[:20]):
                found = self.find(text)
                self.assertEqual(([text], listed(text)), (texts(found["equal"]), texts(found["among"])))
        self.assertEqual([], self.find("b", "x" * 190, "A ", "sS", "\U0001f602")["among"])

    def test_all_are_found_by_one_list(self):
        self.assertEqual(sorted(listed(*TEXTS)), texts(self.find(*TEXTS)["among"]))

    def test_the_order_is_that_of_code_points(self):
        for text in ("", "a", "a ", "ss", "\u00df", "x" * 191, "\uffff", "\U0001f600"):
            with self.subTest(text[:20]):
                self.assertEqual(sorted(one for one in TEXTS if one >= text), texts(self.find(text)["atLeast"]))


class Changes(TextsTest):
    def test_those_that_are_there_are_skipped(self):
        self.assertEqual(len(TEXTS), self.change("skip", *TEXTS))
        self.assertEqual(0, self.change("skip", *TEXTS))
        new = ["skipped", "skipped ", "SKIPPED", "skipped\0"]
        self.assertEqual(4, self.change("skip", *TEXTS[:30], *new, new[0]))  # that one once
        self.assertEqual(sorted(listed(*new)), texts(self.find(*new)["among"]))
        self.assertEqual(["skipped\0"], texts(self.find("skipped\0")["equal"]))

    def test_those_that_are_there_are_changed(self):
        new = ["changed", "changed ", "CHANGED"]
        self.assertEqual(3, self.change("insert", *new))
        self.assertEqual(2, self.change("upsert", "changed ", "changed  ", times=10))
        self.assertEqual((12, 3), (self.find(*new)["times"], len(self.find(*new)["among"])))
        self.assertEqual(10, self.find("changed ")["times"])


class Schema(unittest.TestCase):
    """A database in which texts would not be what they are here is not used."""

    def setUp(self):
        self.folder = Folder(plugins=TextsTest.PLUGINS)
        self.addCleanup(self.folder.remove)
        with Mortised(self.folder):
            pass

    def check(self, fault: str) -> None:
        done = run("--config", self.folder.config)
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(done.stderr, "(?i)plugin 'keeps-texts': table 'fixture_words' is declared with " + fault)

    def test_another_unique_key(self):
        self.folder.stored.change("CREATE UNIQUE INDEX words_times ON fixture_words (times)")
        self.check(re.escape("no unique key beside its primary key and that of (word), but the schema has unique keys 'words_times' of (times)"))
        self.folder.stored.change("DROP INDEX words_times" + ("" if isinstance(self.folder.stored, Sqlite) else " ON fixture_words"))
        with Mortised(self.folder):
            pass

    def test_other_types(self):
        self.folder.stored.change("DROP TABLE fixture_words")
        self.folder.stored.change("CREATE TABLE fixture_words (id CHAR(36) NOT NULL PRIMARY KEY, word BIGINT NOT NULL, times VARCHAR(20) NOT NULL, "
                                  "CONSTRAINT fixture_words_word UNIQUE (word))")
        self.check(r"columns of the type (INTEGER|BIGINT), but the schema has columns 'times' of varchar\(20\)")
        self.check(r"columns of the type (TEXT|VARCHAR or TEXT), but the schema has columns 'word' of BIGINT")


if __name__ == "__main__":
    unittest.main(verbosity=2)
