# SPDX-License-Identifier: Apache-2.0
"""Runs black-box tests through proxy.js and tells what the servers' documents do not say; begun by run.sh."""

from __future__ import annotations

import collections
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
# Those that speak well-formed HTTP to servers with routes, the slow ones first. Left out are tests that the proxy would be
# in the way of: of listeners, clients, their addresses and logs (rate_limit but for Small, security_proxies), of what is
# held, cut or bounded in transfer (limits, multipart, slow_clients, turns_*); of reloads while requests are open, which
# another document describes when they end (reload); and those that send requests no client would, or none at all
# (hostile_http, the rest of security_*). Of auth, Timing is left out: it would measure the proxy.
FILES = ["auth:Sessions,Whole,Attacks,Roles,Secrets,Bcrypt", "services:Files,Filters,Transforms,Authentication,HostServices",
         "compression", "settings", "contributions", "consumers", "browser_headers", "everywhere", "users", "problem_json",
         "users_conditions", "users_include", "posts", "graphql_users", "graphql_posts", "graphql_matrix", "graphql_http", "idempotency:Replays,Keys,Removed,Outcomes,Routes,Required", "rate_limit:Small", "guarding", "conditional", "static_files", "openapi:Document", "descriptions",
         "typed_services", "typed_contributions", "tour", "filter_order"]


def lines_of(name: str) -> list[str]:
    return [line for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def expected() -> list[tuple[str, re.Pattern]]:
    """What tests are after: (pattern of tests, what the fault says)."""
    pairs = []
    for line in lines_of("expected.txt"):
        tests, text = re.split(r"\s+", line, maxsplit=1)
        pairs.append((tests, re.compile(text)))
    return pairs


def faults(report: dict, only: str = "", left_out: str = "", used: collections.Counter | None = None) -> list[str]:
    """A line for each thing that is not as documented, and for each invalid request of a test that is not listed."""
    known, invalid = expected(), set(lines_of("invalid_requests.txt"))
    used = collections.Counter() if used is None else used
    lines = collections.Counter()
    for finding in report["findings"]:
        if (only and finding["file"] != only) or (left_out and finding["file"] == left_out):
            continue
        test = f"{finding['file']}.{finding['test'] or 'setUp'}"
        where = f"{test}: {finding.get('exchange', 'its document')}"
        for text in finding["response"]:
            allowed = [pair for pair in known if fnmatch.fnmatchcase(test, pair[0]) and pair[1].search(f"{where}: {text}")]
            used.update(pair[1].pattern for pair in allowed)
            if not allowed:
                lines[f"{where}: {text}"] += 1
        if finding["request"]:
            used[test] += 1
            if test not in invalid:
                lines[f"{where}: the request is invalid, and the test is not listed in invalid_requests.txt: {finding['request'][0]}"] += 1
    return [line if count == 1 else f"{line} ({count} times)" for line, count in lines.items()]


def stale(used: collections.Counter) -> list[str]:
    return ([f"expected.txt: nothing is like '{text.pattern}'" for _, text in expected() if text.pattern not in used]
            + [f"invalid_requests.txt: {test} sends none" for test in lines_of("invalid_requests.txt") if test not in used])


def run(name: str, environment: dict[str, str]) -> tuple[str, float, subprocess.CompletedProcess]:
    file, _, tests = name.partition(":")
    folder = HERE if file == "lies" else ROOT / "tests" / "integration"
    begin = time.monotonic()
    done = subprocess.run([sys.executable, "-B", str(folder / f"{file}_test.py"), *filter(None, tests.split(","))], env=environment,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=900, check=False)
    return name, time.monotonic() - begin, done


def main(folder: pathlib.Path, names: list[str]) -> int:
    sys.path.insert(0, str(ROOT / "tests" / "support"))
    with tempfile.TemporaryDirectory(prefix="mortise-truth-") as place:
        path = f"{place}/control"
        os.environ["MORTISE_TRUTH"] = path
        proxy = subprocess.Popen(["node", "proxy.js", path], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        try:
            if proxy.stdout.readline() != "Ready\n":
                print("the proxy does not start", file=sys.stderr)
                return 1
            environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'tests' / 'support'}:{HERE}", "PYTHONUNBUFFERED": "1"}
            environment.setdefault("MORTISE_BUILD_DIR", str(ROOT / "build" / "release"))
            failed = []
            with concurrent.futures.ThreadPoolExecutor((os.cpu_count() or 1) * 2) as pool:
                for name, seconds, done in pool.map(lambda one: run(one, environment), dict.fromkeys([*(names or FILES), "lies"])):
                    if done.returncode != 0:
                        failed.append(f"{name} fails behind the proxy")
                        print(f"{done.stdout}{done.stderr}")
                    print(f"{seconds:6.1f} s  {name} {'good' if done.returncode == 0 else 'FAILED'}")
            from truth import Proxy

            report = Proxy.report()
        finally:
            proxy.kill()
            proxy.wait()
    (folder / "report.json").write_text(json.dumps(report), encoding="utf-8")
    used: collections.Counter = collections.Counter()
    found = faults(report, left_out="lies_test", used=used) + failed + ([] if names else stale(used))
    print("\n".join(found))
    print(f"{report['judged']} exchanges of {len(report['operations'])} operations were judged, {report['unjudged']} were not; {len(found)} faults")
    if report["judged"] < (1 if names else 1000):
        print("too few: do the tests reach the proxy?", file=sys.stderr)
        return 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
