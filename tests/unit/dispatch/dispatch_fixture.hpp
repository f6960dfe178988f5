// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dispatch/dispatcher.hpp"
#include "fake_environment.hpp"
#include "host/generation_builder.hpp"
#include "host/log_hub.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "http/body_budget.hpp"
#include "tests/support/memory_transport.hpp"
#include "tests/support/temporary_folder.hpp"

#include <mortise/service/authenticator.h>
#include <mortise/service/exchange.h>
#include <mortise/service/filter.h>
#include <mortise/service/router.h>
#include <mortise/service/routes.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::tests {

inline constexpr std::uint32_t onRequestPhases = 63;
inline constexpr std::uint32_t mayAll = MORTISE_FILTER_MAY_REPLY | MORTISE_FILTER_MAY_WAIT;

// All that a plugin was given with a request, as one text; reads every byte.
inline std::string readViews(const mortise_request& request) {
    std::string all;
    for (const mortise_view view : {request.method, request.target, request.path, request.query, request.request_id,
                                    request.client_address, request.body})
        all.append(host::text(view)).push_back('|');
    for (std::uint32_t i = 0; i < request.field_count; ++i)
        all.append(host::text(request.fields[i].name)).append(host::text(request.fields[i].value)).push_back('|');
    return all;
}

// A filter that does what the test says in one phase and passes in every other, and what was called of it.
struct FilterScript {
    std::string name;
    std::uint32_t phases = onRequestPhases | MORTISE_PHASE_RESPOND | MORTISE_PHASE_FINISH;
    std::uint32_t flags = 0;
    std::uint32_t acts = 0; // phases in which `act` is called
    std::function<mortise_status(mortise_exchange, const mortise_request&)> act;
    std::uint32_t placement = MORTISE_PLACEMENT_LOOP;
    std::function<void(mortise_response&)> onRespond;
    std::function<mortise_status(mortise_exchange, mortise_response&)> respond; // likewise, with what it returns
    const mortise_request* request = nullptr;                                   // that it last saw in on_respond
    std::vector<std::uint32_t> called;                                          // phases
    std::vector<std::uint32_t> responds;                                        // statuses
    std::vector<std::uint32_t> finished;                                        // statuses
    std::string seenAtFinish;                                                   // views
};

struct RouteScript {
    std::string pattern;
    std::string method = "GET";
    std::uint32_t placement = MORTISE_PLACEMENT_LOOP;
    std::uint32_t authentication = MORTISE_AUTHENTICATION_NONE;
    std::uint32_t flags = 0;
    std::string bodySchema;
};

// A plugin in this process. Written before the generation is built, and by the thread of its calls.
struct Plugin {
    std::string name;
    std::function<mortise_status(mortise_exchange, const mortise_request&)> handler;
    std::function<mortise_status(mortise_exchange, const mortise_request&)> authenticate;
    std::vector<std::unique_ptr<FilterScript>> filters;
    std::vector<RouteScript> routes;
    std::uint32_t authenticatorPlacement = MORTISE_PLACEMENT_LOOP;
    bool routing = false; // it is the router and the authenticator

    const mortise_host* host = nullptr;
    const mortise_exchange_table* exchange = nullptr;
    void* exchangeSelf = nullptr;
    std::atomic<int> released{0};

    // Terminal calls, as a real plugin makes them.
    mortise_status reply(mortise_exchange handle, std::uint32_t status = 209, std::string_view body = "own") {
        mortise_reply reply{};
        reply.struct_size = sizeof reply;
        reply.status = status;
        auto owned = std::make_unique<Lent>(Lent{*this, std::string(body)});
        reply.body = host::view(owned->bytes);
        reply.release = [](void* self) {
            Plugin& plugin = static_cast<Lent*>(self)->plugin;
            ++plugin.released;
            const std::lock_guard lock(plugin.lentMutex_);
            plugin.lent_.erase(static_cast<Lent*>(self));
        };
        reply.release_context = owned.get();
        {
            const std::lock_guard lock(lentMutex_);
            lent_.emplace(owned.get(), std::move(owned));
        }
        return exchange->reply(exchangeSelf, handle, &reply);
    }
    mortise_status beginStream(mortise_exchange handle) {
        mortise_reply reply{};
        reply.struct_size = sizeof reply;
        reply.status = 200;
        return exchange->begin_stream(exchangeSelf, handle, &reply);
    }
    mortise_status write(mortise_exchange handle, std::string_view data) {
        return exchange->write(exchangeSelf, handle, host::view(data));
    }
    mortise_status endStream(mortise_exchange handle, bool complete = true) {
        return exchange->end_stream(exchangeSelf, handle, complete ? 1 : 0);
    }
    mortise_status resume(mortise_exchange handle, mortise_status outcome = MORTISE_OK) {
        return exchange->resume(exchangeSelf, handle, outcome);
    }
    mortise_status accept(mortise_exchange handle) {
        mortise_principal principal{};
        principal.struct_size = sizeof principal;
        principal.id = host::view("u1");
        return exchange->accept(exchangeSelf, handle, &principal);
    }
    mortise_status reject(mortise_exchange handle) {
        return exchange->reject(exchangeSelf, handle, host::view("no"), host::view("Bearer"));
    }
    mortise_status beginCommit(mortise_exchange handle) { return exchange->begin_commit(exchangeSelf, handle); }
    std::uint64_t timeLeft(mortise_exchange handle) { return exchange->time_left(exchangeSelf, handle); }
    bool cancelled(mortise_exchange handle) { return exchange->cancelled(exchangeSelf, handle) != 0; }

    FilterScript& addFilter(std::string filterName, std::uint32_t flags) {
        filters.push_back(std::make_unique<FilterScript>());
        filters.back()->name = std::move(filterName);
        filters.back()->flags = flags;
        return *filters.back();
    }

    // What the host asks for.
    std::vector<mortise_filter> filterTables;
    mortise_plugin shown{};
    mortise_plugin_filter filterExtension{};
    mortise_plugin_router router{};
    std::vector<std::shared_ptr<void>> matchers; // here, since nobody frees those of a quarantined plugin
    mortise_plugin_authenticator authenticator{};

private:
    // Freed by its release and not later, so that whoever reads it after that is found; what is never released, as of a
    // plugin in quarantine, goes with the fixture.
    struct Lent {
        Plugin& plugin;
        std::string bytes;
    };
    std::mutex lentMutex_;
    std::map<const Lent*, std::unique_ptr<Lent>> lent_; // under lentMutex_
};

namespace fixture {

inline Plugin* (*maker)(std::string_view name) = nullptr; // the C type of `create` has no context

inline Plugin& of(void* self) {
    return *static_cast<Plugin*>(self);
}

inline FilterScript& scriptOf(void* context) {
    return *static_cast<FilterScript*>(context);
}
inline mortise_status onRequest(void* context, std::uint32_t phase, mortise_exchange handle,
                                const mortise_request* request, std::uint64_t*) {
    FilterScript& script = scriptOf(context);
    script.called.push_back(phase);
    return (script.acts & phase) != 0 ? script.act(handle, *request) : MORTISE_OK;
}
inline mortise_status onRespond(void* context, mortise_exchange handle, const mortise_request* request,
                                mortise_response* response, std::uint64_t*) {
    FilterScript& script = scriptOf(context);
    script.request = request;
    script.responds.push_back(response->status);
    if (script.onRespond) script.onRespond(*response);
    return script.respond ? script.respond(handle, *response) : MORTISE_OK;
}
inline void onFinish(void* context, mortise_exchange, const mortise_request* request, const mortise_finished* finished,
                     std::uint64_t*) {
    FilterScript& script = scriptOf(context);
    script.finished.push_back(finished->status);
    script.seenAtFinish = readViews(*request);
}
inline mortise_filter tableOf(FilterScript& script) {
    mortise_filter filter{};
    filter.context = &script;
    filter.phases = script.phases;
    filter.flags = script.flags;
    filter.placement = script.placement;
    filter.name = host::view(script.name);
    filter.on_request = onRequest;
    filter.on_respond = onRespond;
    filter.on_finish = onFinish;
    return filter;
}

struct Matcher {
    std::vector<std::pair<std::string, mortise_router_route>> routes;
};

inline mortise_status configure(void* self, const mortise_configuration*, mortise_error* error) {
    Plugin& plugin = of(self);
    mortise_service service{};
    plugin.host->get_service(plugin.host->context, host::view(MORTISE_EXCHANGE_SERVICE), &service, nullptr);
    plugin.exchange = static_cast<const mortise_exchange_table*>(service.table);
    plugin.exchangeSelf = service.self;
    plugin.host->get_service(plugin.host->context, host::view(MORTISE_ROUTES_SERVICE), &service, nullptr);
    const auto* const routes = static_cast<const mortise_routes_table*>(service.table);
    for (const RouteScript& script : plugin.routes) {
        mortise_route route{};
        route.struct_size = sizeof route;
        route.flags = script.flags;
        route.placement = script.placement;
        route.authentication = script.authentication;
        route.method = host::view(script.method);
        route.pattern = host::view(script.pattern);
        route.body_schema = host::view(script.bodySchema);
        route.handle = [](void* context, mortise_exchange handle, const mortise_request* request) {
            return of(context).handler(handle, *request);
        };
        route.context = self;
        if (const mortise_status status = routes->add(service.self, &route, error); status != MORTISE_OK) return status;
    }
    plugin.filterTables.clear();
    for (const auto& script : plugin.filters) plugin.filterTables.push_back(tableOf(*script));
    plugin.filterExtension = {sizeof(mortise_plugin_filter), static_cast<std::uint32_t>(plugin.filterTables.size()),
                              sizeof(mortise_filter), 0, plugin.filterTables.data()};
    plugin.router = {sizeof(mortise_plugin_router), 0,
                     [](void* me, const mortise_router_route* all, std::uint32_t count, std::uint32_t, void** matcher,
                        mortise_error*) {
                         const auto made = std::make_shared<Matcher>();
                         for (std::uint32_t i = 0; i < count; ++i)
                             made->routes.emplace_back(host::text(all[i].pattern), all[i]);
                         of(me).matchers.push_back(made);
                         *matcher = made.get();
                         return MORTISE_OK;
                     },
                     [](const void* matcher, std::uint32_t method, mortise_view path, mortise_router_match* match) {
                         for (const auto& [pattern, route] : static_cast<const Matcher*>(matcher)->routes)
                             if (route.method == method && pattern == host::text(path)) {
                                 match->route = route.route;
                                 match->parameter_count = 0;
                                 return MORTISE_OK;
                             }
                         return MORTISE_ABSENT;
                     },
                     [](void*, void*) {}};
    plugin.authenticator = {sizeof(mortise_plugin_authenticator), plugin.authenticatorPlacement,
                            [](void* me, mortise_exchange handle, const mortise_request* request,
                               const mortise_authentication*) { return of(me).authenticate(handle, *request); }};
    return MORTISE_OK;
}

inline const void* extension(void* self, mortise_view id) {
    Plugin& plugin = of(self);
    const std::string_view name = host::text(id);
    if (name == MORTISE_FILTER_EXTENSION) return &plugin.filterExtension;
    if (name == MORTISE_ROUTER_EXTENSION && plugin.routing) return &plugin.router;
    if (name == MORTISE_AUTHENTICATOR_EXTENSION && plugin.routing) return &plugin.authenticator;
    return nullptr;
}

inline mortise_status create(const mortise_host* host, const mortise_plugin** made, mortise_error*) {
    static constexpr mortise_plugin_table table{sizeof(mortise_plugin_table),
                                                0,
                                                configure,
                                                nullptr,
                                                nullptr,
                                                nullptr,
                                                nullptr,
                                                [](void*) {},
                                                extension,
                                                nullptr,
                                                nullptr};
    Plugin* const plugin = maker(host::text(host->instance_name));
    plugin->host = host;
    plugin->shown = {sizeof(mortise_plugin), 0, plugin, &table};
    *made = &plugin->shown;
    return MORTISE_OK;
}

} // namespace fixture

// A dispatcher with two plugins: "app" has the routes, the filters "turn" (does what the test says, may reply and wait)
// and "watch" (only looks), the router and the authenticator; "other" has nothing.
class DispatchFixture {
public:
    explicit DispatchFixture(host::ServingSettings theServing = {})
        : serving(theServing), runtime(log, settings(), table) {
        if (theServing.handlerTimeout == std::chrono::milliseconds(60'000))
            serving.handlerTimeout = std::chrono::milliseconds(1000);
        app.name = "app";
        app.routing = true;
        other.name = "other";
        turn = &app.addFilter("turn", mayAll);
        watch = &app.addFilter("watch", 0);
        watch->phases = MORTISE_PHASE_RESPOND | MORTISE_PHASE_FINISH;
        app.handler = [this](mortise_exchange handle, const mortise_request&) {
            app.reply(handle);
            return MORTISE_REPLIED;
        };
        app.authenticate = [this](mortise_exchange handle, const mortise_request&) {
            app.accept(handle);
            return MORTISE_OK;
        };
        app.routes = {
            {"/loop", "GET"},
            {"/worker", "GET", MORTISE_PLACEMENT_WORKER},
            {"/private", "GET", MORTISE_PLACEMENT_LOOP, MORTISE_AUTHENTICATION_REQUIRED},
            {"/body", "POST", MORTISE_PLACEMENT_LOOP, MORTISE_AUTHENTICATION_NONE, MORTISE_ROUTE_RAW_BODY},
            {"/upload", "POST", MORTISE_PLACEMENT_LOOP, MORTISE_AUTHENTICATION_NONE, MORTISE_ROUTE_MULTIPART}};
        dispatcher = std::make_unique<dispatch::Dispatcher>(runtime, table, bodies, environment);
    }
    ~DispatchFixture() {
        client.reset();
        dispatcher.reset();
    }
    DispatchFixture(const DispatchFixture&) = delete;
    DispatchFixture& operator=(const DispatchFixture&) = delete;

    // Builds a generation of both plugins and serves from it. Once.
    void serve() {
        host::BuildRequest request;
        request.number = ++number_;
        request.settings = config::Settings(
            {config::Section("server", {}), config::Section("plugin.app", {}), config::Section("plugin.other", {})});
        request.serving = serving;
        for (Plugin* const plugin : {&app, &other}) {
            mortise_module raw{};
            raw.struct_size = sizeof raw;
            raw.create = fixture::create;
            module::ModuleInfo info;
            info.id = "com.example." + plugin->name;
            info.version = "1.0.0";
            for (const auto& script : plugin->filters) info.filters.push_back(script->name);
            request.plugins.push_back(
                {plugin->name, std::make_shared<const module::Module>("/plugins/" + plugin->name, "",
                                                                      base::Sha256Digest{}, info, raw)});
        }
        current = this;
        fixture::maker = [](std::string_view name) { return name == "app" ? &current->app : &current->other; };
        host::GenerationBuilder builder(runtime, std::move(request));
        if (!builder.configure(false) || !builder.start()) throw std::runtime_error("no generation");
        for (const auto& instance : builder.fresh()) instance->activate();
        publish(builder.take());
    }
    // Nothing is served from here on, as after a reload to no plugins.
    void reload() { publish(std::make_shared<host::Generation>(++number_, config::Settings{}, serving)); }
    void close() {
        const auto empty = std::make_shared<host::Generation>(++number_, config::Settings{}, serving);
        dispatcher->close(std::make_shared<const dispatch::Plan>(empty, empty));
    }

    MemoryTransport& connect() {
        client = std::make_unique<MemoryTransport>(*dispatcher);
        return *client;
    }
    int get(std::string_view target) {
        connect().get(target, "X-Secret: of this client\r\n");
        return client->sent().status;
    }
    // Whether no request holds a lease.
    bool isIdle() {
        bool idle = false;
        dispatcher->whenIdle([&idle] { idle = true; });
        dispatcher->whenIdle({});
        return idle;
    }
    host::Instance& instance(std::string_view name) { return *first->find(name); }
    // As by a control call that missed its deadline.
    void quarantine(std::string_view name) {
        const auto gate = std::make_shared<Gate>();
        instance(name).control("test", std::chrono::milliseconds(1), [gate](host::Instance&) { gate->pass(); });
        gate->open();
    }

    TemporaryFolder folder;
    host::LogHub log{base::Level::fatal};
    dispatch::ExchangeTable table;
    host::ServingSettings serving;
    host::Runtime runtime;
    FakeEnvironment environment;
    http::BodyBudget bodies;
    Plugin app;
    Plugin other;
    FilterScript* turn;
    FilterScript* watch;
    std::shared_ptr<host::Generation> first; // the data of the first one
    std::weak_ptr<host::Generation> lease;   // of the first one
    std::unique_ptr<dispatch::Dispatcher> dispatcher;
    std::unique_ptr<MemoryTransport> client;

private:
    inline static DispatchFixture* current = nullptr;

    void publish(std::shared_ptr<host::Generation> made) {
        const std::shared_ptr<host::Generation> leased(made.get(), [made](host::Generation*) {});
        if (first == nullptr) {
            first = made;
            lease = leased;
        }
        dispatcher->publish(std::make_shared<const dispatch::Plan>(leased, made));
    }
    host::RuntimeSettings settings() {
        host::RuntimeSettings made;
        made.stateDirectory = made.cacheDirectory = made.runtimeDirectory = folder.path().string();
        made.writeTimeout = std::chrono::milliseconds(200);
        made.workers.threads = made.hashing.threads = made.uploadWorkers.threads = 1;
        made.uploads.directory = folder.path().string();
        return made;
    }

    std::uint64_t number_ = 0;
};

} // namespace mortise::tests
