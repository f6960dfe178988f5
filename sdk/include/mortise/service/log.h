/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mortise.log/1, given by the host: log records. mortise.plugin.log_sink/1, given by a plugin: where they go.
 *
 * The host bounds every record (64 fields, 16 KiB of text) and redacts it before any sink sees it: fields by their
 * names, and secrets inside of the message and of texts, such as passwords in URLs.
 */
#ifndef MORTISE_SERVICE_LOG_H
#define MORTISE_SERVICE_LOG_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_LOG_SERVICE "mortise.log/1"
#define MORTISE_LOG_SINK_EXTENSION "mortise.plugin.log_sink/1"

/* since 1.0 */
#define MORTISE_LOG_TRACE 10u
#define MORTISE_LOG_DEBUG 20u
#define MORTISE_LOG_INFO 30u
#define MORTISE_LOG_WARN 40u
#define MORTISE_LOG_ERROR 50u
#define MORTISE_LOG_FATAL 60u

/* since 1.0 */
#define MORTISE_LOG_FIELD_TEXT 0u
#define MORTISE_LOG_FIELD_INTEGER 1u
#define MORTISE_LOG_FIELD_NUMBER 2u
#define MORTISE_LOG_FIELD_BOOLEAN 3u /* in `integer` */

/* One field of a record. Frozen. */
typedef struct mortise_log_field {
    /* since 1.0 */
    mortise_view name;
    uint32_t kind;
    uint32_t reserved;
    int64_t integer;
    double number;
    mortise_view text;
} mortise_log_field;

typedef struct mortise_log_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] 1 when a record of that level would go anywhere. `logger` is a suffix to the instance's name, or empty. May
     * call back before it returns: `level` of the sink. */
    uint32_t (*enabled)(void *self, uint32_t level, mortise_view logger);
    /* [any] Never blocks. `exchange` adds requestId when not 0. May call back before it returns: `level` and `write` of
     * the sink; so may whatever else logs, and every function does that of what breaks a rule. */
    void (*write)(void *self, uint32_t level, mortise_view logger, mortise_view message,
                  const mortise_log_field *fields, uint32_t field_count, mortise_exchange exchange);
} mortise_log_table;

/* A record as a sink gets it: bounded and redacted. Borrowed for the call. */
typedef struct mortise_log_record {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t level;
    int64_t time_ms;     /* Unix time */
    mortise_view logger; /* "host.http", "users", "auth.tokens" */
    mortise_view message;
    const mortise_log_field *fields;
    uint32_t field_count;
    uint32_t reserved;
} mortise_log_record;

/* Sinks are process-wide: the newest is used from its publishing on; a replaced one is flushed. From each function may
 * be called: as tagged. What is logged meanwhile on that thread, by whatever it calls, goes to standard error. */
typedef struct mortise_plugin_log_sink {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [any] The lowest level that is kept for a logger. */
    uint32_t (*level)(void *self, mortise_view logger);
    /* [any] Never blocks; a record that does not fit is dropped and counted. */
    void (*write)(void *self, const mortise_log_record *record);
    /* [control] Until everything taken so far is written, or the deadline. */
    void (*flush)(void *self, uint64_t deadline_ms);
    /* [control] After a rotation from outside (SIGUSR1). */
    void (*reopen)(void *self);
} mortise_plugin_log_sink;

#ifdef __cplusplus
}
#endif

#endif
