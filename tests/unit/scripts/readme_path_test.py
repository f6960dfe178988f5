# SPDX-License-Identifier: Apache-2.0
"""tests/readme_path.py: what is a definition, and what it finds wrong with a list."""

import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import readme_path  # noqa: E402

SOURCE = """
class Loop {
    void declared();
};
void Loop::run() noexcept {
}
template<class Call>
Flow Loop::call(State& state,
                Call&& call) {
}
mortise_status reply(void* self, const mortise_reply* theirs) noexcept {
    other(self);
    return Loop::used(theirs);
}
bool only(int declared);
"""


class Definitions(unittest.TestCase):
    def test_definitions(self):
        for name in ("Loop::run", "Loop::call", "dispatch::reply"):
            self.assertTrue(readme_path.defines(SOURCE, name), name)

    def test_what_is_none(self):
        for name in ("Loop::declared", "Loop::used", "Other::run", "steps::only", "steps::other", "Loop::ru"):
            self.assertFalse(readme_path.defines(SOURCE, name), name)


class Lists(unittest.TestCase):
    def faults(self, *lines: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "loop.cpp").write_text(SOURCE, encoding="utf-8")
            return readme_path.faults("\n".join(lines), pathlib.Path(folder))

    def test_fine(self):
        self.assertEqual(self.faults("1. `Loop::run` ([loop.cpp](loop.cpp)): runs"), [])

    def test_faulty(self):
        for line in ("1. `Loop::gone` ([loop.cpp](loop.cpp)): x", "1. `Loop::run` ([gone.cpp](gone.cpp)): x", "2. `Loop::run` ([loop.cpp](loop.cpp)): x",
                     "1. Loop::run in loop.cpp", "1. `Loop::run` ([loop.cpp](gone.cpp)): x", "1. `Loop::run` ([loop.cpp](loop.cpp))", "no number"):
            self.assertNotEqual(self.faults(line), [], line)

    def test_its_bound(self):
        line = "{}. `Loop::run` ([loop.cpp](loop.cpp)): x"
        self.assertEqual(self.faults(*(line.format(n) for n in range(1, 19))), [])
        self.assertEqual(len(self.faults(*(line.format(n) for n in range(1, 20)))), 1)

    def test_files_beside_the_list(self):
        self.assertEqual(len(self.faults("1. `Loop::run` ([loop.cpp](loop.cpp)): x", "and [gone](gone.hpp)")), 1)


if __name__ == "__main__":
    unittest.main()
