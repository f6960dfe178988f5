# SPDX-License-Identifier: Apache-2.0
"""W3C Trace Context, level 1: what callers state, and what the host makes where they state nothing that is valid."""

import re
import unittest

from mortised import Mortised

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{PARENT}-01"
PLUGINS = {"routing": {}, "logging": {}, "reports-traces": {}}


class Traces(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Mortised(server={"loops": "1"}, plugins=dict(PLUGINS))

    @classmethod
    def tearDownClass(cls):
        try:
            cls.server.stop()
        finally:
            cls.server.close()

    def trace(self, *fields: tuple[str, str], path: str = "/traces"):
        with self.server.connect() as connection:
            lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
            connection.send(f"GET {path} HTTP/1.1\r\nHost: t\r\n{lines}\r\n".encode("latin-1"))
            response = connection.read()
        self.assertEqual(response.status, 200, response)
        return response.json

    def assertFresh(self, report: dict):
        self.assertRegex(report["traceId"], "^[0-9a-f]{32}$")
        self.assertNotIn(report["traceId"], (TRACE, "0" * 32))
        self.assertEqual((report["parentId"], report["continues"], report["sampled"], report["state"]), ("0" * 16, False, False, ""))
        self.assertRegex(report["spanId"], "^[0-9a-f]{16}$")
        self.assertEqual(report["traceparent"], f"00-{report['traceId']}-{report['spanId']}-00")

    def test_what_a_caller_states(self):
        report = self.trace(("traceparent", GOOD), ("tracestate", "rojo=00f067aa0ba902b7"))
        self.assertEqual((report["traceId"], report["parentId"], report["continues"], report["sampled"], report["state"]),
                         (TRACE, PARENT, True, True, "rojo=00f067aa0ba902b7"))
        self.assertEqual(report["traceparent"], f"00-{TRACE}-{report['spanId']}-01")
        self.assertNotEqual(report["spanId"], PARENT)
        self.assertFalse(self.trace(("traceparent", GOOD[:-1] + "0"))["sampled"])
        self.assertEqual(self.trace(("TraceParent", f" {GOOD} \t"))["traceId"], TRACE)  # blanks are no part of a value
        self.assertEqual(self.trace(("traceparent", f"cc{GOOD[2:]}-what-the-future-is-like"))["traceId"], TRACE)

    def test_fresh_ids(self):
        report = [self.trace() for _ in range(300)]
        for one in report:
            self.assertFresh(one)
        self.assertEqual(len({one["traceId"] for one in report}), 300)
        self.assertEqual(len({one["spanId"] for one in report}), 300)

    def test_spans_are_fresh_in_a_callers_trace(self):
        self.assertEqual(len({self.trace(("traceparent", GOOD))["spanId"] for _ in range(20)}), 20)

    def test_one_connection_has_many_traces(self):
        with self.server.connect() as connection:
            given = connection.exchange("GET", "/traces", headers={"traceparent": GOOD, "tracestate": "a=1"}).json
            self.assertEqual((given["traceId"], given["state"]), (TRACE, "a=1"))
            self.assertFresh(connection.exchange("GET", "/traces").json)

    def test_whoever_asks_and_when(self):
        for fields in ((), (("traceparent", GOOD), ("tracestate", "a=1"), ("tracestate", "b=2"))):
            with self.subTest(fields=fields):
                first, second = self.trace(*fields, path="/traces/later")
                self.assertEqual(first, second)
                self.assertEqual(first["state"], "a=1,b=2" if fields else "")
                self.server.wait_for("Trace at the end", sent=first["traceparent"])
                self.assertNotEqual(self.trace(*fields)["spanId"], first["spanId"])

    def test_a_request_that_is_over(self):
        self.trace()
        mark = self.server.mark()
        self.trace()
        self.assertEqual(self.server.wait_for("Trace of one that is over", since=mark)["status"], -3)

    def test_what_is_invalid(self):
        for text in ("", "00", GOOD.upper(), f"ff{GOOD[2:]}", f"{GOOD}-", f"{GOOD}x", GOOD[:-1], GOOD.replace("-", "_"),
                     f"00-{'0' * 32}-{PARENT}-01", f"00-{TRACE}-{'0' * 16}-01", f"0x{GOOD[2:]}", f"{GOOD},{GOOD}",
                     f'"{GOOD}"', GOOD.replace("4b", "\xe9\xe9", 1)):
            with self.subTest(text=text):
                self.assertFresh(self.trace(("traceparent", text), ("tracestate", "rojo=1")))

    def test_it_is_stated_once(self):
        self.assertFresh(self.trace(("traceparent", GOOD), ("traceparent", GOOD)))
        self.assertFresh(self.trace(("traceparent", GOOD), ("X-Other", "1"), ("TRACEPARENT", "00")))

    def test_a_state_of_nothing(self):
        self.assertFresh(self.trace(("tracestate", "rojo=1")))

    def test_states(self):
        long = "a=" + "x" * 250 + ",b=" + "y" * 250
        for fields, state in (
                (["a=1", "b=2"], "a=1,b=2"), (["a=1", "", "c=3"], "a=1,,c=3"), (["a=1", "a=2"], ""), (["a=1", "bad"], ""),
                (["A=1"], ""), ([",".join(f"k{n}=1" for n in range(32))], ",".join(f"k{n}=1" for n in range(32))),
                ([",".join(f"k{n}=1" for n in range(33))], ""), ([long], long), ([long, "c=12345678"], "")):
            with self.subTest(fields=fields):
                report = self.trace(("traceparent", GOOD), *(("tracestate", field) for field in fields))
                self.assertEqual((report["traceId"], report["state"]), (TRACE, state))

    def test_logs_do_not_tell_by_default(self):
        self.trace(("traceparent", GOOD))
        for message in ("Trace of a request", "Trace of nothing"):
            self.assertNotIn("traceId", self.server.wait_for(message))


class InLogs(unittest.TestCase):
    def test_records_of_requests_have_it(self):
        server = Mortised(server={"log_trace_ids": "true"}, plugins=dict(PLUGINS))
        self.addCleanup(server.close)
        for headers in ({"traceparent": GOOD}, {}):
            mark = server.mark()
            report = server.get("/traces", headers=headers).json
            self.assertEqual(server.wait_for("Trace of a request", since=mark)["traceId"], report["traceId"])
            self.assertTrue(re.fullmatch("[0-9a-f]{32}", report["traceId"]))
            self.assertNotIn("traceId", server.wait_for("Trace of nothing", since=mark))
        server.stop()


if __name__ == "__main__":
    unittest.main()
