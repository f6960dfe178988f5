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
        migrate)
            mapfile -t COMPREPLY < <(compgen -W "status plan up down" -- "$word")
            return
            ;;
        database)
            mapfile -t COMPREPLY < <(compgen -W "backup check restore" -- "$word")
            return
            ;;
        backup | restore | import | export)
            mapfile -t COMPREPLY < <(compgen -f -- "$word")
            compopt -o filenames 2>/dev/null
            return
            ;;
        users)
            mapfile -t COMPREPLY < <(compgen -W "export grant-admin import list revoke-admin" -- "$word")
            return
            ;;
    esac
    # migrate down PLUGIN NUMBER [--yes]
    if [[ " ${COMP_WORDS[*]} " == *" migrate down "* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "--yes" -- "$word")
        return
    fi
    mapfile -t COMPREPLY < <(compgen -W "--config --set --check-config --print-config --list-plugins --order --example-config --verify-plugin
        --version --help command database migrate users" -- "$word")
}
complete -F _mortised mortised
