/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Extension points that plugins define. mortise_module.extension_points of the definer names them, such as
 * "com.example.payments.provider/1"; what a contribution's table is, the definer's header says. mortise.contributions/1 is
 * given by the host to all, mortise.plugin.contributions/1 by the definer.
 *
 * Whoever contributes does so in `configure`. Once all instances of a generation are configured, the host has the definer
 * `build` one object for each of its points from all contributions to it; the object serves the requests of that generation,
 * and goes with it. A reload makes a new object whatever has changed, also where the definer is carried over.
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
     * lives, as `contribution_self`, as long as the instance; `name` is copied. It makes nobody depend on anybody: definer
     * and contributors start in any order. Where the point's definer is not enabled, nobody collects it; where no installed
     * plugin defines the point, or two contribute one name to it, the start or the reload is rejected. MORTISE_INVALID with a
     * message: not in `configure`, no name or no table. Does not call back. */
    mortise_status (*contribute)(void *self, mortise_view point, mortise_view name, const void *table,
                                 void *contribution_self, mortise_error *error);
    /* [any] Of a point that this plugin defines: the object that serves the request whose turn `exchange` is, whoever has
     * that turn; on an event loop any handle of the request will do. It stays until that turn is over. MORTISE_ABSENT: that
     * generation has none, MORTISE_STALE: the handle is not such a one, MORTISE_INVALID: the plugin defines no such point.
     * Does not call back. */
    mortise_status (*object)(void *self, mortise_exchange exchange, mortise_view point, void **object);
    /* [control] While `build` runs, for a point that is being built: its contribution `name` cannot be used; `message` says
     * why, without the name. Any number of times. `build` then fails, whatever it returns, and the operator gets every
     * refusal with the plugin that contributed. MORTISE_INVALID at another time. Does not call back. */
    mortise_status (*refuse)(void *self, mortise_view point, mortise_view name, mortise_view message);
} mortise_contributions_table;

/* since 1.0 */
#define MORTISE_CONTRIBUTIONS_EXTENSION "mortise.plugin.contributions/1"

/* An element of the list that `build` gets. */
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
    /* [control] Makes the object of `point` for generation `generation` from `count` contributions, `size` bytes from one to
     * the next: providers before their users, those of one instance in the order that it gave them. Also with none. No effect
     * outside the object, and no call of a contribution, which may not have started; that is for requests. May come while
     * requests of another generation run. Views are borrowed for the call; tables live as long as the object. A failure
     * rejects the start or the reload, and its message tells the operator why. */
    mortise_status (*build)(void *self, mortise_view point, const mortise_contribution *list, uint32_t count, uint32_t size,
                            uint64_t generation, void **object, mortise_error *error);
    /* [any] Once for each object that `build` made: no request of its generation is left, or that generation never served.
     * Before the instance's `destroy`, and after its `stop` where a turn lasted that long; never when it missed a deadline. */
    void (*free)(void *self, mortise_view point, void *object);
} mortise_plugin_contributions;

#ifdef __cplusplus
}
#endif

#endif
