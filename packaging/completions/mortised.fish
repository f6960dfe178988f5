# SPDX-License-Identifier: Apache-2.0
# fish completion for mortised
complete -c mortised -s c -l config -r -d 'configuration file or folder'
complete -c mortised -s s -l set -x -d 'set one value above all files and variables'
complete -c mortised -l check-config -d 'report all faults of the configuration'
complete -c mortised -l print-config -d 'show every setting and where it comes from'
complete -c mortised -l list-plugins -d 'show the plugin files that are found'
complete -c mortised -l order -d 'with --list-plugins: in the order they are started in, and the filters'
complete -c mortised -l example-config -xa 'ini xml' -d 'write a complete commented configuration'
complete -c mortised -l verify-plugin -r -d 'check one plugin file'
complete -c mortised -s V -l version -d 'show the version'
complete -c mortised -s h -l help -d 'show the help'
complete -c mortised -n __fish_use_subcommand -xa command -d 'run a command of a plugin'
complete -c mortised -n '__fish_seen_subcommand_from command' -xa 'grant-admin revoke-admin'
