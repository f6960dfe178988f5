#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# freeze.sh VERSION: keeps today's C headers, their layout and the C example under frozen/VERSION. Run once per release of
# the interface, and never again for it. Of a draft (1.0-draft2) no layout is kept: the example only shows that the next
# draft's host refuses it and says why.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk="$here/../../sdk"
version=${1:?usage: freeze.sh VERSION}
target="$here/frozen/$version"
case $version in
*-draft*) rm -rf "$target" ;;
*) [ ! -e "$target" ] || { echo "$target exists: a release is never changed" >&2; exit 1; } ;;
esac
mkdir -p "$target/include/mortise"
cp -R "$sdk/include/mortise/abi" "$sdk/include/mortise/service" "$target/include/mortise/"
cp "$sdk/examples/c-hello/c_hello.c" "$target/"
case $version in
*-draft*) ;;
*) python3 "$here/headers.py" layout "$target/include" "${CC:-cc}" > "$target/layout.inc" ;;
esac
echo "frozen: $target"
