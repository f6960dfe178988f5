// SPDX-License-Identifier: Apache-2.0
#include "config/setting_spec.hpp"

#include "base/text.hpp"
#include "config/value.hpp"

#include <re2/re2.h>

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

std::string patternFault(const SettingSpec& spec) {
    constexpr std::size_t maximumPatternBytes = 1024;
    if (spec.pattern.empty()) return {};
    if (spec.pattern.size() > maximumPatternBytes) return "the pattern is longer than 1024 bytes";
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 compiled(spec.pattern, options);
    return compiled.ok() ? std::string() : "the pattern is none of RE2: " + base::printable(compiled.error());
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
    if (spec.numberMinimum && spec.numberMaximum && *spec.numberMinimum > *spec.numberMaximum)
        return "the minimum is above the maximum";
    if (spec.maxLength != 0 && spec.minLength > spec.maxLength) return "the minimum length is above the maximum length";
    if (std::string what = patternFault(spec); !what.empty()) return what;
    for (const std::string& variable : spec.environment)
        if (!isAliasName(variable))
            return "'" + base::printable(variable) +
                   "' is no variable that a setting can have: A-Z, 0-9 and _, none of "
                   "the system's own";
    if (spec.type == SettingType::choice && spec.choices.empty()) return "there are no choices";
    if (spec.secret && spec.type != SettingType::text) return "only a text can be a secret";
    if (spec.secret && !spec.defaultText.empty()) return "a secret cannot have a default";
    if (!spec.defaultKnown) return {};
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

bool isAliasName(std::string_view variable) noexcept {
    constexpr std::array<std::string_view, 9> taken{"PATH", "HOME", "USER", "SHELL", "TMPDIR",
                                                    "TZ",   "LANG", "PWD",  "IFS"};
    constexpr std::array<std::string_view, 9> prefixes{"MORTISE_", "LD_",   "LC_",    "GLIBC_",      "MALLOC_",
                                                       "ASAN_",    "TSAN_", "UBSAN_", "CREDENTIALS_"};
    const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    return variable.size() >= 2 && variable.size() <= 64 && variable.front() >= 'A' && variable.front() <= 'Z' &&
           std::all_of(variable.begin(), variable.end(), fits) &&
           std::find(taken.begin(), taken.end(), variable) == taken.end() &&
           std::none_of(prefixes.begin(), prefixes.end(), [&](auto prefix) { return variable.starts_with(prefix); });
}

namespace {

// What is wrong with the replacement that a deprecated setting names, or "".
std::string replacementFault(const SectionSpec& section, const SettingSpec& spec) {
    if (spec.replacedBy.empty()) return {};
    const std::string name = "its replacement '" + base::printable(spec.replacedBy) + "' ";
    if (!spec.deprecated) return name + "is named, but it is not deprecated";
    const SettingSpec* const next = section.find(spec.replacedBy);
    if (next == nullptr) return name + "is not declared";
    if (next->deprecated) return name + "is deprecated itself";
    if (next->type != spec.type || next->secret != spec.secret) return name + "has another type";
    if (next->unit != spec.unit && (spec.type == SettingType::duration || spec.type == SettingType::size))
        return name + "has another unit";
    return {};
}

} // namespace

void checkDeclaration(const SectionSpec& section, const base::Origin& origin, base::Diagnostics& diagnostics) {
    const auto report = [&](const std::string& key, const std::string& what) {
        diagnostics.error(base::Code::badDeclaration, origin,
                          "setting '" + key + "' of [" + section.name + "] is declared wrongly: " + what);
    };
    std::set<std::string> seen;
    for (const SettingSpec& spec : section.settings) {
        if (!seen.insert(spec.key).second) report(spec.key, "it is declared twice");
        if (const std::string what = fault(spec); !what.empty()) report(spec.key, what);
        if (const std::string what = replacementFault(section, spec); !what.empty()) report(spec.key, what);
        if (spec.secret && section.find(spec.key + "_file") != nullptr) {
            report(spec.key,
                   "'" + spec.key + "_file' is taken, since every secret can be read from a file by that key");
        }
    }
}

} // namespace mortise::config
