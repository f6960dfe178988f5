#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Compares the instructions a request takes with those of another commit, counted by callgrind.
#
#   tests/bench/instructions.sh [COMMIT] [--limit PERCENT] [--only SCENARIO,...]
#
# COMMIT is the parent of HEAD by default. Prints a table and ends with 1 when a scenario takes more than PERCENT (default 2)
# more than there; tests/bench/README.md says what is counted. Installs valgrind; builds the preset `release` of this tree, or
# takes what $MORTISE_BUILD_DIR has, and that of the commit, once, into build/commits.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
commit=HEAD^
scenarios=
options=()
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        --limit | --only)
            options+=("$1" "${2?"$1 needs a value"}")
            [ "$1" = --limit ] || scenarios=$2
            shift
            ;;
        --*) options+=("$1") ;;
        *) commit=$1 ;;
    esac
    shift
done
. "$source_dir/packaging/apt.sh"
. "$source_dir/tests/bench/commit.sh"
# shellcheck disable=SC2086
mortise_install $mortise_build_packages libcppunit-dev git python3 valgrind
bench_build_commit "$commit" "$scenarios"
if [ -z "${MORTISE_BUILD_DIR-}" ]; then
    cd "$source_dir"
    cmake --preset release -DMORTISE_BUILD_TESTS=ON >/dev/null
    # shellcheck disable=SC2046
    cmake --build --preset release --target $(bench_targets . "$scenarios")
    export MORTISE_BUILD_DIR=$source_dir/build/release
fi
exec python3 -B "$source_dir/tests/bench/instructions.py" "$build_dir" --name "$build_name" "${options[@]}"
