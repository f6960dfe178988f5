// SPDX-License-Identifier: Apache-2.0
#include "config/environment.hpp"

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "config/layers.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace mortise::config {

namespace {

using base::Code;

constexpr std::string_view prefix = "MORTISE_";

// Variables with the prefix that are no settings: read by mortised itself, by its tests and by its build.
constexpr std::array<std::string_view, 4> ownVariables{"MORTISE_CONFIG", "MORTISE_TEST_DATA", "MORTISE_TEST_BUILD",
                                                       "MORTISE_SANITIZE"};

// The server's own aliases; plugins declare theirs.
constexpr std::array<std::string_view, 2> ownAliases{"PORT", "NODE_ENV"};

std::string pathOf(const Target& target) {
    return target.section->name + '.' + target.setting->key;
}

base::Origin originOf(std::string_view variable) {
    return {"environment " + std::string(variable)};
}

// `listen` with another port in its first entry; none when PORT or that entry does not allow it (reported).
std::optional<std::string> withPort(std::string_view listen, const std::string& port, base::Diagnostics& diagnostics) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
    if (error != std::errc() || end != port.data() + port.size() || number > 65535) {
        diagnostics.error(Code::wrongType, originOf("PORT"),
                          "'" + base::printable(port) + "' is not a port (0 to 65535)");
        return std::nullopt;
    }
    std::vector<std::string> entries = base::splitList(listen);
    if (entries.empty() || entries.front().starts_with("unix:") || entries.front().starts_with("fd:")) {
        diagnostics.warning(Code::aliasIgnored, originOf("PORT"),
                            "ignored, since the first entry of server.listen has no port to replace");
        return std::nullopt;
    }
    std::string& first = entries.front();
    const std::size_t colon = first.rfind(':');
    const std::size_t bracket = first.rfind(']');
    const bool hasPort = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    first = (hasPort ? first.substr(0, colon) : first) + ':' + port;
    std::string out;
    for (const std::string& entry : entries) out += (out.empty() ? "" : ", ") + entry;
    return out;
}

} // namespace

EnvironmentNames::EnvironmentNames(std::span<const SectionSpec> specs, base::Diagnostics& diagnostics) {
    for (const SectionSpec& section : specs) {
        if (section.opaque) opaquePrefixes_.push_back(environmentName(section.name, ""));
        for (const SettingSpec& setting : section.settings) {
            const std::string name = environmentName(section.name, setting.key);
            add(name, {&section, &setting}, diagnostics);
            if (setting.secret) add(name + "_FILE", {&section, &setting}, diagnostics);
        }
    }
}

void EnvironmentNames::add(const std::string& name, const Target& target, base::Diagnostics& diagnostics) {
    const auto [known, isNew] = targets_.emplace(name, target);
    if (isNew || pathOf(known->second) == pathOf(target)) return;
    diagnostics.error(Code::nameCollision, originOf(name),
                      "the variable would belong to both " + pathOf(known->second) + " and " + pathOf(target) +
                          "; rename one of the plugins");
}

void EnvironmentNames::reportUnknown(const std::map<std::string, std::string>& environment,
                                     base::Diagnostics& diagnostics) const {
    std::vector<std::string> names;
    // Without the prefix, which would count as likeness.
    for (const auto& [name, target] : targets_) names.push_back(name.substr(prefix.size()));
    for (auto it = environment.lower_bound(std::string(prefix)); it != environment.end(); ++it) {
        const std::string& name = it->first;
        if (!name.starts_with(prefix)) break;
        const auto belongs = [&](const std::string& opaque) { return name.starts_with(opaque); };
        if (targets_.contains(name) ||
            std::find(ownVariables.begin(), ownVariables.end(), name) != ownVariables.end() ||
            std::any_of(opaquePrefixes_.begin(), opaquePrefixes_.end(), belongs)) {
            continue;
        }
        const std::optional<std::string> near = base::nearest(name.substr(prefix.size()), names);
        const std::string suggestion = near ? "; did you mean '" + std::string(prefix) + *near + "'?" : std::string();
        diagnostics.error(Code::unknownVariable, originOf(base::printable(name)),
                          "no setting has this variable" + suggestion);
    }
}

bool isOfConfiguration(std::string_view variable) {
    return variable.starts_with("MORTISE_") ||
           std::find(ownAliases.begin(), ownAliases.end(), variable) != ownAliases.end();
}

std::optional<AliasValue> aliasValue(const SectionSpec& section, const SettingSpec& setting, std::string_view current,
                                     const std::map<std::string, std::string>& environment,
                                     base::Diagnostics& diagnostics) {
    const bool isOwn = section.name == "server";
    for (const std::string& variable : setting.environment) {
        const auto found = environment.find(variable);
        // Compose files and shells hand on unset variables as empty ones.
        if (found == environment.end() || base::trim(found->second).empty()) continue;
        std::string text(base::trim(found->second));
        if (isOwn && variable == "PORT") {
            const std::optional<std::string> listen = withPort(current, text, diagnostics);
            if (!listen) return std::nullopt;
            text = *listen;
        } else if (setting.type == SettingType::choice) {
            text = base::lowerAscii(text);
            const bool known = std::find(setting.choices.begin(), setting.choices.end(), text) != setting.choices.end();
            // NODE_ENV=test and the like are in many environments and do not speak to this server.
            if (!known && isOwn && variable == "NODE_ENV") {
                diagnostics.warning(Code::aliasIgnored, originOf(variable),
                                    "ignored, since '" + base::printable(text) +
                                        "' is none of production, development");
                return std::nullopt;
            }
        }
        return AliasValue{variable, std::move(text)};
    }
    return std::nullopt;
}

} // namespace mortise::config
