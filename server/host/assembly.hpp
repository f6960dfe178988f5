// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/elsewhere.hpp"
#include "host/generation.hpp"
#include "host/module_names.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// Builds what a generation serves with from what its instances declared. Calls plugins on the calling thread, after
// their `configure`: extensions are plain look-ups, the router's `build` is effect-free.
class Assembly {
public:
    struct Failure {
        std::string plugin; // whose section is to be looked at; may be empty
        std::string sentence;
        bool filterOrder = false; // server.filter_order is to be looked at
    };

    // `complete`: every enabled plugin has its instance, so that what is missing is a failure; or is left out by
    // on_error = disable, which `left_out` says.
    Assembly(Generation& generation, const Elsewhere& elsewhere, bool complete, bool left_out)
        : generation_(generation), elsewhere_(elsewhere), complete_(complete), left_out_(left_out) {}

    // Whatever does not fit together; nothing when all is well.
    std::vector<Failure> build();
    // After build(): what is odd, but good.
    const std::vector<std::string>& warnings() const noexcept { return warnings_; }
    // Likewise: settings that name routes which no plugin in use has, or, and that is a failure, without the flags that
    // they need.
    struct MissingRoute {
        std::string plugin;
        std::string setting;
        std::string message;
        bool fails = false;
    };
    const std::vector<MissingRoute>& missingRoutes() const noexcept { return missingRoutes_; }

private:
    void collectRoutes();
    void findMissingRoutes();
    void buildMatcher();
    void collectFilters();
    void collectAuthenticator();
    void collectMigrations();
    void collectStatements();
    void collectLogSink();
    void collectCommands();
    void noteWhoWaits(const Instance& database);
    void collectTheRest();
    void buildPoints();
    // Nothing when it has none, or one that cannot be read: a failure.
    template<class Table>
    std::optional<Table> offered(const Instance& instance, std::string_view id, std::string_view type);
    template<class Element>
    bool readable(const Instance& instance, const Elements<Element>& list, std::string_view array,
                  std::string_view member, std::string_view type);
    // An extension that nobody offers is missing, by the message's begin: who could is named.
    void missing(const char* id, const std::string& message);
    template<class Table>
    void single(const char* id, std::string_view type, Table& table, Instance*& owner);

    Generation& generation_;
    const Elsewhere& elsewhere_;
    const bool complete_;
    const bool left_out_;
    std::vector<Failure> failures_;
    std::vector<std::string> warnings_;
    std::vector<MissingRoute> missingRoutes_;
};

} // namespace mortise::host
