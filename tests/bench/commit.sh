# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by scripts that compare with another commit; $source_dir is the tree.

# bench_targets TREE: what is measured, of the plugins that the tree has.
bench_targets() {
    local name
    echo mortised fixture_bench
    for name in routing logging health hello database users auth security-headers cors rate-limit; do
        [ ! -d "$1/plugins/$name" ] || echo "plugin_${name//-/_}"
    done
}

# bench_build_commit COMMIT: builds that commit's preset `release` once; sets build_dir, its build folder, and build_name.
bench_build_commit() {
    local hash tree status=0
    hash=$(git -C "$source_dir" rev-parse -q --verify "$1^{commit}") || {
        echo "$1 is no commit of this repository (or the clone is too shallow)" >&2
        return 1
    }
    build_dir=$source_dir/build/commits/$hash
    build_name=$(git -C "$source_dir" rev-parse --short "$hash")
    [ ! -e "$build_dir/built" ] || return 0
    echo "Building $build_name"
    mkdir -p "$build_dir"
    tree=$(mktemp -d)
    git -C "$source_dir" worktree add --quiet --detach --force "$tree/tree" "$hash"
    # shellcheck disable=SC2046
    (cd "$tree/tree" && cmake --preset release -B "$build_dir" -DMORTISE_BUILD_TESTS=ON >/dev/null &&
        cmake --build "$build_dir" --target $(bench_targets .)) || status=$?
    git -C "$source_dir" worktree remove --force "$tree/tree"
    rm -rf "$tree"
    [ "$status" = 0 ] || return "$status"
    touch "$build_dir/built"
}
