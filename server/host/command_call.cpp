// SPDX-License-Identifier: Apache-2.0
#include "host/command_call.hpp"

#include "base/diagnostic_code.hpp"
#include "base/running_code.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "host/module_names.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace mortise::host {
namespace {

std::string shown(mortise_view declared) {
    return base::printable(text(declared), 500);
}

std::string usageOf(const CommandEntry& entry) {
    std::string line = "mortised " + entry.owner->name() + ' ' + shown(entry.command.name);
    if (const std::string arguments = shown(entry.command.usage); !arguments.empty()) line += ' ' + arguments;
    return line;
}

std::string listOf(const Generation& generation, const Instance* owner) { // null: of all
    std::string list;
    for (const CommandEntry& entry : generation.commands())
        if (owner == nullptr || entry.owner == owner)
            list += "  " + usageOf(entry) + "\n      " + shown(entry.command.summary) + '\n';
    return list;
}

std::string listOfAll(const Generation& generation) {
    return generation.commands().empty() ? "No enabled plugin has commands.\n"
                                         : "Commands of the enabled plugins:\n" + listOf(generation, nullptr);
}

} // namespace

int CommandCall::unknownPlugin(const Generation& generation) const {
    std::vector<std::string> names;
    for (const CommandEntry& entry : generation.commands())
        if (names.empty() || names.back() != entry.owner->name()) names.push_back(entry.owner->name());
    names.insert(names.end(), {"command", "migrate"}); // the other words that mortised knows there
    const bool enabled = generation.find(request_.plugin) != nullptr;
    // Not repeated unless it is nearly a name: it could be a secret that was meant for --set.
    const std::string near = base::didYouMean(request_.plugin, names);
    client_.printError(
        "mortised: " +
        (enabled        ? "plugin '" + request_.plugin + "' has no commands"
         : near.empty() ? "the first word is neither 'command', 'migrate' nor an enabled plugin; see mortised --help"
                        : "there is no enabled plugin '" + base::printable(request_.plugin, 200) + "'" + near) +
        '\n');
    client_.printError(listOfAll(generation));
    return usage;
}

std::optional<CommandEntry> CommandCall::find(const Generation& generation, int& status) const {
    status = done;
    const auto& all = generation.commands();
    if (request_.plugin.empty()) {
        client_.print(listOfAll(generation));
        return std::nullopt;
    }
    const auto owned = std::find_if(
        all.begin(), all.end(), [this](const CommandEntry& entry) { return entry.owner->name() == request_.plugin; });
    if (owned == all.end()) {
        status = unknownPlugin(generation);
        return std::nullopt;
    }
    const Instance* const owner = owned->owner;
    const std::string list = "Commands of plugin '" + request_.plugin + "':\n" + listOf(generation, owner);
    if (request_.command.empty() || request_.command.front() == '-') {
        if (request_.command.empty() || request_.wantsHelp()) {
            client_.print(list);
        } else {
            client_.printError("mortised: '" + request_.plugin + "' is followed by a command, not by an option\n" +
                               list);
            status = usage;
        }
        return std::nullopt;
    }
    const auto found = std::find_if(all.begin(), all.end(), [&](const CommandEntry& entry) {
        return entry.owner == owner && text(entry.command.name) == request_.command;
    });
    if (found == all.end()) {
        std::vector<std::string> names;
        for (const CommandEntry& entry : all)
            if (entry.owner == owner) names.emplace_back(text(entry.command.name));
        client_.printError("mortised: plugin '" + request_.plugin + "' has no command '" +
                           base::printable(request_.command, 200) + "'" + base::didYouMean(request_.command, names) +
                           '\n' + list);
        status = usage;
        return std::nullopt;
    }
    if (request_.wantsHelp()) {
        client_.print("Usage: " + usageOf(*found) + "\n" + shown(found->command.summary) + '\n');
        return std::nullopt;
    }
    return *found;
}

bool CommandCall::mayRunInServer(const CommandEntry& entry) const {
    if ((entry.command.flags & MORTISE_COMMAND_RUNNING_SERVER) != 0) return true;
    client_.printError("mortised: error: '" + request_.plugin + ' ' + request_.command +
                       "' does not run while the server does, which is process " + std::to_string(::getpid()) +
                       "; stop it first [" + std::string(base::codeId(base::Code::stateInUse)) + "]\n");
    return false;
}

int CommandCall::run(const CommandEntry& entry) const {
    std::vector<mortise_view> arguments;
    for (const std::string& argument : request_.arguments) arguments.push_back(view(argument));
    const mortise_command_session session = client_.session();
    int status = failed;
    {
        const base::RunningCode running(entry.owner->owner(), "run");
        status = entry.command.run(entry.command.context, arguments.data(),
                                   static_cast<std::uint32_t>(arguments.size()), &session);
    }
    if (status < 0 || status > 255) { // a process shows the last byte only: 256 would be success
        client_.printError("mortised: command '" + request_.command + "' of plugin '" + request_.plugin +
                           "' returned " + std::to_string(status) + ", which is no exit code (0 to 255)\n");
        return failed;
    }
    if (status == usage) client_.printError("Usage: " + usageOf(entry) + '\n');
    return status;
}

} // namespace mortise::host
