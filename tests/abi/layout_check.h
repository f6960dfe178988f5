/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asserts a layout table against the headers on the include path. LAYOUT_TABLE names the table; with LAYOUT_OLDER the
 * table is of an earlier release: structs may have grown at the tail since, nothing else may have changed.
 */
#include <mortise/abi/exchange.h>
#include <mortise/abi/json_node.h>
#include <mortise/abi/module.h>
#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>
#include <mortise/service/authenticator.h>
#include <mortise/service/clock.h>
#include <mortise/service/command.h>
#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/database.h>
#include <mortise/service/exchange.h>
#include <mortise/service/filter.h>
#include <mortise/service/graphql.h>
#include <mortise/service/handover.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/migrations.h>
#include <mortise/service/network.h>
#include <mortise/service/password.h>
#include <mortise/service/readiness.h>
#include <mortise/service/router.h>
#include <mortise/service/routes.h>
#include <mortise/service/sql_driver.h>
#include <mortise/service/task.h>
#include <mortise/service/timer.h>
#include <mortise/service/typed.h>
#include <mortise/service/users.h>

#include <stddef.h>

#ifdef __cplusplus
#include <type_traits>
#define LAYOUT_ASSERT(condition, text) static_assert(condition, text)
/* What crosses the boundary can be copied as bytes. */
#define LAYOUT_PLAIN(s) static_assert(std::is_standard_layout_v<s> && std::is_trivially_copyable_v<s>, #s)
#else
#define LAYOUT_ASSERT(condition, text) _Static_assert(condition, text)
#define LAYOUT_PLAIN(s) _Static_assert(1, #s)
#endif

#ifdef LAYOUT_OLDER
#define SIZE(s, n)                                  \
    LAYOUT_ASSERT(sizeof(s) >= (n), "size of " #s); \
    LAYOUT_PLAIN(s);
#else
#define SIZE(s, n)                                  \
    LAYOUT_ASSERT(sizeof(s) == (n), "size of " #s); \
    LAYOUT_PLAIN(s);
#endif
#define FIELD(s, f, at, n) LAYOUT_ASSERT(offsetof(s, f) == (at) && sizeof(((s*)0)->f) == (n), #s "." #f);

#include LAYOUT_TABLE
