/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.command/1, given by plugins: `mortised command NAME ARGUMENT…`, run in a process of its own that holds
 * the data lock, with every plugin started and nothing served.
 */
#ifndef MORTISE_SERVICE_COMMAND_H
#define MORTISE_SERVICE_COMMAND_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MORTISE_COMMAND_EXTENSION "mortise.plugin.command/1"

/* Where a command prints. */
typedef struct mortise_command_output {
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* [control] During `run`: standard output and standard error. No newline is added. */
    void (*print)(void *context, mortise_view text);
    void (*print_error)(void *context, mortise_view text);
} mortise_command_output;

typedef struct mortise_command {
    uint32_t struct_size;
    uint32_t reserved;
    mortise_view name;    /* "grant-admin", unique among all plugins */
    mortise_view usage;   /* "EMAIL" */
    mortise_view summary; /* one line for --help */
    /* [control] Without the usual deadline. Returns the exit code: 0, 1 failed, 64 usage. */
    int32_t (*run)(void *self, const mortise_view *arguments, uint32_t argument_count,
                   const mortise_command_output *output);
} mortise_command;

typedef struct mortise_plugin_command {
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] After configure. */
    uint32_t (*count)(void *self);
    const mortise_command *(*at)(void *self, uint32_t index);
} mortise_plugin_command;

#ifdef __cplusplus
}
#endif

#endif
