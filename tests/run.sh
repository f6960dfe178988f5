#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds and tests.
#
#   tests/run.sh [PRESET [CTEST-FILTER [CTEST-ARGUMENT...]]]
#
# PRESET is dev (default), release, asan or tsan; CTEST-FILTER a regular expression over names of tests (ctest -R). Tests
# labelled `long` are left to tests/soak.sh. MORTISE_TEST_DATA names a folder with third-party test data (default: shared/data
# beside this tree); tests that need it are skipped without it. MORTISE_TEST_JOBS tests run at a time (default: twice the
# processors, four times under sanitizers, since most of them wait most of their time).
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1-}" in
    -h | --help)
        sed -n '3,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
esac
preset=${1:-dev}
filter=${2:-.}
shift $(($# > 2 ? 2 : $#))
case "$preset" in
    dev | release | asan | tsan) ;;
    *)
        echo "unknown preset '$preset': dev, release, asan or tsan" >&2
        exit 64
        ;;
esac

. "$source_dir/packaging/apt.sh"
# shellcheck disable=SC2086
mortise_install $mortise_build_packages libcppunit-dev python3 curl strace sqlite3 openssl systemd libseccomp2 chromium-headless-shell fonts-dejavu-core \
    brotli zstd mariadb-server-core mariadb-client-core
command -v npm >/dev/null || mortise_install nodejs npm
case "$preset" in
    asan | tsan) mortise_install clang libclang-rt-14-dev llvm ;; # llvm has what puts names into reports
esac

data=${MORTISE_TEST_DATA:-$source_dir/../shared/data}
if [ -d "$data" ]; then
    MORTISE_TEST_DATA=$(cd "$data" && pwd)
    export MORTISE_TEST_DATA
fi
support=$source_dir/tests/support
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_stack_use_after_return=1:strict_string_checks=1}
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$support/lsan.supp:print_suppressions=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
# Without a look at __tls_get_addr: it takes 16 bytes in front of a library's block of thread-local data for its size where the block
# begins at such a place of its page, and asks for 180 TB then (once in some thousand reloads). The allocator sees these blocks, too.
export TSAN_OPTIONS=${TSAN_OPTIONS:-suppressions=$support/tsan.supp:second_deadlock_stack=1:intercept_tls_get_addr=0}
case "$preset" in
    asan) export MORTISE_TEST_SLOWNESS=${MORTISE_TEST_SLOWNESS:-4} ;;
    tsan) export MORTISE_TEST_SLOWNESS=${MORTISE_TEST_SLOWNESS:-8} ;;
esac
case "$preset" in
    asan | tsan) jobs=$(($(nproc) * 4)) ;;
    *) jobs=$(($(nproc) * 2)) ;;
esac

cd "$source_dir"
begin=$SECONDS
cmake --preset "$preset" -DMORTISE_BUILD_TESTS=ON >/dev/null
cmake --build --preset "$preset"
built=$SECONDS
status=0
ctest --test-dir "build/$preset" --output-on-failure -j "${MORTISE_TEST_JOBS:-$jobs}" -LE '^long$' -R "$filter" "$@" || status=$?
echo "$preset: build $((built - begin)) s, tests $((SECONDS - built)) s"
exit $status
