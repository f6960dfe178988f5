#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures mortised beside nginx's static answer, in one run, by CPU time per request.
#
#   tests/bench/run.sh [--rounds N] [--seconds S] [SCENARIO...]
#
# Scenarios: hello hello-nolog health user user-1 start memory routing (default: all). Needs two cores: the servers run on
# the first, the load on the second. Installs nginx-light and wrk, builds the preset `release`.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
case "${1-}" in
    -h | --help)
        sed -n '3,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
esac
. "$source_dir/packaging/apt.sh"
# shellcheck disable=SC2086
mortise_install $mortise_build_packages libcppunit-dev python3 wrk nginx-light
cd "$source_dir"
if [ -z "${MORTISE_BUILD_DIR-}" ]; then
    cmake --preset release >/dev/null
    cmake --build --preset release --target mortised bench_routing $(ls plugins | sed -n 's/^\([a-z-]*\)$/plugin_\1/p')
    export MORTISE_BUILD_DIR=$source_dir/build/release
fi
exec python3 tests/bench/bench.py "$@"
