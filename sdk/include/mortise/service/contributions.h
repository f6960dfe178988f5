/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extension points that plugins define. mortise_module.extension_points of the definer names them, such as
 * "com.example.payments.provider/1"; what a contribution's table is, the definer's header says: a struct of its own, or
 * mortise_typed_table (typed.h), made from a description. mortise.contributions/1 is given by the host to all,
 * mortise.plugin.contributions/1 by the definer.
 *
 * Whoever contributes does so in `configure`. Once all instances of a generation are configured, the host has the definer
 * `build` one object for each of its points from all contributions to it; the object serves the requests of that generation,
 * and goes with it. A reload makes a new object whatever has changed, also where the definer is carried over.
 *
 * The module of whoever contributes names the point, as it names services of other plugins:
 *  - among required_services: without an enabled plugin that defines the point the start or the reload is rejected;
 *  - among optional_services: where no enabled plugin defines it, installed or not, nobody collects the contribution, which
 *    is logged at debug and shown by `mortised --list-plugins --order`;
 *  - not at all: it cannot contribute, but to a point of its own.
 * Neither makes anybody depend on anybody: definer and contributors start in any order, and are carried over a reload
 * without one another. An id is a service or an extension point, not both.
 */
#ifndef MORTISE_SERVICE_CONTRIBUTIONS_H
#define MORTISE_SERVICE_CONTRIBUTIONS_H

#include <mortise/abi/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* since 1.0 */
#define MORTISE_CONTRIBUTIONS_SERVICE "mortise.contributions/1"

typedef struct mortise_contributions_table {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] While `configure` runs: adds to `point`, under a name that nobody else has there. `table` is constant and
     * lives, as `contribution_self`, as long as the instance; `name` is copied. Where two contribute one name to a point the
     * start or the reload is rejected. MORTISE_INVALID with a message: not in `configure`, no name or no table, or the module
     * does not name the point. Does not call back. */
    mortise_status (*contribute)(void *self, mortise_view point, mortise_view name, const void *table,
                                 void *contribution_self, mortise_error *error);
    /* [any] Of a point that this plugin defines: the object that serves the request whose turn `exchange` is, whoever
     * has that turn; on an event loop any handle of the request will do. It stays until that turn is over.
     * MORTISE_ABSENT: that generation has none, MORTISE_STALE: the handle is not such a one, MORTISE_INVALID: the
     * plugin defines no such point. Does not call back. */
    mortise_status (*object)(void *self, mortise_exchange exchange, mortise_view point, void **object);
    /* [control] While `build` runs, for a point that is being built: its contribution `name` cannot be used; `message`
     * says why, without the name. Any number of times. `build` then fails, whatever it returns, and the operator gets
     * every refusal with the plugin that contributed. MORTISE_INVALID at another time. Does not call back. */
    mortise_status (*refuse)(void *self, mortise_view point, mortise_view name, mortise_view message);
    /* [any] As object, of no request: what serves now. It stays until `release` of `lease`, and so do the instances
     * whose contributions it was built from: none of them is stopped before, so that the lease is for one short piece
     * of work. MORTISE_ABSENT: nothing serves yet, or it has none; MORTISE_INVALID: the plugin defines no such point.
     * Does not call back. */
    mortise_status (*hold)(void *self, mortise_view point, void **object, void **lease);
    /* [any] Once for each `hold` that was MORTISE_OK. May call back before it returns: `free` of what the generation
     * was built of, when it is the last to look at it. */
    void (*release)(void *self, void *lease);
} mortise_contributions_table;

/* since 1.0 */
#define MORTISE_CONTRIBUTIONS_EXTENSION "mortise.plugin.contributions/1"

/* Of the list that `build` gets. Element of an array with a stride. */
typedef struct mortise_contribution {
    /* since 1.0 */
    mortise_view plugin; /* instance that contributed */
    mortise_view name;
    const void *table;
    void *self;
} mortise_contribution;

typedef struct mortise_plugin_contributions {
    /* since 1.0 */
    uint32_t struct_size;
    uint32_t reserved;
    /* [control] Makes the object of `point` for generation `generation` from `count` contributions, `size` bytes from
     * one to the next: providers before their users, those of one instance in the order that it gave them. Also with
     * none. No effect outside the object. From it may be called: as tagged, but no contribution, which may not have
     * started; that is for requests. May come while requests of another generation run. Views are borrowed for the
     * call; tables live as long as the object. A failure rejects the start or the reload, and its message says
     * why. */
    mortise_status (*build)(void *self, mortise_view point, const mortise_contribution *list, uint32_t count,
                            uint32_t size, uint64_t generation, void **object, mortise_error *error);
    /* [any] Once for each object that `build` made: no request of its generation is left, or that generation never
     * served. From it may be called: as tagged. It may come inside of a call of any plugin that is the last to look at
     * a generation. Before the instance's `destroy`, and after its `stop` where a turn lasted that long; never when it
     * missed a deadline. */
    void (*free)(void *self, mortise_view point, void *object);
} mortise_plugin_contributions;

#ifdef __cplusplus
}
#endif

#endif
