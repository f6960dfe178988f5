# SPDX-License-Identifier: Apache-2.0
# bash completion for mortised

_mortised() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
    COMPREPLY=()
    case "$before" in
        -c | --config | --verify-plugin)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            compopt -o filenames 2>/dev/null
            return
            ;;
        --example-config)
            mapfile -t COMPREPLY < <(compgen -W "ini xml" -- "$word")
            return
            ;;
        -s | --set)
            mapfile -t COMPREPLY < <(compgen -S = -W "server.listen server.mode server.state_directory
                server.cache_directory server.plugin_directory server.filter_order" -- "$word")
            compopt -o nospace 2>/dev/null
            return
            ;;
        command)
            mapfile -t COMPREPLY < <(compgen -W "grant-admin revoke-admin" -- "$word")
            return
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "--config --set --check-config --print-config --list-plugins --order --example-config --verify-plugin
        --version --help command" -- "$word")
}
complete -F _mortised mortised
