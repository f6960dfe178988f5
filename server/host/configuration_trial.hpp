// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "host/configuration_order.hpp"
#include "host/waits.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace mortise::host {

struct BuildRequest;
struct PluginChoice;

// The functions of instances that run before a generation serves (create, configure, what they declare, destroy),
// called in a child that is thrown away: the crash of one ends no server, and one that never returns leaves no thread.
class ConfigurationTrial {
public:
    // `program` is mortised itself, `timeout` that of one call of a plugin.
    ConfigurationTrial(std::string program, std::chrono::milliseconds timeout)
        : program_(std::move(program)), timeout_(timeout) {}

    struct Fault {
        std::string plugin;   // its name in the configuration; empty: nothing could be tried
        std::string sentence; // whole
        bool late = false;    // a deadline was missed: it may do better the next time
    };

    // Whoever crashed, ended the process or missed a deadline; the first of them, since the child ended with it.
    // Mistakes that a plugin reports itself are none: it can be asked in this process.
    // `plugins` in the order in which they are made. Blocks; `waits`, if any, is told of it. Thread: any.
    std::optional<Fault> run(const BuildRequest& request, const std::vector<PluginChoice>& plugins, Waits* waits) const;

private:
    std::string program_;
    std::chrono::milliseconds timeout_;
};

} // namespace mortise::host
