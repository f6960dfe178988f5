#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_headers.sh INCLUDE_DIR: every header compiles alone, without a warning: the C ones as C11 and C++17, the C++ ones as
# C++17; clang, where it is here, compiles the whole.
set -eu
include=$1
warnings="-Wall -Wextra -Wpedantic -Wshadow -Werror"
count=0
alone() { # COMPILER LANGUAGE STANDARD HEADER
    # shellcheck disable=SC2086
    printf '#include <%s>\n' "$4" | "$1" -x "$2" -std="$3" $warnings -fsyntax-only -I "$include" - ||
        { echo "$1 -std=$3 $4" >&2; exit 1; }
    count=$((count + 1))
}
cd "$include"
for file in $(find mortise -name '*.h' | sort); do
    alone gcc c c11 "$file"
    alone g++ c++ c++17 "$file"
done
for file in $(find mortise -name '*.hpp' | sort); do alone g++ c++ c++17 "$file"; done
if command -v clang++ >/dev/null; then
    alone clang++ c++ c++17 mortise/plugin.hpp
    alone clang++ c++ c++20 mortise/plugin.hpp
    alone clang++ c++ c++17 mortise/database.hpp
    alone clang++ c++ c++17 mortise/sql.hpp
fi
[ "$count" -gt 0 ] || exit 1
echo "$count compilations"
