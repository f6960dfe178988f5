// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host/command_connection.hpp"
#include "host/generation.hpp"

#include <optional>
#include <span>
#include <string>

namespace mortise::host {

// What a client asks of the commands of a generation. Thread: one at a time.
class CommandCall {
public:
    // Exit codes of mortised that a call may have by itself.
    static constexpr int done = 0;
    static constexpr int failed = 1;
    static constexpr int usage = 64;

    // Both live longer.
    CommandCall(const CommandRequest& request, CommandConnection& client) noexcept
        : request_(request), client_(client) {}

    // The command that is to run. Nothing: the client was given a list, a usage or an error, and `status` is its exit
    // code.
    std::optional<CommandEntry> find(const Generation& generation, int& status) const;
    // Whether `entry` may run in the server; else the client was told why not.
    bool mayRunInServer(const CommandEntry& entry) const;
    // Whether its plugin has to be started where no server runs.
    static bool needsStart(const CommandEntry& entry) noexcept {
        return (entry.command.flags & MORTISE_COMMAND_UNSTARTED) == 0;
    }
    // Runs it, its plugin started if it needs that: its exit code, 0 to 255. With 64 the client gets the
    // usage.
    int run(const CommandEntry& entry) const;

private:
    int unknownPlugin(const Generation& generation) const;

    const CommandRequest& request_;
    CommandConnection& client_;
};

} // namespace mortise::host
