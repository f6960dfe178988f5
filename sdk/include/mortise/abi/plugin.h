/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin's instance and its life:
 *
 *   create → configure → start → activate → (handlers run) → drain → stop → destroy
 *
 * `configure` validates the settings and declares routes, filters and the like; it has no effect outside the instance, so
 * that a configuration check can run it. `start` opens what is needed. The instance serves once its generation is
 * published; background work begins in `activate`, after that. `destroy` is legal after any failure and without `stop`
 * when `start` was never called or failed.
 */
#ifndef MORTISE_ABI_PLUGIN_H
#define MORTISE_ABI_PLUGIN_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A table of functions with the object they work on. Every function of a table takes `self` first. */
typedef struct mortise_service {
    uint32_t struct_size;
    uint32_t reserved;
    const void *table; /* starts with uint32_t struct_size */
    void *self;
} mortise_service;

/* What the host gives to an instance. Lives until the instance's `destroy` has returned. */
typedef struct mortise_host {
    uint32_t struct_size;
    uint32_t abi_minor; /* of the host */
    void *context;      /* to be handed back to the functions below */
    mortise_view instance_name; /* as in the configuration: "rate-limit" of [plugin.rate-limit] */
    /* [any], from `configure` on. Fills `service` and returns MORTISE_OK, or MORTISE_ABSENT. A service of another plugin
     * is there only when this module names it as required or optional; call it only from `start` on. */
    mortise_status (*get_service)(void *context, mortise_view id, mortise_service *service);
    /* [control] While `configure` runs: the value of setting `key` cannot be used; `reason` says why and what would do
     * ("'foo' is no network; write an address or address/bits"), without the key and never with the value of a secret.
     * Any number of times. `configure` then fails, whatever it returns, and the operator gets every mistake with the
     * place where the value stands. MORTISE_INVALID at another time or for a key that the module does not declare. */
    mortise_status (*refuse_setting)(void *context, mortise_view key, mortise_view reason);
} mortise_host;

/* The value of one setting, checked against its declaration. Frozen stride; same order as mortise_module.settings. */
typedef struct mortise_setting_value {
    mortise_view text;         /* canonical text; of CHOICE, TEXT and PATH the value itself */
    int64_t integer;           /* BOOLEAN 0 or 1, INTEGER, DURATION in ms, SIZE in bytes */
    double number;             /* NUMBER, and `integer` converted */
    const mortise_view *items; /* LIST */
    uint64_t item_count;
    uint64_t is_default;       /* 1 when nobody set it */
} mortise_setting_value;

/* What `configure` is told. Borrowed for the call. */
typedef struct mortise_configuration {
    uint32_t struct_size;
    uint32_t value_count;
    const mortise_setting_value *values;
    mortise_view state_directory; /* absolute; where `start` may keep files */
    uint32_t development;         /* 1 in development mode */
    uint32_t check_only;          /* 1 when nothing will be started */
} mortise_configuration;

/* The functions of an instance. Any of them but `destroy` may be NULL: nothing to do. */
typedef struct mortise_plugin_table {
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] */
    mortise_status (*configure)(void *self, const mortise_configuration *configuration, mortise_error *error);
    /* [control] */
    mortise_status (*start)(void *self, mortise_error *error);
    /* [control] Cannot fail: the generation is published. */
    void (*activate)(void *self);
    /* [control] No new request comes; finish what is open within `deadline_ms`. Not called when no time is left. */
    void (*drain)(void *self, uint64_t deadline_ms);
    /* [control] Close everything and join every thread. What was still open has been answered 503 by the host. */
    void (*stop)(void *self);
    /* [control] */
    void (*destroy)(void *self);
    /* [control] The table of an extension ("mortise.plugin.router/1") or of a provided service ("mortise.users/1"), or
     * NULL. Asked after `configure`; its functions are called with `self`. Immutable, lives as long as the instance. */
    const void *(*get_extension)(void *self, mortise_view id);
} mortise_plugin_table;

/* Filled by mortise_module.create. */
typedef struct mortise_plugin {
    uint32_t struct_size;
    uint32_t reserved;
    void *self;
    const mortise_plugin_table *table;
} mortise_plugin;

#ifdef __cplusplus
}
#endif

#endif
