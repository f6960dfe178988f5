// SPDX-License-Identifier: Apache-2.0
#include "host/migrator_call.hpp"

#include "base/running_code.hpp"
#include "base/text.hpp"
#include "host/console_session.hpp"
#include "host/runtime.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

namespace mortise::host {

struct MigratorCall::Call {
    explicit Call(DeclaredSchema given) : schema(std::move(given)) {}
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    // What is wrong with an element of one of the lists.
    template<auto elements>
    static void fault(void* context, std::uint32_t index, mortise_view message) noexcept {
        auto& self = *static_cast<Call*>(context);
        const auto& all = self.schema.*elements;
        const std::string_view owner = index < all.size() ? text(all[index].owner) : std::string_view();
        self.faults.push_back({std::string(owner), std::string(text(message))});
    }

    const DeclaredSchema schema;
    const mortise_migration_list list{sizeof(mortise_migration_list),
                                      static_cast<std::uint32_t>(schema.migrations.size()),
                                      sizeof(mortise_migration),
                                      0,
                                      schema.migrations.data(),
                                      &fault<&DeclaredSchema::migrations>,
                                      this};
    const mortise_statement_list statements{sizeof(mortise_statement_list),
                                            static_cast<std::uint32_t>(schema.statements.size()),
                                            sizeof(mortise_sql_statement),
                                            static_cast<std::uint32_t>(schema.constraints.size()),
                                            sizeof(mortise_sql_constraint),
                                            0,
                                            schema.statements.data(),
                                            schema.constraints.data(),
                                            &fault<&DeclaredSchema::statements>,
                                            &fault<&DeclaredSchema::constraints>,
                                            this};
    mortise_status status = MORTISE_ERROR;
    CallError error;
    std::vector<Failure> faults;
};

MigratorCall::MigratorCall(std::shared_ptr<Instance> migrator, const mortise_plugin_migrator& table,
                           DeclaredSchema schema)
    : migrator_(std::move(migrator)), table_(table), schema_(std::move(schema)) {}

std::vector<MigratorCall::Failure>
MigratorCall::run(const char* step, const std::function<mortise_status(Instance&, Call&)>& call) const {
    const auto result = std::make_shared<Call>(schema_);
    const auto timeout = migrator_->runtime().settings().migrationTimeout;
    const bool inTime = migrator_->control(
        step, timeout, [result, call](Instance& instance) { result->status = call(instance, *result); });
    const std::string own = "plugin '" + migrator_->name() + "': migrations ";
    if (!inTime && migrator_->quarantined())
        return {{migrator_->name(), own + "did not end within " + std::to_string(timeout.count()) +
                                        " ms (server.migration_timeout): raise it, or run 'mortised migrate up', which "
                                        "has no limit, before the next start"}};
    if (!inTime) return {{migrator_->name(), own + "could not be called"}};
    if (!result->faults.empty()) {
        std::vector<Failure> failures;
        for (const Failure& fault : result->faults)
            failures.push_back(
                {fault.plugin, "plugin '" + fault.plugin + "': " + base::printable(fault.message, 4096)});
        return failures;
    }
    if (peerStatus(result->status) == MORTISE_OK) return {};
    return {{migrator_->name(), own + "failed: " + result->error.text()}};
}

std::vector<MigratorCall::Failure> MigratorCall::migrate(bool live) const {
    return run("migrate", [table = table_, live](Instance& instance, Call& call) {
        return table.migrate(instance.self(), live ? MORTISE_MIGRATE_LIVE : 0, &call.list, &call.statements,
                             call.error.get());
    });
}

std::vector<MigratorCall::Failure> MigratorCall::check() const {
    if (table_.check == nullptr) return {};
    return run("check", [table = table_](Instance& instance, Call& call) {
        return table.check(instance.self(), &call.list, &call.statements, call.error.get());
    });
}

int MigratorCall::command(std::span<const std::string> arguments) const {
    if (table_.command == nullptr) {
        std::cerr << "plugin '" << migrator_->name() << "', which runs migrations, has no commands for them\n";
        return EXIT_FAILURE;
    }
    Call call({schema_.migrations, {}, {}});
    std::vector<mortise_view> views;
    views.reserve(arguments.size());
    for (const std::string& argument : arguments) views.push_back(view(argument));
    const mortise_command_session session = consoleSession();
    const base::RunningCode running(migrator_->owner(), "run");
    const int status =
        table_.command(migrator_->self(), &call.list, views.data(), static_cast<std::uint32_t>(views.size()), &session);
    for (const Failure& fault : call.faults) std::cerr << "plugin '" << fault.plugin << "': " << fault.message << '\n';
    return status == EXIT_SUCCESS && !call.faults.empty() ? EXIT_FAILURE : status;
}

} // namespace mortise::host
