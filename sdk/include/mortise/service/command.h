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

/* since 1.0 */
#define MORTISE_COMMAND_EXTENSION "mortise.plugin.command/1"

/* Where a command prints. */
typedef struct mortise_command_output {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* [control] During `run`: standard output and standard error. No newline is added. */
    void (*print)(void *context, mortise_view text);
    void (*print_error)(void *context, mortise_view text);
} mortise_command_output;

/* Element of an array with a stride. */
typedef struct mortise_command {
    /* since 1.0 */
    mortise_view name;    /* "grant-admin", unique among all plugins */
    mortise_view usage;   /* "EMAIL" */
    mortise_view summary; /* one line for --help */
    /* [control] Without the usual deadline. Returns the exit code: 0, 1 failed, 64 usage. From it may be called:
     * everything that is [control], [worker] or [any]. */
    int32_t (*run)(void *context, const mortise_view *arguments, uint32_t argument_count,
                   const mortise_command_output *output);
    void *context;
} mortise_command;

/* Read once after `configure`; lives as long as the instance. */
typedef struct mortise_plugin_command {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t command_count;
    uint32_t command_size; /* stride */
    uint32_t reserved;
    const mortise_command *commands;
} mortise_plugin_command;

#ifdef __cplusplus
}
#endif

#endif
