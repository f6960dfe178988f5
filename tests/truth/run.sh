#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Do servers respond as their OpenAPI documents say? Runs black-box tests with a proxy between them and each server that
# judges every exchange by the server's own document (Prism of @stoplight/prism-http).
#
#   tests/truth/run.sh [FILE...]     names as integration tests have them without _test: users, auth, auth:Whole,Roles
#
# MORTISE_BUILD_DIR (default build/release) is what is tested. Fails on a response that the document does not describe, on an
# invalid request of a test that invalid_requests.txt does not name, and on lines of the lists that nothing needs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

. ../../packaging/apt.sh
command -v npm >/dev/null || mortise_install nodejs npm
folder=$PWD/../../build/truth
mkdir -p "$folder"
cp package.json package-lock.json ./*.js "$folder"
if ! cmp -s package-lock.json "$folder/installed"; then
    (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund --silent)
    cp package-lock.json "$folder/installed"
fi
# Packages that count their users do so at no time here.
export SCARF_ANALYTICS=false DO_NOT_TRACK=1
exec python3 -B run.py "$folder" "$@"
