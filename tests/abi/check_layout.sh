#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_layout.sh INCLUDE_DIR: compiles the layout assertions as C11 and C++17 with every compiler that is here, against the
# table of today and those of all frozen releases; then compares the table of today with the headers. Drafts promise
# nothing and have no table.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$1
ran=0
check() { # COMPILER LANGUAGE STANDARD TABLE [FLAG]
    "$1" -x "$2" -std="$3" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I "$include" "-DLAYOUT_TABLE=\"$4\"" ${5:+"$5"} \
        "$here/layout_check.h" 2>&1
    ran=$((ran + 1))
}
for pair in "gcc g++" "clang clang++"; do
    # shellcheck disable=SC2086
    set -- $pair
    if ! command -v "$1" >/dev/null || ! command -v "$2" >/dev/null; then
        echo "$1: not here, left out"
        continue
    fi
    check "$1" c c11 "$here/layout.inc"
    check "$2" c++ c++17 "$here/layout.inc"
    check "$2" c++ c++20 "$here/layout.inc"
    for table in "$here"/frozen/*/layout.inc; do
        [ -e "$table" ] || continue
        check "$1" c c11 "$table" -DLAYOUT_OLDER
        check "$2" c++ c++17 "$table" -DLAYOUT_OLDER
    done
done
[ "$ran" -gt 0 ] || { echo "no compiler found" >&2; exit 1; }
python3 "$here/headers.py" compare "$include" "${CC:-cc}" "$here/layout.inc"
echo "$ran compilations"
