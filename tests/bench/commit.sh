# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Sourced by scripts that compare with another commit; $source_dir is the tree.

# bench_targets TREE [SCENARIO,...]: what is measured, of the plugins that the tree has; of `hello` and `pipelined` alone less.
# `conditional` and `compression` take no part, but filters name theirs: those have to be installed.
bench_targets() {
    local name plugins='routing logging health hello database users auth security-headers cors rate-limit conditional compression'
    case "${2-}" in
        hello | pipelined | hello,pipelined) plugins='routing logging health hello' ;;
        *) echo fixture_bench ;;
    esac
    echo mortised
    for name in $plugins; do
        [ ! -d "$1/plugins/$name" ] || echo "plugin_${name//-/_}"
    done
}

# bench_build_commit COMMIT [SCENARIO,...]: builds of that commit's preset `release` what these need, once; sets build_dir, its
# build folder, and build_name.
bench_build_commit() {
    local hash tree targets status=0
    hash=$(git -C "$source_dir" rev-parse -q --verify "$1^{commit}") || {
        echo "$1 is no commit of this repository (or the clone is too shallow)" >&2
        return 1
    }
    build_dir=$source_dir/build/commits/$hash
    build_name=$(git -C "$source_dir" rev-parse --short "$hash")
    tree=$(mktemp -d)
    git -C "$source_dir" worktree add --quiet --detach --force "$tree/tree" "$hash"
    targets=$(bench_targets "$tree/tree" "${2-}")
    # The build folder refers to a tree that is gone: what lacks a target is built from the beginning.
    if [ -n "$(comm -23 <(sort <<<"$targets") <(sort "$build_dir/built" 2>/dev/null))" ]; then
        echo "Building $build_name"
        rm -rf "$build_dir"
        # shellcheck disable=SC2086
        (cd "$tree/tree" && cmake --preset release -B "$build_dir" -DMORTISE_BUILD_TESTS=ON >/dev/null &&
            cmake --build "$build_dir" --target $targets && echo "$targets" >"$build_dir/built") || status=$?
    fi
    git -C "$source_dir" worktree remove --force "$tree/tree"
    rm -rf "$tree"
    return "$status"
}
