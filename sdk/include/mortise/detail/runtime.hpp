// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/owned.hpp>
#include <mortise/detail/service.hpp>
#include <mortise/detail/texts.hpp>
#include <mortise/service/clock.h>
#include <mortise/service/contributions.h>
#include <mortise/service/exchange.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/routes.h>

#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

class PluginBase;

namespace detail {

struct RouteDeclaration;
class RouteReplies;

// A typed service that an instance offers, or a typed contribution, see typed_service.hpp.
struct OfferedService {
    virtual ~OfferedService() = default;
    virtual std::string_view id() const noexcept = 0;
    virtual mortise_service open() = 0;
};

// What an instance declares for one extension that is no interface class's, in the header that can declare it; made
// when something is.
struct Declarations {
    // Whether the plugin names the service in needs<>().
    using IsNeeded = bool (*)(std::string_view service);

    virtual ~Declarations() = default;
    virtual std::string_view extension() const noexcept = 0;
    // After `configure`: what is wrong, for the operator; empty: nothing.
    virtual std::string fault() const { return {}; }
    // After that: what was declared gets its C form.
    virtual void seal() = 0;
    // From there on, valid as long as the instance; null where the extension is not given.
    virtual const void* table() const noexcept = 0;
    // Before the plugin's own `start`. Throwing fails it.
    virtual void start(const mortise_host&, IsNeeded) {}
};

// What an instance keeps for its whole life: the host, its services, and what it declared. Written by its constructor
// and `configure` only, read from any thread afterwards.
struct Runtime {
    const mortise_host* host = nullptr;
    std::string stateFolder;
    std::string cacheFolder;
    std::string runtimeFolder;
    std::string configurationFolder;
    bool development = false;
    bool checkOnly = false;

    Service<mortise_exchange_table> exchange;
    Service<mortise_log_table> log;
    Service<mortise_routes_table> routes;
    Service<mortise_clock_table> clock;
    Service<mortise_loop_table> loop;
    Service<mortise_contributions_table> contributions;

    PluginBase* plugin = nullptr;
    Texts texts;                                              // storage of views that live as long as the instance
    std::vector<Owned<RouteDeclaration>> routesBeingDeclared; // by configure, empty afterwards
    std::vector<Owned<RouteReplies>> routeReplies;
    std::vector<Owned<Declarations>> declared;
    std::vector<Owned<OfferedService>> offered;
    std::vector<Owned<OfferedService>> contributed;

    Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;
    ~Runtime();

    void attach(const mortise_host* given) noexcept {
        host = given;
        exchange = resolve<mortise_exchange_table>(host, MORTISE_EXCHANGE_SERVICE);
        log = resolve<mortise_log_table>(host, MORTISE_LOG_SERVICE);
        routes = resolve<mortise_routes_table>(host, MORTISE_ROUTES_SERVICE);
        clock = resolve<mortise_clock_table>(host, MORTISE_CLOCK_SERVICE);
        loop = resolve<mortise_loop_table>(host, MORTISE_LOOP_SERVICE);
        contributions = resolve<mortise_contributions_table>(host, MORTISE_CONTRIBUTIONS_SERVICE);
    }

    mortise_view keep(std::string_view text) { return texts.keep(text); }

    // What is declared for the extension of this list; made with the first.
    template<class List>
    List& declarations() {
        for (const auto& one : declared)
            if (one->extension() == List::id) return static_cast<List&>(*one);
        declared.push_back(Owned<List>::make(*this));
        return static_cast<List&>(*declared.back());
    }

    bool onLoop() const noexcept { return loop.table.current != nullptr && loop.table.current(loop.self) != 0; }

    // For failures that have no caller to tell.
    void complain(std::string_view message, std::string_view reason, mortise_exchange of = 0) const noexcept {
        if (log.table.write == nullptr) return;
        mortise_log_field field{};
        field.name = view("error");
        field.kind = MORTISE_LOG_FIELD_TEXT;
        field.text = view(reason);
        log.table.write(log.self, MORTISE_LOG_ERROR, mortise_view{}, view(message), &field, 1, of);
    }
};

} // namespace detail
} // namespace v1
} // namespace mortise
