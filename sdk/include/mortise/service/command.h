/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.plugin.command/1, given by plugins: `mortised PLUGIN COMMAND ARGUMENT…`. PLUGIN is the instance's name. The
 * host prints lists and usage, runs the command and stays its client: in the running server where there is one and the
 * command may run there, else in a process of its own that holds the data lock.
 */
#ifndef MORTISE_SERVICE_COMMAND_H
#define MORTISE_SERVICE_COMMAND_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_COMMAND_EXTENSION "mortise.plugin.command/1"

/* Flags of a command. */
/* since 1.0 */
#define MORTISE_COMMAND_RUNNING_SERVER 1u /* may run in the server, beside requests; else that must be stopped first */
#define MORTISE_COMMAND_UNSTARTED 2u      /* in a process of its own: no plugin is started, services are absent */

/* Modes of `open_file`. */
/* since 1.0 */
#define MORTISE_COMMAND_FILE_READ 0u
#define MORTISE_COMMAND_FILE_CREATE 1u  /* a new file; there is none by that name when it gets it */
#define MORTISE_COMMAND_FILE_REPLACE 2u /* a new file, in the place of one that may be there */

/* Whoever called the command, at the terminal. Its functions are called on the thread of `run` only, until it returns;
 * they wait for a client that is slow up to `server.write_timeout`, and do nothing once it is gone. */
typedef struct mortise_command_session {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    void *context;
    /* [worker] To standard output and standard error. No newline is added. */
    void (*print)(void *context, mortise_view text);
    void (*print_error)(void *context, mortise_view text);
    /* [worker] How much is done: of `total` `unit`s ("rows", "bytes"), 0 where that is unknown. Cheap: it is shown some
     * times a second, whatever the number of calls. */
    void (*progress)(void *context, uint64_t done, uint64_t total, mortise_view unit);
    /* [worker] 1 once nobody wants the result: interrupted at the terminal, the client is gone, the server stops, or
     * the instance is replaced and its time is over. The command then undoes or completes its step and returns. Cheap
     * enough for each row. */
    uint32_t (*cancelled)(void *context);
    /* [worker] Opens a file where the command was called, with the rights and the working directory of who called it,
     * however little the server may do. `path` is one of the arguments or what follows the '=' of one (`--to=PATH`); of
     * MORTISE_COMMAND_FILE_CREATE it may also be one of them, a '.' and a word ("users.csv.rejects"). Others are
     * refused. "-" is standard input or output. `descriptor` is the caller's to close; that of a pipe may block, so
     * poll it and look at `cancelled`. What is written has its name, durably, once `commit_file` has returned
     * MORTISE_OK, and is removed when `run` returns before. Mode of a new file: 0600. MORTISE_ERROR with a message: it
     * cannot be opened. */
    mortise_status (*open_file)(void *context, mortise_view path, uint32_t mode, int32_t *descriptor,
                                mortise_error *error);
    /* [worker] `descriptor` is one of `open_file`, not closed yet. MORTISE_ERROR with a message: the file has not got
     * its name. */
    mortise_status (*commit_file)(void *context, int32_t descriptor, mortise_error *error);
} mortise_command_session;

/* Element of an array with a stride. */
typedef struct mortise_command {
    /* since 1.0 */
    mortise_view name;    /* "grant-admin": a-z, 0-9 and hyphens; unique in its plugin */
    mortise_view usage;   /* "EMAIL", what follows the name; the host puts the rest before it */
    mortise_view summary; /* one line */
    /* [control] Without the usual deadline. With MORTISE_COMMAND_RUNNING_SERVER, in the server, as [worker]: on its own
     * thread, beside requests and itself. Returns the exit code, 0 to 255: 0, 1 failed, 64 wrong arguments, after
     * which the host prints the usage; another number is reported and becomes 1. From it may be called: as tagged. */
    int32_t (*run)(void *context, const mortise_view *arguments, uint32_t argument_count,
                   const mortise_command_session *session);
    void *context;
    uint32_t flags; /* MORTISE_COMMAND_… */
    uint32_t reserved;
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
