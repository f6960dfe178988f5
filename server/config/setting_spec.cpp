// SPDX-License-Identifier: Apache-2.0
#include "config/setting_spec.hpp"

#include "config/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace mortise::config {

namespace {

constexpr std::string_view pluginPrefix = "plugin.";

bool isName(std::string_view name, char joiner) noexcept {
    const auto isLetter = [](char c) { return c >= 'a' && c <= 'z'; };
    return !name.empty() && isLetter(name.front()) && name.back() != joiner &&
           std::all_of(name.begin(), name.end(),
                       [&](char c) { return isLetter(c) || (c >= '0' && c <= '9') || c == joiner; });
}

// Checks one declaration; says what is wrong with it, or "".
std::string fault(const SettingSpec& spec) {
    constexpr std::array<std::string_view, 5> durationUnits{"ms", "s", "m", "h", "d"};
    constexpr std::array<std::string_view, 4> sizeUnits{"bytes", "KiB", "MiB", "GiB"};
    const auto isOneOf = [&](const auto& units) {
        return spec.unit.empty() || std::find(units.begin(), units.end(), spec.unit) != units.end();
    };
    if (!isName(spec.key, '_')) return "a key is made of a-z, 0-9 and _";
    if (spec.type == SettingType::duration && !isOneOf(durationUnits)) return "the unit is none of ms, s, m, h, d";
    if (spec.type == SettingType::size && !isOneOf(sizeUnits)) return "the unit is none of bytes, KiB, MiB, GiB";
    if (spec.minimum && spec.maximum && *spec.minimum > *spec.maximum) return "the minimum is above the maximum";
    if (spec.type == SettingType::choice && spec.choices.empty()) return "there are no choices";
    if (spec.secret && spec.type != SettingType::text) return "only a text can be a secret";
    if (spec.secret && !spec.defaultText.empty()) return "a secret cannot have a default";
    const auto parsed = parseValue(spec, spec.defaultText);
    const auto* const error = std::get_if<ValueError>(&parsed);
    return error != nullptr ? "the default: " + error->message : std::string();
}

} // namespace

std::string_view typeName(SettingType type) noexcept {
    constexpr std::array<std::string_view, 9> names{"boolean", "integer", "number", "text",  "duration",
                                                    "size",    "list",    "path",   "choice"};
    return names.at(static_cast<std::size_t>(type));
}

const SettingSpec* SectionSpec::find(std::string_view key) const noexcept {
    const auto found =
        std::find_if(settings.begin(), settings.end(), [&](const auto& spec) { return spec.key == key; });
    return found == settings.end() ? nullptr : &*found;
}

std::vector<SettingSpec> commonPluginSettings() {
    SettingSpec enabled;
    enabled.key = "enabled";
    enabled.type = SettingType::boolean;
    enabled.defaultText = "false";
    enabled.text = "Whether the plugin is loaded.";
    SettingSpec file;
    file.key = "file";
    file.type = SettingType::path;
    file.text = "The plugin's file, when it is not <name>.so in a folder of server.plugin_directory.";
    SettingSpec onError;
    onError.key = "on_error";
    onError.type = SettingType::choice;
    onError.defaultText = "fail";
    onError.choices = {"fail", "disable"};
    onError.text = "When the plugin cannot be loaded or started: fail the start, or serve without it.";
    return {std::move(enabled), std::move(file), std::move(onError)};
}

bool isSectionName(std::string_view name) noexcept {
    if (name == "server") return true;
    return name.starts_with(pluginPrefix) && isName(name.substr(pluginPrefix.size()), '-');
}

void checkDeclaration(const SectionSpec& section, const base::Origin& origin, base::Diagnostics& diagnostics) {
    const auto report = [&](const std::string& key, const std::string& what) {
        diagnostics.error(base::Code::badDeclaration, origin,
                          "setting '" + key + "' of [" + section.name + "] is declared wrongly: " + what);
    };
    std::set<std::string> seen;
    for (const SettingSpec& spec : section.settings) {
        if (!seen.insert(spec.key).second) report(spec.key, "it is declared twice");
        if (const std::string what = fault(spec); !what.empty()) report(spec.key, what);
        if (spec.secret && section.find(spec.key + "_file") != nullptr) {
            report(spec.key,
                   "'" + spec.key + "_file' is taken, since every secret can be read from a file by that key");
        }
    }
}

} // namespace mortise::config
