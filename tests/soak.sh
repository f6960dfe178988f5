#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# soak.sh [SECONDS] [BUILD]: for so long in all (default 120, of build/dev) what the suite does briefly: half of it mixed
# load with a reload every second, a quarter the fuzz target, and a round of the raw inputs for each begun minute; then
# the tests labelled `long`.
# The 10-minute load is soak.sh 1200.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
seconds=${1:-120}
export MORTISE_BUILD_DIR=${2:-build/dev} PYTHONPATH=tests/support PYTHONUNBUFFERED=1
status=0

python3 -B tests/soak.py $((seconds / 2)) || status=1
python3 -B tests/conformance/http1_seeds_test.py $(((seconds + 59) / 60))
case $? in 0 | 77) ;; *) status=1 ;; esac
ctest --test-dir "$MORTISE_BUILD_DIR" --output-on-failure -L '^long$' || status=1
if command -v clang++ >/dev/null; then
    tests/fuzz/run.sh $((seconds / 4)) || status=1
else
    echo "no clang: the fuzz target is left out"
fi
exit $status
