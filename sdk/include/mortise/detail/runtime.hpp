// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/service.hpp>
#include <mortise/detail/texts.hpp>
#include <mortise/detail/unique_ptr.hpp>
#include <mortise/service/clock.h>
#include <mortise/service/command.h>
#include <mortise/service/contributions.h>
#include <mortise/service/crypto.h>
#include <mortise/service/exchange.h>
#include <mortise/service/filter.h>
#include <mortise/service/json.h>
#include <mortise/service/log.h>
#include <mortise/service/loop.h>
#include <mortise/service/migrations.h>
#include <mortise/service/network.h>
#include <mortise/service/password.h>
#include <mortise/service/readiness.h>
#include <mortise/service/routes.h>
#include <mortise/service/task.h>
#include <mortise/service/timer.h>

#include <string>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {

class PluginBase;

namespace detail {

struct FilterEntry;
struct CommandEntry;

// A typed service that an instance offers, see typed_service.hpp.
struct OfferedService {
    virtual ~OfferedService() = default;
    virtual std::string_view id() const noexcept = 0;
    virtual mortise_service open() = 0;
};

// What an instance keeps for its whole life: the host, its services, and what `configure` declared. Written by
// `configure` only, read from any thread afterwards.
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
    Service<mortise_crypto_table> crypto;
    Service<mortise_password_table> password;
    Service<mortise_timer_table> timer;
    Service<mortise_task_table> task;
    Service<mortise_clock_table> clock;
    Service<mortise_json_table> json;
    Service<mortise_network_table> network;
    Service<mortise_loop_table> loop;
    Service<mortise_readiness_table> readiness;
    Service<mortise_contributions_table> contributions;

    PluginBase* plugin = nullptr;
    std::vector<std::string> unfinished; // what is wrong with a declaration that configure left half said; or empty
    Texts texts;                         // storage of views that live as long as the instance
    std::vector<mortise_migration> migrations;
    std::vector<std::unique_ptr<FilterEntry>> filters;
    std::vector<mortise_filter> rawFilters; // of filters, in C
    mortise_plugin_filter filterExtension{};
    std::vector<std::unique_ptr<CommandEntry>> commands;
    std::vector<std::unique_ptr<OfferedService>> offered;
    // In their C form, once `configure` has returned.
    std::vector<mortise_command> rawCommands;
    mortise_plugin_command commandExtension{};
    mortise_plugin_migrations migrationExtension{};

    Runtime();
    Runtime(const Runtime&) = delete;
    Runtime& operator=(const Runtime&) = delete;
    ~Runtime();

    void attach(const mortise_host* given) noexcept {
        host = given;
        exchange = resolve<mortise_exchange_table>(host, MORTISE_EXCHANGE_SERVICE);
        log = resolve<mortise_log_table>(host, MORTISE_LOG_SERVICE);
        routes = resolve<mortise_routes_table>(host, MORTISE_ROUTES_SERVICE);
        crypto = resolve<mortise_crypto_table>(host, MORTISE_CRYPTO_SERVICE);
        password = resolve<mortise_password_table>(host, MORTISE_PASSWORD_SERVICE);
        timer = resolve<mortise_timer_table>(host, MORTISE_TIMER_SERVICE);
        task = resolve<mortise_task_table>(host, MORTISE_TASK_SERVICE);
        clock = resolve<mortise_clock_table>(host, MORTISE_CLOCK_SERVICE);
        json = resolve<mortise_json_table>(host, MORTISE_JSON_SERVICE);
        network = resolve<mortise_network_table>(host, MORTISE_NETWORK_SERVICE);
        loop = resolve<mortise_loop_table>(host, MORTISE_LOOP_SERVICE);
        readiness = resolve<mortise_readiness_table>(host, MORTISE_READINESS_SERVICE);
        contributions = resolve<mortise_contributions_table>(host, MORTISE_CONTRIBUTIONS_SERVICE);
    }

    mortise_view keep(std::string_view text) { return texts.keep(text); }

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
