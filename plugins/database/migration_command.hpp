// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connector.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace mortise::database {

// `mortised migrate`: status, plan, up, down OWNER NUMBER [--yes].
class MigrationCommand {
public:
    using Print = std::function<void(std::string_view)>; // no newline is added

    // `list` is borrowed.
    MigrationCommand(Connector& connector, std::span<const Migration> list, Print out, Print error);

    // The exit code: 0, 1 failed, 64 usage. Throws DatabaseError, MigrationsRefused.
    int run(std::span<const std::string_view> arguments);

private:
    int status();
    int plan();
    int up();
    int down(std::string_view owner, std::string_view number, bool confirmed);

    Connector& connector_;
    std::span<const Migration> list_;
    Print out_;
    Print error_;
};

} // namespace mortise::database
