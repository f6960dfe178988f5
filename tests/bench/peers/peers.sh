#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Starts and stops the peers on this machine, each with its own copy of one seeded database.
#
# usage: peers.sh up [NAME...]     start (default: all that are built); prints NAME=URL for bench.sh
#        peers.sh down [NAME...]   stop what `up` started
#        peers.sh list             print NAME=URL of those running
# names: express fastify nest nginx
# env:   RUN (/tmp/peers-run), SEED_N (10000), SERVER_CORE (0), RATE_LIMIT_MAX (1000000000), JWT_SECRET,
#        JWT_REFRESH_SECRET, LOG_FILE (/dev/null) or LOG_DIR (then LOG_DIR/NAME.log),
set -eu
here=$(cd "$(dirname "$0")" && pwd)
RUN=${RUN:-/tmp/peers-run}
export JWT_SECRET=${JWT_SECRET:-bench-access-secret-0123456789abcdef}
export JWT_REFRESH_SECRET=${JWT_REFRESH_SECRET:-bench-refresh-secret-0123456789abcdef}
export RATE_LIMIT_MAX=${RATE_LIMIT_MAX:-1000000000} LOG_FILE=${LOG_FILE:-/dev/null} NODE_ENV=production
ALL="express fastify nest nginx"

port_of() {
  case $1 in
    express) echo 7101 ;; fastify) echo 7102 ;; nest) echo 7103 ;; nginx) echo 7105 ;;
    *) echo "unknown peer: $1" >&2; exit 2 ;;
  esac
}
pid_of() { [ -s "$RUN/$1.pid" ] && cat "$RUN/$1.pid"; }
# Running means: the process we started still holds the port.
running() { local p; p=$(pid_of "$1") && ss -ltnpH "sport = :$(port_of "$1")" | grep -q "pid=$p,"; }

up() {
  local n=$1 port cmd
  port=$(port_of "$n")
  running "$n" && return
  if ss -ltnH "sport = :$port" | grep -q .; then echo "$n: port $port is in use by another program" >&2; return 1; fi
  case $n in
    express) cmd=(node "$here/express/server.mjs") ;;
    fastify) cmd=(node "$here/fastify/server.mjs") ;;
    nest) cmd=(node "$here/nest/dist/main.js") ;;
    nginx)
      mkdir -p "$RUN/nginx"
      sed "s|@PORT@|$port|; s|@RUN@|$RUN|" "$here/nginx/nginx.conf.in" > "$RUN/nginx/nginx.conf"
      cmd=(nginx -e stderr -c "$RUN/nginx/nginx.conf") ;;
  esac
  if [ "$n" != nginx ]; then
    rm -f "$RUN/$n.db" "$RUN/$n.db-wal" "$RUN/$n.db-shm"
    cp "$RUN/seed.db" "$RUN/$n.db"
  fi
  [ -z "${LOG_DIR:-}" ] || export LOG_FILE=$LOG_DIR/$n.log
  (cd "$RUN" && PORT=$port DB=$RUN/$n.db UPLOAD_DIR=$RUN/$n-uploads \
    exec setsid taskset -c "${SERVER_CORE:-0}" "${cmd[@]}" > "$RUN/$n.out" 2>&1 < /dev/null) &
  echo $! > "$RUN/$n.pid"
  for _ in $(seq 100); do
    curl -fs -o /dev/null "http://127.0.0.1:$port/health" && return
    sleep 0.1
  done
  echo "$n did not answer; its output:" >&2
  tail -5 "$RUN/$n.out" >&2
  return 1
}

down() {
  local n=$1 p
  if running "$n"; then
    p=$(pid_of "$n")
    kill "$p"
    for _ in $(seq 50); do kill -0 "$p" 2>/dev/null || break; sleep 0.1; done
  fi
  rm -f "$RUN/$n.pid"
}

verb=${1:-}; shift || true
mkdir -p "$RUN"
case $verb in
  up)
    made=$(printf '%s/%s/%s' "$JWT_SECRET" "$JWT_REFRESH_SECRET" "${SEED_N:-10000}" | sha256sum)
    if ! [ -s "$RUN/seed.env" ] || [ "$(cat "$RUN/seed.for" 2>/dev/null)" != "$made" ]; then
      rm -f "$RUN"/seed.*
      node "$here/seed-db.mjs" "$RUN/seed.db" "${SEED_N:-10000}" > "$RUN/seed.env.new"
      mv "$RUN/seed.env.new" "$RUN/seed.env"
      echo "$made" > "$RUN/seed.for"
    fi
    failed=0
    # shellcheck disable=SC2068
    for n in ${@:-$ALL}; do
      up "$n" || failed=1
    done
    "$0" list
    exit $failed ;;
  down)
    # shellcheck disable=SC2068
    for n in ${@:-$ALL}; do down "$n"; done ;;
  list) for n in $ALL; do running "$n" && echo "$n=http://127.0.0.1:$(port_of "$n")" || :; done ;;
  *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
