#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds Mortise and serves on 127.0.0.1:8080 with SQLite, in development mode, in the foreground (Ctrl-C stops).
#
#   packaging/quickstart.sh [-- ARGUMENT-OF-MORTISED...]
#
# Configuration, database and logs live in build/quickstart, or in $MORTISE_HOME. An existing configuration is kept: edit it
# and start again. A second run builds only what changed.
set -euo pipefail

source_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
case "${1-}" in
    "") ;;
    --) shift ;;
    -h | --help)
        sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    *)
        echo "usage: packaging/quickstart.sh [-- ARGUMENT-OF-MORTISED...]" >&2
        exit 64
        ;;
esac
home=${MORTISE_HOME:-$source_dir/build/quickstart}
mkdir -p "$home"
home=$(cd "$home" && pwd)

. "$source_dir/packaging/apt.sh"
# shellcheck disable=SC2086
mortise_install $mortise_build_packages curl
command -v npm >/dev/null || mortise_install nodejs npm # the pages /docs and /graphiql come by it

cd "$source_dir"
cmake --preset release -DMORTISE_BUILD_TESTS=OFF >"$home/configure.log" || { cat "$home/configure.log" >&2; exit 1; }
cmake --build --preset release

mkdir -p "$home/etc" "$home/state" "$home/cache"
if [ ! -e "$home/etc/mortise.ini" ] && [ ! -e "$home/etc/mortise.xml" ]; then
    cat >"$home/etc/mortise.ini" <<INI
# Written by packaging/quickstart.sh, and never again: change it as you like.
[server]
listen = 127.0.0.1:8080
mode = development
state_directory = $home/state
cache_directory = $home/cache

[plugin.routing]
enabled = true

[plugin.logging]
enabled = true

[plugin.health]
enabled = true

[plugin.database]
enabled = true
url = sqlite:///mortise.db

[plugin.users]
enabled = true

[plugin.auth]
enabled = true

[plugin.posts]
enabled = true

[plugin.idempotency]
enabled = true

[plugin.openapi]
enabled = true

[plugin.graphql]
enabled = true

[plugin.hello]
enabled = true

[plugin.security-headers]
enabled = true
# Here is no TLS to insist on.
hsts_on = tls

[plugin.cors]
enabled = true
# Where the development servers of front ends usually are.
origin = http://localhost:3000, http://localhost:5173

[plugin.rate-limit]
enabled = true
# More than by default: the pages /docs and /graphiql ask for some files each time.
limit = 1000
INI
fi

cat <<HINTS

Configuration: $home/etc/mortise.ini   Database: $home/state/mortise.db
Try, from another terminal:

  curl -s 'http://127.0.0.1:8080/hello?name=Ada'; echo
  curl -s http://127.0.0.1:8080/ready; echo
  curl -s http://127.0.0.1:8080/auth/register --json '{"name":"Ada","email":"ada@example.com","password":"correct horse"}'; echo
  TOKEN=\$(curl -s http://127.0.0.1:8080/auth/login --json '{"email":"ada@example.com","password":"correct horse"}' | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')
  curl -s http://127.0.0.1:8080/api/users/me -H "Authorization: Bearer \$TOKEN"; echo
  curl -s http://127.0.0.1:8080/api/posts -H "Authorization: Bearer \$TOKEN" -H 'Idempotency-Key: once' --json '{"title":"On looms"}'; echo
  curl -si http://127.0.0.1:8080/api/posts -H "Authorization: Bearer \$TOKEN" -H 'Idempotency-Key: once' --json '{"title":"On looms"}' | grep Idempotency
  curl -s http://127.0.0.1:8080/graphql -H "Authorization: Bearer \$TOKEN" --json '{"query":"{ me { name posts { title author { name } } } }"}'; echo
  curl -si http://127.0.0.1:8080/hello -H 'Origin: http://localhost:3000'; echo

and in a browser: http://127.0.0.1:8080/docs (the document itself: /openapi.json) and http://127.0.0.1:8080/graphiql

HINTS
# Variables that begin with MORTISE_ are settings to mortised.
exec env -u MORTISE_HOME "$source_dir/build/release/bin/mortised" --config "$home/etc" "$@"
