/* SPDX-License-Identifier: Apache-2.0 */
#include <mortise/abi/manifest.h>
#include <mortise/abi/module.h>
#include <mortise/service/exchange.h>
#include <mortise/service/routes.h>

#include <stdlib.h>
#include <string.h>

#define LITERAL(text) \
    { text, sizeof(text) - 1 }

typedef struct hello {
    const mortise_host *host;
    mortise_plugin plugin;
    mortise_service exchange;
    char *body;
    size_t body_size;
} hello;

static mortise_view view_of(const char *text) {
    mortise_view view = {text, strlen(text)};
    return view;
}

static mortise_status fail(mortise_error *error, const char *text) {
    size_t size = strlen(text);
    if (error != NULL && error->message != NULL) {
        if (size > error->capacity) size = error->capacity;
        memcpy(error->message, text, size);
        error->length = (uint32_t)size;
    }
    return MORTISE_ERROR;
}

/* [loop] */
static mortise_status handle(void *context, mortise_exchange exchange, const mortise_request *request) {
    const hello *self = context;
    const mortise_exchange_table *table = self->exchange.table;
    mortise_reply reply = {0};
    (void)request;
    reply.struct_size = sizeof reply;
    reply.status = 200;
    reply.flags = MORTISE_REPLY_JSON;
    reply.body.data = self->body;
    reply.body.size = self->body_size;
    table->reply(self->exchange.self, exchange, &reply);
    return MORTISE_REPLIED;
}

/* {"hello":"…"}; the setting's text may need escapes. */
static int make_body(hello *self, mortise_view name) {
    static const char head[] = "{\"hello\":\"";
    static const char hex[] = "0123456789abcdef";
    char *out = malloc(sizeof head + (size_t)name.size * 6 + 3);
    size_t at = sizeof head - 1;
    if (out == NULL) return 0;
    memcpy(out, head, at);
    for (uint64_t i = 0; i < name.size; ++i) {
        const unsigned char c = (unsigned char)name.data[i];
        if (c == '"' || c == '\\') {
            out[at++] = '\\';
            out[at++] = (char)c;
        } else if (c < 0x20) {
            memcpy(out + at, "\\u00", 4);
            out[at + 4] = hex[c >> 4];
            out[at + 5] = hex[c & 15];
            at += 6;
        } else {
            out[at++] = (char)c;
        }
    }
    out[at++] = '"';
    out[at++] = '}';
    free(self->body);
    self->body = out;
    self->body_size = at;
    return 1;
}

/* [control] */
static mortise_status configure(void *context, const mortise_configuration *configuration, mortise_error *error) {
    hello *self = context;
    const mortise_host *host = self->host;
    mortise_service routes = {NULL, NULL};
    const mortise_routes_table *table;
    mortise_route_response response = {200, 0, LITERAL("{\"type\":\"object\"}"), LITERAL("A greeting"), {NULL, 0}, NULL, 0, 0};
    mortise_route route = {0};

    if (host->get_service(host->context, view_of(MORTISE_EXCHANGE_SERVICE), &self->exchange, error) != MORTISE_OK ||
        host->get_service(host->context, view_of(MORTISE_ROUTES_SERVICE), &routes, error) != MORTISE_OK)
        return fail(error, "the host gives no " MORTISE_EXCHANGE_SERVICE " or no " MORTISE_ROUTES_SERVICE);
    if (configuration->value_count != 1) return fail(error, "one setting was declared");
    if (!make_body(self, configuration->values[0].text)) return fail(error, "out of memory");

    route.struct_size = sizeof route;
    route.placement = MORTISE_PLACEMENT_LOOP;
    route.method = view_of("GET");
    route.pattern = view_of("/c-hello");
    route.summary = view_of("Greets, in C");
    route.responses = &response;
    route.response_count = 1;
    route.response_size = sizeof response;
    route.handle = handle;
    route.context = self;
    table = routes.table;
    return table->add(routes.self, &route, error);
}

/* [control] */
static void destroy(void *context) {
    hello *self = context;
    free(self->body);
    free(self);
}

static const mortise_plugin_table functions = {
    .struct_size = sizeof functions,
    .configure = configure,
    .destroy = destroy,
};

/* [control] */
static mortise_status create(const mortise_host *host, const mortise_plugin **plugin, mortise_error *error) {
    hello *self = calloc(1, sizeof *self);
    if (self == NULL) return fail(error, "out of memory");
    self->host = host;
    self->plugin = MORTISE_INIT(mortise_plugin);
    self->plugin.self = self;
    self->plugin.table = &functions;
    *plugin = &self->plugin;
    return MORTISE_OK;
}

static const mortise_setting settings[] = {{
    .type = MORTISE_SETTING_TEXT,
    .key = LITERAL("greeting"),
    .default_text = LITERAL("world"),
    .text = LITERAL("Who is greeted."),
}};

/* The same for whoever does not run this file; the host compares both. */
MORTISE_MANIFEST("{" MORTISE_MANIFEST_ABI(0) "," MORTISE_JSON(
    "manifest": 1,
    "id": "org.mortise.examples.c-hello",
    "version": "1.0.0",
    "toolchain": "C11",
    "settings": [{"key": "greeting", "type": "text", "default": "world", "text": "Who is greeted."}]
) "}");

static const mortise_module module = {
    .struct_size = sizeof module,
    .abi_minor_built = MORTISE_ABI_MINOR,
    .abi_minor_needed = 0,
    .id = LITERAL("org.mortise.examples.c-hello"),
    .version = LITERAL("1.0.0"),
    .toolchain = LITERAL("C11"),
    .settings = settings,
    .setting_count = 1,
    .setting_size = sizeof(mortise_setting),
    .create = create,
};

MORTISE_EXPORT const mortise_module *MORTISE_MODULE_ENTRY(uint32_t host_abi_minor, mortise_error *error) {
    (void)host_abi_minor;
    (void)error;
    return &module;
}
