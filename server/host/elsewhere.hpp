// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::host {

// What is known of installed plugins beside those that are enabled.
struct Elsewhere {
    using Plugins = std::map<std::string, std::vector<std::string>, std::less<>>;

    // What those that are not enabled would give, each id with the plugins' names, those first
    // that the configuration mentions: for hints.
    Plugins providers;                // services and extension points
    Plugins extensions;               // such as "mortise.plugin.router/1"
    std::vector<std::string> filters; // names that filters of all installed ones may have

    bool operator==(const Elsewhere&) const = default;
};

// The end of a message: "; set enabled = true in [plugin.NAME]", or in one of several, or empty.
inline std::string hintAt(const Elsewhere::Plugins& plugins, std::string_view id) {
    const auto found = plugins.find(id);
    if (found == plugins.end()) return {};
    std::string hint = "; set enabled = true in ";
    for (const std::string& plugin : found->second)
        hint += (&plugin == &found->second.front() ? "[plugin." : " or [plugin.") + plugin + ']';
    return hint;
}

} // namespace mortise::host
