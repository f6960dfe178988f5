#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# out_of_tree.sh SOURCE_DIR BUILD_DIR: installs everything to a fresh prefix, and uses nothing else from there on: builds copies
# of the installed hello plugin by find_package(Mortise), of the C example by find_package and by pkg-config alone, both also
# by clang, and the Rust example by rustc, each where the compiler is (in CI all have to be); looks at what the compilers read
# and at what the files export, and has the installed mortised load and serve them. RUSTC names another rustc than Debian's.
set -eu
source=$1
build=$2
folder=$(mktemp -d)
chmod 755 "$folder" # checks by root are made as another user
trap 'rm -rf "$folder"' EXIT
prefix="$folder/prefix with blanks"

cmake --install "$build" --prefix "$prefix" >"$folder/install.log"
examples="$prefix/share/doc/mortise"
entry=$(sed -n 's/^#define MORTISE_MODULE_ENTRY_NAME "\(.*\)"$/\1/p' "$prefix/include/mortise/abi/module.h")
served=

fail() {
    echo "$*" >&2
    exit 1
}
# Whether a compiler is there: without it its part is left out, but in CI.
have() { # COMPILER
    command -v "$1" >/dev/null && return 0
    [ -z "${CI-}" ] || fail "$1 is not installed"
    echo "$1 is not here: left out"
    return 1
}
# What was compiled came from the prefix, the system, or the copy that is built.
only_installed() { # FILE-WITH-DEPENDENCIES
    [ -s "$1" ] || fail "$1: nothing is known of what was read"
    if grep -nF -e "$source/" -e "$build/" "$1" | head -3 | grep .; then
        fail "that is not of the installed tree"
    fi
}
check() { # FILE
    exports=$(nm -D --defined-only "$1" | awk '{print $3}')
    [ "$exports" = "$entry" ] || fail "$1 exports: $exports"
    if readelf -d "$1" | grep -E 'STATIC_TLS|libstdc\+\+|libgcc_s|RPATH|RUNPATH'; then
        fail "$1 asks for what a plugin must not"
    fi
    if nm "$1" | grep -E ' u '; then
        fail "$1 has symbols that are unique in a process"
    fi
    if nm -D "$1" | grep -E ' [uU] mortise_'; then
        fail "$1 needs symbols of the host"
    fi
}
project() { # FOLDER PATH FILE
    cp -R "$examples/$1" "$folder/copy"
    rm -rf "$folder/copy/tests"
    env -u CXXFLAGS -u CFLAGS -u LDFLAGS cmake -G Ninja -S "$folder/copy" -B "$folder/build" -DCMAKE_PREFIX_PATH="$prefix" \
        -DCMAKE_BUILD_TYPE=Release >"$folder/configure.log" || { cat "$folder/configure.log"; exit 1; }
    cmake --build "$folder/build" >"$folder/build.log" || { cat "$folder/build.log"; exit 1; }
    ninja -C "$folder/build" -t deps >"$folder/read.d"
    only_installed "$folder/read.d"
    found=$(find "$folder/build" -name "$3")
    [ -n "$found" ] || fail "$1: no $3 was built"
    mv "$found" "$folder/$3"
    rm -rf "$folder/copy" "$folder/build"
    check "$folder/$3"
    served="$served $2=$3"
}
# The flags of the pkg-config file, for `eval`: its paths have blanks.
flags() { # VARIABLE
    pkg-config --variable="$1" mortise | sed 's/prefix with blanks/prefix\\ with\\ blanks/g'
}
by_hand() { # COMPILER PATH FILE FLAGS SOURCE
    eval "$1 -Wall -Wextra -Werror -MD -MF '$folder/read.d' $(pkg-config --cflags mortise) $4 -o '$folder/$3' '$examples/$5'"
    only_installed "$folder/read.d"
    check "$folder/$3"
    served="$served $2=$3"
}

project plugins/hello /hello hello.so
project sdk/examples/c-hello /c-hello c-hello.so

PKG_CONFIG_PATH="$prefix/share/pkgconfig"
export PKG_CONFIG_PATH
pkg-config --exists mortise
c="sdk/examples/c-hello/c_hello.c"
cxx="plugins/hello/hello_plugin.cpp"
by_hand "${CC:-cc}" /c-hello by-hand.so "-std=c11 $(flags plugin_flags)" $c
by_hand g++ /hello hello-by-hand.so "$(flags plugin_cxxflags)" $cxx
if have clang++; then
    by_hand clang /c-hello c-by-clang.so "-std=c11 $(flags plugin_flags)" $c
    # -fno-gnu-unique is g++'s; clang makes no such symbols.
    by_hand clang++ /hello hello-by-clang.so "$(flags plugin_cxxflags | sed 's/-fno-gnu-unique//')" $cxx
fi

# As the README beside it says.
rustc=${RUSTC:-/usr/bin/rustc}
[ -x "$rustc" ] || rustc=rustc
if have "$rustc"; then
    rust="$examples/sdk/examples/rust-hello"
    "$rustc" --edition 2021 -D warnings --emit=link="$folder/layout",dep-info="$folder/read.d" "$rust/layout.rs"
    only_installed "$folder/read.d"
    "$folder/layout" >"$folder/layout.c"
    eval "cc $(pkg-config --cflags mortise) -o '$folder/compare' '$folder/layout.c'"
    "$folder/compare" || fail "mortise.rs and the headers differ"
    "$rustc" --edition 2021 -D warnings --crate-type staticlib -O -C relocation-model=pic \
        --emit=link="$folder/librust_hello.a",dep-info="$folder/read.d" "$rust/rust_hello.rs"
    only_installed "$folder/read.d"
    eval "cc $(flags plugin_flags) -Wl,--gc-sections,--strip-debug,--undefined=$entry -o '$folder/rust-hello.so' '$folder/librust_hello.a'"
    check "$folder/rust-hello.so"
    python3 -B "$source/tests/abi/manifest.py" "$prefix/include" "$folder/rust-hello.so"
    served="$served /rust-hello=rust-hello.so"
fi

cd "$folder"
# shellcheck disable=SC2086
MORTISE_BUILD_DIR=$prefix PYTHONPATH="$source/tests/support" python3 -B "$source/tests/support/foreign_files.py" $served
echo "built against $(pkg-config --modversion mortise):$served"
