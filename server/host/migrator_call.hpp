// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/instance.hpp"

#include <mortise/service/database.h>
#include <mortise/service/migrations.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::host {

// What plugins declare of the schema, each with its owner. Lives as long as the owners, which the generation keeps.
struct DeclaredSchema {
    std::vector<mortise_migration> migrations;
    std::vector<mortise_sql_statement> statements;
    std::vector<mortise_sql_constraint> constraints;

    bool empty() const noexcept { return migrations.empty() && statements.empty() && constraints.empty(); }
};

// The declared schema of a generation, and the plugin that runs them. Its calls stay valid past their deadline: what
// the plugin may still look at is kept with the call.
class MigratorCall {
public:
    struct Failure {
        std::string plugin; // whose section is to be looked at
        std::string message;
    };

    MigratorCall(std::shared_ptr<Instance> migrator, const mortise_plugin_migrator& table, DeclaredSchema schema);

    // Waits within a deadline; whatever is wrong, each with its plugin.
    std::vector<Failure> migrate(bool live) const;
    std::vector<Failure> check() const;
    const std::string& plugin() const noexcept { return migrator_->name(); }
    Instance& instance() const noexcept { return *migrator_; }
    // `mortised migrate`, on the calling thread and without a deadline. The exit code.
    int command(std::span<const std::string> arguments) const;

private:
    struct Call;
    std::vector<Failure> run(const char* step, const std::function<mortise_status(Instance&, Call&)>& call) const;

    std::shared_ptr<Instance> migrator_;
    mortise_plugin_migrator table_;
    DeclaredSchema schema_;
};

} // namespace mortise::host
