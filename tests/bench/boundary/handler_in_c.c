/* SPDX-License-Identifier: Apache-2.0 */
/* GET /empty: 204, and nothing else. */
#include <mortise/abi/plugin.h>

static mortise_status configure(void *self, const mortise_configuration *configuration, mortise_error *error);

#define MINIMAL_ID "org.mortise.bench.handler-in-c"
#define MINIMAL_CONFIGURE configure
#include "tests/fixtures/plugins/minimal.h"

#include <mortise/service/exchange.h>
#include <mortise/service/routes.h>

static const mortise_exchange_table *exchanges;
static void *exchanges_self;

static mortise_status handle(void *context, mortise_exchange exchange, const mortise_request *request) {
    mortise_reply reply = MORTISE_INIT(mortise_reply);
    (void)context;
    (void)request;
    reply.status = 204;
    exchanges->reply(exchanges_self, exchange, &reply);
    return MORTISE_REPLIED;
}

static mortise_status configure(void *self, const mortise_configuration *configuration, mortise_error *error) {
    const mortise_view routes_id = LITERAL(MORTISE_ROUTES_SERVICE);
    const mortise_view exchange_id = LITERAL(MORTISE_EXCHANGE_SERVICE);
    const mortise_view method = LITERAL("GET");
    const mortise_view pattern = LITERAL("/empty");
    mortise_service routes = {NULL, NULL};
    mortise_service exchange = {NULL, NULL};
    mortise_route route = MORTISE_INIT(mortise_route);
    (void)self;
    (void)configuration;
    if (minimal_host->get_service(minimal_host->context, routes_id, &routes, NULL) != MORTISE_OK ||
        minimal_host->get_service(minimal_host->context, exchange_id, &exchange, NULL) != MORTISE_OK)
        return MORTISE_ERROR;
    exchanges = exchange.table;
    exchanges_self = exchange.self;
    route.method = method;
    route.pattern = pattern;
    route.handle = handle;
    return ((const mortise_routes_table *)routes.table)->add(routes.self, &route, error);
}
