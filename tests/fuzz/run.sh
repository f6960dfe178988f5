#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [SECONDS]: builds the fuzz targets with clang (build/fuzz) and runs each for so long (default 15). What it finds
# new goes to build/fuzz/corpus, what fails to build/fuzz/found; both stay out of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-15}
build=${MORTISE_FUZZ_BUILD:-build/fuzz}
data=${MORTISE_TEST_DATA:-../shared/data}

mkdir -p "$build"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DMORTISE_FUZZ=ON -DMORTISE_BUILD_TESTS=ON >"$build/configure.log" || { cat "$build/configure.log"; exit 1; }
cmake --build "$build" --target fuzzers

status=0
for target in "$build"/bin/fuzz_*; do
    name=${target##*/fuzz_}
    mkdir -p "$build/corpus/$name" "$build/found"
    seeds=(tests/fuzz/corpus/"$name")
    [ ! -d "$data/$name-fuzz-seeds" ] || seeds+=("$data/$name-fuzz-seeds")
    log=$build/$name.log
    if "$target" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=1024 -max_len=1024 -print_final_stats=1 \
        -dict="tests/fuzz/$name.dict" -artifact_prefix="$build/found/$name-" "$build/corpus/$name" "${seeds[@]}" >"$log" 2>&1; then
        # "#123 DONE cov: 456 ft: 789 corp: ...": cov counts edges.
        edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -1)
        runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
        echo "$name: $edges edges covered, $runs inputs, nothing found"
    else
        status=1
        echo "$name: FAILED"
        tail -40 "$log"
    fi
done
exit $status
