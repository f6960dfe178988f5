#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# run.sh [SECONDS [TARGET...]]: builds the fuzz targets with clang (build/fuzz) and runs each, or those named, for so long
# (default 15). Before that, a variant of the target with a bug in it must be found out within as long, at least 30 s: not by
# the kept inputs, but by a search from them with a fixed seed. What a target finds new goes to build/fuzz/corpus,
# what fails to build/fuzz/found; both stay out of the tree.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-15}
shift $(($# > 1 ? 1 : $#))
names=("$@")
[ ${#names[@]} -gt 0 ] || for file in tests/fuzz/*_fuzz.cpp; do file=${file##*/}; names+=("${file%_fuzz.cpp}"); done
build=${MORTISE_FUZZ_BUILD:-build/fuzz}
data=${MORTISE_TEST_DATA:-../shared/data}
seeded_seconds=$((seconds > 30 ? seconds : 30))

targets=()
for name in "${names[@]}"; do
    [ -f "tests/fuzz/${name}_fuzz.cpp" ] || { echo "no such target: $name" >&2; exit 64; }
    targets+=("fuzz_$name" "fuzz_${name}_seeded")
done
mkdir -p "$build/found" "$build/seeded"
cmake -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ \
    -DMORTISE_FUZZ=ON -DMORTISE_BUILD_TESTS=ON >"$build/configure.log" || { cat "$build/configure.log"; exit 1; }
cmake --build "$build" --target "${targets[@]}"

failed() {
    echo "$1: FAILED: $2"
    tail -40 "$build/$1.log"
    return 1
}

# $1: name, $2: executable, $3: seconds, $4: prefix of artifacts; the rest: further options, and inputs or folders of them.
run() {
    local name=$1 target=$2 time=$3 prefix=$4
    shift 4
    "$build/bin/$target" -max_total_time="$time" -timeout=5 -rss_limit_mb=1024 -max_len=1024 -print_final_stats=1 \
        -dict="tests/fuzz/$name.dict" -artifact_prefix="$prefix" "$@" >"$build/$name.log" 2>&1
}

check() {
    local name=$1 seeds=(tests/fuzz/corpus/"$1") fresh tried edges runs
    [ ! -d "$data/$name-fuzz-seeds" ] || seeds+=("$data/$name-fuzz-seeds")
    if ! run "$name" "fuzz_${name}_seeded" 0 "$build/seeded/$name-" "tests/fuzz/corpus/$name"/*; then
        failed "$name" "a kept input fails, by the seeded bug or by another"
        return
    fi
    fresh=$(mktemp -d "$build/seeded/$name.XXXXXX")
    if run "$name" "fuzz_${name}_seeded" "$seeded_seconds" "$fresh/" -seed=1 "$fresh" "tests/fuzz/corpus/$name"; then
        failed "$name" "did not find the seeded bug in $seeded_seconds s"
        return
    fi
    grep -q '^seeded bug$' "$build/$name.log" || { failed "$name" "found something else than the seeded bug"; return; }
    tried=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
    rm -rf "$fresh"

    mkdir -p "$build/corpus/$name"
    if ! run "$name" "fuzz_$name" "$seconds" "$build/found/$name-" "$build/corpus/$name" "${seeds[@]}"; then
        failed "$name" "see $build/found"
        return
    fi
    # "#123 DONE cov: 456 ft: 789 corp: ...": cov counts edges.
    edges=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$build/$name.log" | tail -1)
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log")
    echo "$name: $edges edges covered, $runs inputs, nothing found; the seeded bug after $tried inputs"
}

# One a core.
status=0
checks=()
for name in "${names[@]}"; do
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n || status=1; done
    check "$name" &
    checks+=($!)
done
for one in "${checks[@]}"; do wait "$one" || status=1; done
exit $status
