#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_size.sh INCLUDE_DIR: what every plugin compiles stays small. Counted with g++, whose headers the bound is for.
set -eu
bound=45000
lines=$(printf '#include <mortise/plugin.hpp>\n' | g++ -std=c++17 -I "$1" -E -x c++ - | wc -l)
echo "plugin.hpp: $lines preprocessed lines of at most $bound"
if [ "$lines" -gt $bound ]; then
    echo "Leave out of plugin.hpp what few authors need, and avoid <memory>, <functional>, <algorithm>, <map>, <variant>." >&2
    exit 1
fi
