#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# out_of_tree.sh SOURCE_DIR BUILD_DIR: installs the SDK with its examples to a fresh prefix, then builds copies of the
# installed hello plugin by find_package(Mortise) and of the C example by find_package and by pkg-config alone, both also by
# clang where it is (in CI it has to be), looks at what the files export, and has a real mortised load and serve them.
set -eu
source=$1
build=$2
folder=$(mktemp -d)
chmod 755 "$folder" # checks by root are made as another user
trap 'rm -rf "$folder"' EXIT
prefix="$folder/prefix with blanks"

cmake --install "$build" --component Sdk --prefix "$prefix" >"$folder/install.log"
examples="$prefix/share/doc/mortise"

project() { # FOLDER FILE
    cp -R "$examples/$1" "$folder/copy"
    rm -rf "$folder/copy/tests"
    env -u CXXFLAGS -u CFLAGS -u LDFLAGS cmake -G Ninja -S "$folder/copy" -B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_BUILD_TYPE=Release >"$folder/configure.log" || { cat "$folder/configure.log"; exit 1; }
    cmake --build "$folder/build" >"$folder/build.log" || { cat "$folder/build.log"; exit 1; }
    found=$(find "$folder/build" -name "$2")
    [ -n "$found" ] || { echo "$1: no $2 was built" >&2; exit 1; }
    mv "$found" "$folder/$2"
    rm -rf "$folder/copy" "$folder/build"
}
check() { # FILE
    exports=$(nm -D --defined-only "$1" | awk '{print $3}')
    [ "$exports" = mortise_module_entry_v1_draft2 ] || { echo "$1 exports: $exports" >&2; exit 1; }
    if readelf -d "$1" | grep -E 'STATIC_TLS|libstdc\+\+|libgcc_s|RPATH|RUNPATH'; then
        echo "$1 asks for what a plugin must not" >&2
        exit 1
    fi
    if nm "$1" | grep -E ' u '; then
        echo "$1 has symbols that are unique in a process" >&2
        exit 1
    fi
    if nm -D "$1" | grep -E ' [uU] mortise_'; then
        echo "$1 needs symbols of the host" >&2
        exit 1
    fi
}

project plugins/hello hello.so
check "$folder/hello.so"
project sdk/examples/c-hello c-hello.so
check "$folder/c-hello.so"

PKG_CONFIG_PATH="$prefix/share/pkgconfig"
export PKG_CONFIG_PATH
pkg-config --exists mortise
eval "${CC:-cc} -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags mortise) \
    $(pkg-config --variable=plugin_flags mortise | sed 's/prefix with blanks/prefix\\ with\\ blanks/g') \
    -o '$folder/by-hand.so' '$examples/sdk/examples/c-hello/c_hello.c'"
check "$folder/by-hand.so"
eval "g++ -Wall -Wextra -Werror $(pkg-config --cflags mortise) \
    $(pkg-config --variable=plugin_cxxflags mortise | sed 's/prefix with blanks/prefix\\ with\\ blanks/g') \
    -o '$folder/hello-by-hand.so' '$examples/plugins/hello/hello_plugin.cpp'"
check "$folder/hello-by-hand.so"

by_clang=
if command -v clang++ >/dev/null; then
    eval "clang -std=c11 -Wall -Wextra -Werror $(pkg-config --cflags mortise) \
        $(pkg-config --variable=plugin_flags mortise | sed 's/prefix with blanks/prefix\\ with\\ blanks/g') \
        -o '$folder/c-by-clang.so' '$examples/sdk/examples/c-hello/c_hello.c'"
    check "$folder/c-by-clang.so"
    # -fno-gnu-unique is g++'s; clang makes no such symbols.
    eval "clang++ -Wall -Wextra -Werror $(pkg-config --cflags mortise) \
        $(pkg-config --variable=plugin_cxxflags mortise | sed 's/prefix with blanks/prefix\\ with\\ blanks/g; s/-fno-gnu-unique//') \
        -o '$folder/hello-by-clang.so' '$examples/plugins/hello/hello_plugin.cpp'"
    check "$folder/hello-by-clang.so"
    by_clang=yes
elif [ -n "${CI-}" ]; then
    echo "clang is not installed" >&2
    exit 1
fi

MORTISE_BUILD_DIR=$build PYTHONPATH="$source/tests/support" python3 -B "$source/tests/support/foreign_files.py" \
    "/hello=$folder/hello.so" "/c-hello=$folder/c-hello.so" "/c-hello=$folder/by-hand.so" "/hello=$folder/hello-by-hand.so" \
    ${by_clang:+"/c-hello=$folder/c-by-clang.so" "/hello=$folder/hello-by-clang.so"}
echo "hello.so, c-hello.so, by-hand.so and hello-by-hand.so${by_clang:+, c-by-clang.so and hello-by-clang.so} built against $(pkg-config --modversion mortise)"
