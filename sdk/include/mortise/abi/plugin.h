/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's instance and its life:
 *
 *   create → configure → start → activate → (handlers run) → drain → stop → destroy
 *
 * `configure` validates the settings and declares routes, filters and the like; it has no effect outside the instance,
 * so that a configuration check can run it. `start` opens what is needed. The instance serves once its generation is
 * published; background work begins in `activate`, after that. `destroy` is legal after any failure and without `stop`
 * when `start` was never called or failed. Services of other plugins are opened right before `start` and closed right
 * after `stop`.
 */
#ifndef MORTISE_ABI_PLUGIN_H
#define MORTISE_ABI_PLUGIN_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table of functions with the object they work on. Every function of a table takes `self` first. Frozen. */
typedef struct mortise_service {
    /* since 1.0 */
    const void *table; /* starts with uint32_t struct_size; constant */
    void *self;
} mortise_service;

/* What the host gives to an instance. Lives until the instance's `destroy` has returned. */
typedef struct mortise_host {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t abi_minor;         /* of the host */
    void *context;              /* to be handed back to the functions below */
    mortise_view instance_name; /* as in the configuration: "rate-limit" of [plugin.rate-limit] */
    /* [any] Fills `service` and returns MORTISE_OK. The host's own services are there from `configure` on and need not
     * be named by the module (a required one that this host does not have fails the start). Those of other plugins are
     * there from `start` (of a migrator: `migrate`) until `stop` has returned, to modules that name them as required or
     * optional. MORTISE_ABSENT, also before `start`: named as optional, but no enabled plugin provides it; or its
     * provider refused. MORTISE_INVALID with a message: not named, or not the time. Does not call back. */
    mortise_status (*get_service)(void *context, mortise_view id, mortise_service *service, mortise_error *error);
    /* [control] While `configure` runs: the value of setting `key` cannot be used; `message` says why and what would do
     * ("'foo' is no network; write an address or address/bits"), without the key and never with the value of a secret.
     * Any number of times. `configure` then fails, whatever it returns, and the operator gets every mistake with the
     * place where the value stands. MORTISE_INVALID at another time or for a key that the module does not declare. */
    mortise_status (*refuse_setting)(void *context, mortise_view key, mortise_view message);
} mortise_host;

/* The value of one setting, checked against its declaration. Element of an array with a stride. */
typedef struct mortise_setting_value {
    /* since 1.0 */
    mortise_view text;         /* canonical text; of CHOICE, TEXT and PATH the value itself */
    int64_t integer;           /* BOOLEAN 0 or 1, INTEGER, DURATION in ms, SIZE in bytes */
    double number;             /* NUMBER, and `integer` converted */
    const mortise_view *items; /* LIST */
    uint64_t item_count;
    uint64_t is_default; /* 1 when nobody set it */
} mortise_setting_value;

/* What `configure` is told. Borrowed for the call. */
typedef struct mortise_configuration {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t value_count;
    uint32_t value_size;  /* bytes from one value to the next */
    uint32_t development; /* 1 in development mode */
    uint32_t check_only;  /* 1 when nothing will be started */
    uint32_t reserved;
    const mortise_setting_value *values; /* in the order of mortise_module.settings */
    /* This instance's own folders, absolute. The host makes them right before `start`, mode 0700, never in check modes.
     */
    mortise_view state_folder;         /* survives restarts */
    mortise_view cache_folder;         /* may be emptied while the server is stopped */
    mortise_view runtime_folder;       /* for sockets and the like; empty when the server starts */
    mortise_view configuration_folder; /* absolute; of the main configuration file. Relative PATH settings start there
                                        * and are absolute in `values`. */
} mortise_configuration;

/* An instance that is given a service of another plugin. Borrowed for the call. */
typedef struct mortise_consumer {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    mortise_view instance_name; /* as in the configuration */
    mortise_view module_id;     /* "com.example.shop" */
    mortise_view version;       /* of that module */
    uint64_t number;            /* the instance's, never used again in this process */
} mortise_consumer;

/* The functions of an instance. Any of them but `destroy` may be NULL: nothing to do; of a module that provides
 * services `open_service` may not. From each may be called: as tagged. */
typedef struct mortise_plugin_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] */
    mortise_status (*configure)(void *self, const mortise_configuration *configuration, mortise_error *error);
    /* [control] When it fails, nothing of the instance runs any more: `destroy` is what follows. */
    mortise_status (*start)(void *self, mortise_error *error);
    /* [control] Cannot fail: the generation is published. */
    void (*activate)(void *self);
    /* [control] No new request comes; finish what is open within `deadline_ms`. Not called when no time is left. */
    void (*drain)(void *self, uint64_t deadline_ms);
    /* [control] Close everything and join every thread. What was still open has been answered 503 by the host. */
    void (*stop)(void *self);
    /* [control] */
    void (*destroy)(void *self);
    /* [control] The table of an extension ("mortise.plugin.router/1"), or NULL. Asked after `configure`; its functions
     * are called with `self`. Immutable, lives as long as the instance. */
    const void *(*get_extension)(void *self, mortise_view id);
    /* [control] Fills `service` with provided service `id` as this consumer gets it, with a `self` of its own or one
     * that all share, and returns MORTISE_OK. Anything else refuses, with a message: a consumer that requires the
     * service does not start then, to one that may do without it is absent. Called by the host after this instance's
     * `start`, right before the consumer's, once for each service that the consumer's module names; in check modes
     * never. */
    mortise_status (*open_service)(void *self, mortise_view id, const mortise_consumer *consumer,
                                   mortise_service *service, mortise_error *error);
    /* [control] The consumer does not call `service` any more: its `stop` has returned or its `start` has failed, and
     * its `destroy` follows. Once for each open_service that returned MORTISE_OK, the last one first, before this
     * instance's `stop`; never for a consumer that missed a deadline, for it may be calling yet. */
    void (*close_service)(void *self, mortise_view id, mortise_service service);
} mortise_plugin_table;

/* One instance. The plugin's, which keeps it unchanged until `destroy`. */
typedef struct mortise_plugin {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    void *self;
    const mortise_plugin_table *table;
} mortise_plugin;

#ifdef __cplusplus
}
#endif

#endif
