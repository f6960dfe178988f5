# SPDX-License-Identifier: Apache-2.0
"""tests/floors.py: which floor of server/ may include what."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
import floors  # noqa: E402


class Floors(unittest.TestCase):
    def fault(self, name: str, target: str) -> str | None:
        return floors.check_server(f"server/{name}", target.startswith("<"), target.strip("<>"), set())

    def test_what_is_below(self):
        every = {"dispatch", "host", "module", "http", "json", "config", "base"}
        below = {
            "main.cpp": every | {"application"},
            "application/x.cpp": every | {"application"},
            "dispatch/x.cpp": every,
            "host/x.cpp": {"host", "module", "json", "config", "base"},
            "module/x.cpp": {"module", "config", "base"},
            "http/x.cpp": {"http", "config", "base"},
            "json/x.cpp": {"json", "config", "base"},
            "config/x.cpp": {"config", "base"},
            "base/x.cpp": {"base"},
            "ctl/main.cpp": {"ctl", "config", "base"},
        }
        tolerated = {("host", "http")} & floors.TOLERATED
        for name, allowed in below.items():
            for target in set(floors.BELOW) - {"main"}:
                with self.subTest(name=name, target=target):
                    fine = target in allowed or (name.split("/")[0], target) in tolerated
                    self.assertEqual(self.fault(name, f"{target}/y.hpp") is None, fine)

    def test_sub_folders_belong_to_their_floor(self):
        self.assertIsNone(self.fault("http/http1/connection.cpp", "http/exchange.hpp"))
        self.assertIsNone(self.fault("http/http1/connection.cpp", "http/http1/parser.hpp"))
        self.assertIsNone(self.fault("json/schema/program.cpp", "json/tape.hpp"))
        self.assertIsNotNone(self.fault("http/http1/connection.cpp", "host/server.hpp"))

    def test_http_does_not_know_its_transports(self):
        self.assertIsNotNone(self.fault("http/exchange.cpp", "http/http1/connection.hpp"))
        self.assertIsNone(self.fault("dispatch/server.cpp", "http/http1/connection.hpp"))

    def test_the_plugin_interface(self):
        for floor in ("module", "host", "dispatch"):
            self.assertIsNone(self.fault(f"{floor}/x.cpp", "<mortise/service/log.h>"))
        for name in ("main.cpp", "application/x.cpp", "http/x.cpp", "config/x.cpp", "base/x.cpp", "ctl/main.cpp"):
            with self.subTest(name=name):
                self.assertIsNotNone(self.fault(name, "<mortise/abi/types.h>"))
        self.assertIsNone(self.fault("json/tape.hpp", "<mortise/abi/json_node.h>"))
        self.assertIsNotNone(self.fault("json/tape.hpp", "<mortise/abi/types.h>"))
        self.assertIsNone(self.fault("base/text.cpp", "<mortise/text/fields.hpp>"))
        self.assertIsNone(self.fault("base/text.cpp", "<string>"))

    def test_the_engine_of_graphql(self):
        for i, floor in enumerate(floors.ENGINE_FLOORS):
            for j, below in enumerate(floors.ENGINE_FLOORS):
                with self.subTest(floor=floor, below=below):
                    fault = floors.check_engine(f"{floors.ENGINE}{floor}/x.cpp", False, f"{below}/y.hpp")
                    self.assertEqual(fault is None, j <= i, fault)
        name = f"{floors.ENGINE}execution/x.cpp"
        self.assertIsNone(floors.check_engine(name, True, "vector"))
        self.assertIsNotNone(floors.check_engine(name, True, "mortise/plugin.hpp"))
        self.assertIsNotNone(floors.check_engine(name, False, "base/clock.hpp"))
        self.assertIsNotNone(floors.check_engine(f"{floors.ENGINE}other/x.cpp", False, "language/node.hpp"))

    def test_unknown_floors(self):
        self.assertIsNotNone(self.fault("utils/x.cpp", "base/text.hpp"))
        self.assertIsNotNone(self.fault("base/x.cpp", "utils/y.hpp"))

    def test_tolerated_entries_are_marked_as_used(self):
        for name, target in floors.TOLERATED:
            used = set()
            path = name if "/" in name else f"server/{name}/x.cpp"
            target_file = target if target.startswith("<") else f"{target}/y.hpp"
            self.assertIsNone(floors.check_server(path, target.startswith("<"), target_file.strip("<>"), used))
            self.assertEqual(used, {(name, target)})


if __name__ == "__main__":
    unittest.main()
