/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a plugin file says of itself to whoever does not run it: the host's lists and checks, and tools for packages.
 *
 * An ELF note (PT_NOTE; section .note.mortise, name "Mortise", type MORTISE_MANIFEST_NOTE) whose descriptor is one JSON
 * object in UTF-8, padded with NUL to a multiple of 4 bytes, at most MORTISE_MANIFEST_SIZE. A file has exactly one; a
 * file without one is not loaded. It says what the file's entry returns: before the host loads a plugin for the first
 * time it compares the two, and refuses a difference.
 *
 *   manifest          1
 *   id, version       as in mortise_module
 *   toolchain, licence  likewise; may be left out where they are empty there
 *   abi               {"draft": 2, "minor_built": 0, "minor_needed": 0}
 *   needs, may_use, provides   ids: required_services, optional_services, provided_services of mortise_module
 *   extension_points, extensions, filters   likewise
 *   example           true: MORTISE_MODULE_IN_EXAMPLE
 *   settings          objects in the order of mortise_module.settings:
 *       key, type         type: "boolean", "integer", "number", "text", "duration", "size", "list", "path", "choice"
 *       default           text as it would be written in a file; left out: only the plugin's code knows it
 *       text, unit, pattern, replaced_by   texts
 *       choices, environment               arrays of texts
 *       minimum, maximum                   numbers; integers but for a "number"
 *       minimum_length, maximum_length     integers
 *       secret, needs_restart, deprecated  true
 *
 * What is left out is empty, 0 or false; members that a host does not know are ignored, none may be there twice.
 */
#ifndef MORTISE_ABI_MANIFEST_H
#define MORTISE_ABI_MANIFEST_H

#include <mortise/abi/types.h>

#include <stdint.h>

/* since 1.0 */
#define MORTISE_MANIFEST_NOTE_NAME "Mortise"
#define MORTISE_MANIFEST_NOTE 1u
#define MORTISE_MANIFEST_SIZE 262144u /* bytes */

/* Of a variable: places it there for good, whatever a linker drops. */
/* since 1.0 */
#define MORTISE_MANIFEST_SECTION __attribute__((used, section(".note.mortise"), aligned(4)))

/* JSON as it stands, as the text for MORTISE_MANIFEST. */
/* since 1.0 */
#define MORTISE_JSON(...) #__VA_ARGS__

/* The member "abi" for these headers, as the text for MORTISE_MANIFEST; `needed` is the lowest minor, in digits. */
/* since 1.0 */
#define MORTISE_MANIFEST_ABI(needed)                                        \
    "\"abi\":{\"draft\":" MORTISE_MANIFEST_DIGITS(MORTISE_ABI_DRAFT)         \
    ",\"minor_built\":" MORTISE_MANIFEST_DIGITS(MORTISE_ABI_MINOR)           \
    ",\"minor_needed\":" MORTISE_MANIFEST_DIGITS(needed) "}"
#define MORTISE_MANIFEST_DIGITS(number) MORTISE_JSON(number)

/* Once in a plugin, at file scope: MORTISE_MANIFEST(MORTISE_JSON({"manifest": 1, "id": "com.example.hello", …}));
 * `json` is a literal. In C++ MORTISE_PLUGIN does it. */
/* since 1.0 */
#define MORTISE_MANIFEST(json)                     \
    MORTISE_MANIFEST_SECTION static const struct { \
        uint32_t name_size, size, type;            \
        char name[8];                              \
        char text[(sizeof(json) + 3) / 4 * 4];     \
    } mortise_manifest = {8, (sizeof(json) + 3) / 4 * 4, MORTISE_MANIFEST_NOTE, MORTISE_MANIFEST_NOTE_NAME, json}

#endif
