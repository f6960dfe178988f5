#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# freeze.sh VERSION: keeps today's C headers, their layout and the C example under frozen/VERSION. Run once per release of
# the interface; a draft may be made anew, a release never.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sdk="$here/../../sdk"
version=${1:?usage: freeze.sh VERSION}
target="$here/frozen/$version"
case $version in
*-draft) rm -rf "$target" ;;
*) [ ! -e "$target" ] || { echo "$target exists: a release is never changed" >&2; exit 1; } ;;
esac
mkdir -p "$target/include/mortise"
cp -R "$sdk/include/mortise/abi" "$sdk/include/mortise/service" "$target/include/mortise/"
cp "$sdk/examples/c-hello/c_hello.c" "$target/"
python3 "$here/headers.py" layout "$target/include" "${CC:-cc}" > "$target/layout.inc"
echo "frozen: $target"
