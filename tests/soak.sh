#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# soak.sh [SECONDS] [BUILD]: the tests labelled `long` (of build/dev), with what each says of itself: mixed load for so many
# seconds (default 60) with a reload every second, 4,000 slow clients of each kind, 20 times kill -9, 200 times while
# clients repeat requests by key, 100 times on MariaDB, an old database of
# 1,000,000 users, as many on MariaDB, the tests of the resources on a cluster of two nodes, the raw inputs cut in many ways, and the fuzz target for a minute where there is clang. Fails when one fails and when there is none.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MORTISE_SOAK_SECONDS=${1:-60}
build=${2:-build/dev}
data=${MORTISE_TEST_DATA:-../shared/data}
[ ! -d "$data" ] || MORTISE_TEST_DATA=$(cd "$data" && pwd)
export MORTISE_TEST_DATA

# The number in front tells the test; what CTest says of its own doings is left out.
ctest --test-dir "$build" -L '^long$' --no-tests=error --verbose |
    grep -Ev '^(UpdateCTest|Parse Config|Test project|Internal ctest|Constructing|Done constr|Checking test|Connecting)|^[0-9]+: (Test command|Working Dir|Environment|Test timeout| +[A-Z_]+=)|^test [0-9]+$|^ *$'
exit "${PIPESTATUS[0]}"
