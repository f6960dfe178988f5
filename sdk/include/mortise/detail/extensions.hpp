// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/authenticator.hpp>
#include <mortise/commands.hpp>
#include <mortise/consumer.hpp>
#include <mortise/filters.hpp>
#include <mortise/guard.hpp>
#include <mortise/handover.hpp>
#include <mortise/log_sink.hpp>
#include <mortise/migrator.hpp>
#include <mortise/placement.hpp>
#include <mortise/readiness.hpp>
#include <mortise/router.hpp>
#include <mortise/service/loop.h>
#include <mortise/users_provider.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

// The C tables behind the interface classes. T is the author's class; `self` is a T*.

template<class T>
const mortise_plugin_router* routerTable() noexcept {
    static constexpr mortise_plugin_router table = {
        sizeof(mortise_plugin_router),
        0,
        [](void* self, const mortise_router_route* routes, std::uint32_t count, std::uint32_t size, void** matcher,
           mortise_error* error) {
            return guard(error,
                         [&] { *matcher = as<Router, T>(self).build(RouterRoutes(routes, count, size)).release(); });
        },
        [](const void* matcher, std::uint32_t method, mortise_view path,
           mortise_router_match* match) -> mortise_status {
            match->parameter_count = 0;
            return static_cast<const RouteMatcher*>(matcher)->match(method, text(path), *match) ? MORTISE_OK
                                                                                                : MORTISE_ABSENT;
        },
        [](void*, void* matcher) {
            guardQuietly([&] { delete static_cast<RouteMatcher*>(matcher); }, [](std::string_view) {});
        },
    };
    return &table;
}

template<class T>
mortise_status authenticate(const Runtime& runtime, void* self, mortise_exchange exchange, const mortise_request* raw,
                            const mortise_authentication* peer) noexcept {
    const mortise_authentication asked = adopt<mortise_authentication>(peer);
    ErrorText error;
    Request request(runtime, exchange, *raw);
    Verdict verdict(runtime, exchange, asked.need);
    mortise_status status = guard(error.raw(), [&]() -> mortise_status {
        as<Authenticator, T>(self).authenticate(request, verdict);
        if (verdict.deferred()) return MORTISE_PENDING;
        if (!verdict.decided()) throw Error("authenticate() came to no verdict");
        return MORTISE_OK;
    });
    // Called again it would come to a second verdict.
    if (status == MORTISE_BUSY && (verdict.decided() || verdict.deferred())) status = MORTISE_ERROR;
    if (status < 0 && status != MORTISE_BUSY) runtime.complain("Authentication failed", error.text(), exchange);
    return status;
}

template<class T>
const mortise_plugin_readiness* readinessTable() noexcept {
    static constexpr mortise_plugin_readiness table = {
        sizeof(mortise_plugin_readiness),
        0,
        [](void* self, mortise_error* error) { return guard(error, [&] { as<Readiness, T>(self).check(); }); },
    };
    return &table;
}

template<class T>
const mortise_plugin_log_sink* logSinkTable() noexcept {
    static constexpr mortise_plugin_log_sink table = {
        sizeof(mortise_plugin_log_sink),
        0,
        [](void* self, mortise_view logger) { return as<LogSink, T>(self).level(text(logger)); },
        [](void* self, const mortise_log_record* record) { as<LogSink, T>(self).write(*record); },
        [](void* self, std::uint64_t deadline) {
            as<LogSink, T>(self).flush(std::chrono::milliseconds(static_cast<std::int64_t>(deadline)));
        },
        [](void* self) { as<LogSink, T>(self).reopen(); },
    };
    return &table;
}

template<class T>
const mortise_plugin_migrator* migratorTable() noexcept {
    static constexpr mortise_plugin_migrator table = {
        sizeof(mortise_plugin_migrator),
        0,
        [](void* self, const mortise_migration* migrations, std::uint32_t count, std::uint32_t size,
           mortise_error* error) {
            return guard(error, [&] { as<Migrator, T>(self).migrate(Migrations(migrations, count, size)); });
        },
    };
    return &table;
}

template<class T>
const mortise_plugin_handover* handoverTable() noexcept {
    static constexpr mortise_plugin_handover table = {
        sizeof(mortise_plugin_handover),
        0,
        [](void* self, mortise_handover_receiver receive, void* context) {
            guardQuietly(
                [&] {
                    const std::string state = as<Handover, T>(self).give();
                    if (!state.empty()) receive(context, view(state));
                },
                [](std::string_view) {});
        },
        [](void* self, mortise_view state) {
            guardQuietly([&] { as<Handover, T>(self).take(text(state)); }, [](std::string_view) {});
        },
    };
    return &table;
}

template<class T>
const mortise_plugin_placement* placementTable() noexcept {
    static constexpr mortise_plugin_placement table = {
        sizeof(mortise_plugin_placement),
        0,
        [](void* self) -> std::uint32_t {
            bool allowed = false;
            guardQuietly([&] { allowed = as<Placement, T>(self).readsOnLoop(); }, [](std::string_view) {});
            return allowed ? 1 : 0;
        },
    };
    return &table;
}

// Services that are drafts, where a plugin includes them, are found by overloads with a better match. False: another.
template<class Of>
bool openDraft(Of, void*, std::string_view, const Consumer&, mortise_service&, ...) {
    return false;
}
template<class Of>
bool closeDraft(Of, void*, std::string_view, mortise_service, ...) {
    return false;
}

} // namespace detail
} // namespace v1
} // namespace mortise
