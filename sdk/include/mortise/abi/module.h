/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin file exports: one function per ABI major, which returns an immutable description of the plugin.
 */
#ifndef MORTISE_ABI_MODULE_H
#define MORTISE_ABI_MODULE_H

#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_SETTING_BOOLEAN 1u
#define MORTISE_SETTING_INTEGER 2u
#define MORTISE_SETTING_NUMBER 3u
#define MORTISE_SETTING_TEXT 4u
#define MORTISE_SETTING_DURATION 5u /* milliseconds; written 500ms, 30s, 5m, 2h, 7d */
#define MORTISE_SETTING_SIZE 6u     /* bytes; written 64KiB, 10MiB, 1GiB */
#define MORTISE_SETTING_LIST 7u     /* texts, written with commas between them */
#define MORTISE_SETTING_PATH 8u
#define MORTISE_SETTING_CHOICE 9u

/* since 1.0 */
#define MORTISE_SETTING_SECRET 1u        /* redacted everywhere; refused on a command line */
#define MORTISE_SETTING_HAS_RANGE 2u     /* minimum and maximum hold, or those of a NUMBER */
#define MORTISE_SETTING_NEEDS_RESTART 4u /* a reload that changes it warns that this needs a restart */
#define MORTISE_SETTING_DEPRECATED 8u    /* a value is warned of */

/* One setting of a plugin. Element of an array with a stride. */
typedef struct mortise_setting {
    /* since 1.0 */
    uint32_t type;             /* MORTISE_SETTING_BOOLEAN … */
    uint32_t flags;            /* MORTISE_SETTING_SECRET | … */
    mortise_view key;          /* lower case with underscores, unique in the plugin */
    mortise_view default_text; /* as it would be written in a file */
    mortise_view choices;      /* of a CHOICE: comma list */
    mortise_view unit;         /* unit of a bare number: "ms", "bytes", "requests" */
    mortise_view text;         /* one sentence for people */
    mortise_view pattern;      /* RE2; the whole of a TEXT, or of each item of a LIST, matches it; empty: any */
    mortise_view replaced_by;  /* of a DEPRECATED one: the key, of the same type, that its value is given to */
    mortise_view environment;  /* comma list of variables that set it besides MORTISE_…: "JWT_SECRET" */
    int64_t minimum;           /* of INTEGER, DURATION (ms), SIZE (bytes), LIST (items); INT64_MIN: none */
    int64_t maximum;           /* INT64_MAX: none */
    double number_minimum;     /* of NUMBER; -DBL_MAX: none */
    double number_maximum;     /* DBL_MAX: none */
    uint64_t minimum_length;   /* bytes of a TEXT or PATH that is not empty; 0: none */
    uint64_t maximum_length;   /* bytes of a TEXT, a PATH, or each item of a LIST; 0: none */
} mortise_setting;

/* since 1.0 */
#define MORTISE_MODULE_IN_EXAMPLE 1u /* the example configuration, which is what an installation begins with, enables it */

/* Immutable, with static storage: valid as long as the file is mapped. */
typedef struct mortise_module {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t abi_minor_built;  /* MORTISE_ABI_MINOR of the headers it was compiled with */
    uint32_t abi_minor_needed; /* the lowest minor it can live with */
    uint32_t flags;            /* MORTISE_MODULE_IN_EXAMPLE; a host refuses those that it does not know */
    mortise_view id;           /* reverse domain name: "com.example.hello" */
    mortise_view version;      /* semantic version of the plugin */
    mortise_view toolchain;    /* for people: compiler and standard library */
    mortise_view licence;      /* an SPDX expression, such as "Apache-2.0"; empty: not said */
    /* Ids such as "mortise.users/1": whatever of other plugins is used is named here, the host's own may be; so are the
     * extension points that it contributes to. A missing required one is a start error; a missing optional service reads
     * ABSENT, and nobody collects what is contributed to a missing optional point. */
    const mortise_view *required_services;
    const mortise_view *optional_services;
    /* Services that open_service of this plugin gives to others. Two providers of one are a start error, and so is one
     * that is the host's. */
    const mortise_view *provided_services;
    /* Extension points that it defines, see service/contributions.h. Two definers of one are a start error. */
    const mortise_view *extension_points;
    /* Extensions that get_extension gives whatever the settings are, such as "mortise.plugin.router/1". What is missing
     * here is used as well: it is for lists, and for hints such as whom to enable. */
    const mortise_view *extensions;
    /* Names of the filters that its mortise.plugin.filter/1 may have, whatever its settings: others order theirs by them,
     * also while this plugin is not enabled. A filter that is not named here is a start error. */
    const mortise_view *filters;
    const mortise_setting *settings;
    uint32_t required_service_count;
    uint32_t optional_service_count;
    uint32_t provided_service_count;
    uint32_t extension_point_count;
    uint32_t extension_count;
    uint32_t filter_count;
    uint32_t setting_count;
    uint32_t setting_size; /* sizeof(mortise_setting): the stride of `settings` */
    /* [control] Makes one instance and hands it out, or nothing. `host` lives until `destroy` has returned. No outside
     * effect. From it may be called: nothing. */
    mortise_status (*create)(const mortise_host *host, const mortise_plugin **plugin, mortise_error *error);
} mortise_module;

/* [any] The one exported function of a plugin file. Side-effect free; may be called in a process that then exits.
 * Returns NULL and leaves a message in `error` when it cannot live with `host_abi_minor`. From it may be called:
 * nothing. */
typedef const mortise_module *(*mortise_module_entry)(uint32_t host_abi_minor, mortise_error *error);
/* Its name, which changes with every draft and major: sources define the function by the macro. */
/* since 1.0 */
#define MORTISE_MODULE_ENTRY mortise_module_entry_v1_draft2
#define MORTISE_MODULE_ENTRY_NAME "mortise_module_entry_v1_draft2"

#if defined(__GNUC__)
/* since 1.0 */
#define MORTISE_EXPORT __attribute__((visibility("default")))
#else
#define MORTISE_EXPORT
#endif

#ifdef __cplusplus
}
#endif

#endif
