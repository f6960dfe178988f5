# SPDX-License-Identifier: Apache-2.0
# Sourced by scripts: installs Debian packages, and only those that are not there.

# What building and running mortised needs.
mortise_build_packages="g++ cmake ninja-build pkg-config node-llhttp libpoco-dev libsimdjson-dev libre2-dev libcrypt-dev
    libssl-dev libsqlite3-dev libmariadb-dev zlib1g-dev libbrotli-dev libzstd-dev"

# mortise_install PACKAGE...
mortise_install() {
    command -v dpkg-query >/dev/null || {
        echo "This is no Debian system: please see to it that these are installed: $*" >&2
        return 0
    }
    local package missing=()
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    local -a root=()
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || {
            echo "Please install as root: apt-get install ${missing[*]}" >&2
            return 1
        }
        root=(sudo)
    fi
    echo "Installing ${missing[*]}"
    local -a apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0)
    "${apt[@]}" update >/dev/null || echo "apt-get update failed; trying with the lists that are here" >&2
    "${apt[@]}" install --no-install-recommends "${missing[@]}"
}
