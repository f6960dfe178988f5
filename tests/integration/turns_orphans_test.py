# SPDX-License-Identifier: Apache-2.0
"""Plugins that never give their turns back: counted, bounded, and no reason to wait for at the end of an instance."""

import time
import unittest

from mortised import EVENT_S, eventually
from turns import DEADLINE, TurnsTest, ms

BUDGET = 4


class Orphans(TurnsTest):
    SERVER = {"handler_timeout": ms(DEADLINE), "max_orphans": str(BUDGET)}
    PLUGINS = {"loses-handles": {}, "replies-late": {}}

    def lose(self, number: int):
        """So many requests that nobody will ever answer; each client gets its 503."""
        connections = [self.send("/loses-handles") for _ in range(number)]
        for connection in connections:
            self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8))

    def alive(self) -> int:
        return self.server.get("/loses-handles/alive").status

    def told(self) -> list[dict]:
        return [record for record in self.server.records
                if record.get("plugin") == "loses-handles" and "orphan" in str(record["msg"]).lower()
                and record["level"] in ("warn", "error")]

    def test_within_the_budget_nothing_changes(self):
        self.lose(BUDGET - 1)
        self.assertEqual(self.alive(), 200)
        self.assertEqual(self.told(), [])

    def test_past_the_budget_only_that_plugin_is_refused(self):
        self.lose(BUDGET + 2)
        eventually(lambda: self.alive() == 503, "its routes answer 503")
        for _ in range(5):
            response = self.server.get("/loses-handles")
            self.assertUnavailable(response)
            self.assertEqual(self.server.get("/hello").status, 200)
        lost = len(self.server.found("Lost a handle"))
        self.assertLessEqual(lost, BUDGET + 2)  # it is not even asked
        eventually(self.told, "the log names the plugin")
        self.assertEqual(len(self.told()), 1, self.told())

    def test_instances_stop_without_waiting_for_them(self):
        self.lose(BUDGET - 1)
        self.renew("loses-handles")  # drain_timeout is 30 s
        begin = time.monotonic()
        self.server.wait_for("Stop was called", timeout_s=EVENT_S)
        self.assertLess(time.monotonic() - begin, EVENT_S)
        self.assertEqual(self.alive(), 200)

    def test_a_new_instance_begins_anew(self):
        self.lose(BUDGET + 2)
        eventually(lambda: self.alive() == 503, "its routes answer 503")
        self.renew("loses-handles")
        eventually(lambda: self.alive() == 200, "the end of the instance ended its orphans")

    def test_a_turn_that_comes_back_is_no_orphan(self):
        for number in range(BUDGET * 2):
            gate = f"late-{number}"
            connection = self.at_gate(gate, f"/replies-late?gate={gate}")
            self.assertUnavailable(connection.read(timeout_s=DEADLINE * 8))
            self.open(gate)
            self.server.wait_for("Replied late", what=gate, number=-3)
        self.gates.append("last")
        self.open("last")
        self.assertEqual(self.send("/replies-late?gate=last").read().status, 200)

    def test_the_process_stops_without_waiting_for_them(self):
        self.lose(BUDGET + 2)
        self.server.stop(timeout_s=EVENT_S)  # drain_timeout is 30 s, but nobody waits for an answer


if __name__ == "__main__":
    unittest.main()
