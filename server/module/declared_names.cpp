// SPDX-License-Identifier: Apache-2.0
#include "module/declared_names.hpp"

#include "base/text.hpp"
#include "module/module_refusal.hpp"

#include <algorithm>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::uint64_t maximumTextBytes = 16u << 10;

bool isLowerOrDigit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}
bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Non-empty labels of a-z 0-9 - _ between dots, at least `labels` of them.
bool isDottedName(std::string_view name, std::size_t labels) noexcept {
    std::size_t count = 0;
    for (;;) {
        const std::size_t dot = name.find('.');
        const std::string_view label = name.substr(0, dot);
        const bool fits = !label.empty() && std::all_of(label.begin(), label.end(), [](char c) {
            return isLowerOrDigit(c) || c == '-' || c == '_';
        });
        if (!fits) return false;
        ++count;
        if (dot == std::string_view::npos) return count >= labels;
        name.remove_prefix(dot + 1);
    }
}

// "mortise.users/1"
bool isServiceId(std::string_view id) noexcept {
    const std::size_t slash = id.find('/');
    if (slash == std::string_view::npos) return false;
    const std::string_view number = id.substr(slash + 1);
    return isDottedName(id.substr(0, slash), 2) && !number.empty() && number.front() != '0' && number.size() <= 9 &&
           std::all_of(number.begin(), number.end(), isDigit);
}

// Of semver.org 2.0.0: three numbers, then perhaps "-rc.1" and "+build".
bool isSemanticVersion(std::string_view version) noexcept {
    const auto fits = [](std::string_view text) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
            return isLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '-' || c == '.';
        });
    };
    if (const std::size_t plus = version.find('+'); plus != std::string_view::npos) {
        if (!fits(version.substr(plus + 1))) return false;
        version = version.substr(0, plus);
    }
    if (const std::size_t dash = version.find('-'); dash != std::string_view::npos) {
        if (!fits(version.substr(dash + 1))) return false;
        version = version.substr(0, dash);
    }
    for (int numbers = 1;; ++numbers) {
        const std::size_t dot = version.find('.');
        const std::string_view number = version.substr(0, dot);
        if (number.empty() || number.size() > 9 || !std::all_of(number.begin(), number.end(), isDigit)) return false;
        if (number.size() > 1 && number.front() == '0') return false;
        if (dot == std::string_view::npos) return numbers == 3;
        version.remove_prefix(dot + 1);
    }
}

std::string minorText(std::uint32_t minor) {
    return std::to_string(MORTISE_ABI_MAJOR) + "." + std::to_string(minor);
}

void requireForm(const config::SettingSpec& spec) {
    using config::SettingType;
    const std::string what = "declares the setting '" + spec.key + "' ";
    const bool isText = spec.type == SettingType::text || spec.type == SettingType::path;
    const bool isRanged = spec.type == SettingType::integer || spec.type == SettingType::duration ||
                          spec.type == SettingType::size || spec.type == SettingType::list;
    if ((spec.minimum || spec.maximum) && !isRanged)
        throw ModuleRefusal{what + "with a range, which its type cannot have"};
    if (!spec.choices.empty() && spec.type != SettingType::choice)
        throw ModuleRefusal{what + "with choices, which its type cannot have"};
    if ((spec.minLength != 0 && !isText) || (spec.maxLength != 0 && !isText && spec.type != SettingType::list))
        throw ModuleRefusal{what + "with a length, which its type cannot have"};
    if (!spec.pattern.empty() && spec.type != SettingType::text && spec.type != SettingType::list)
        throw ModuleRefusal{what + "with a pattern, which its type cannot have"};
}

void addOnce(std::vector<std::string>& list, std::string name, std::string_view kind) {
    if (list.size() == maximumServices)
        throw ModuleRefusal{"names more than " + std::to_string(maximumServices) + " " + std::string(kind) + "s"};
    if (std::find(list.begin(), list.end(), name) != list.end())
        throw ModuleRefusal{"names the " + std::string(kind) + " '" + name + "' twice"};
    list.push_back(std::move(name));
}

} // namespace

std::string plainText(std::string_view text, std::string_view what) {
    if (text.size() > maximumTextBytes) {
        throw ModuleRefusal{"gives " + std::to_string(text.size()) + " bytes for " + std::string(what) + ", at most " +
                            std::to_string(maximumTextBytes) + " are read"};
    }
    const bool controls =
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (controls || base::findInvalidUtf8(text) != std::string_view::npos) {
        throw ModuleRefusal{"has control characters or invalid UTF-8 in " + std::string(what) + ": '" +
                            base::printable(text) + "'"};
    }
    return std::string(text);
}

void requirePluginId(const std::string& id) {
    if (!isDottedName(id, 2)) {
        throw ModuleRefusal{"has the id '" + base::printable(id) +
                            "', which is no reverse domain name such as \"com.example.hello\""};
    }
}

void requireVersion(const std::string& version) {
    if (!isSemanticVersion(version)) {
        throw ModuleRefusal{"has the version '" + base::printable(version) +
                            "', which is no semantic version such as \"1.4.0\""};
    }
}

void requireMinors(std::uint32_t built, std::uint32_t needed) {
    if (needed > MORTISE_ABI_MINOR) {
        throw ModuleRefusal{"needs host ABI " + minorText(needed) + ", this host speaks " +
                            minorText(MORTISE_ABI_MINOR) +
                            ": upgrade mortised, or install an older build of the plugin"};
    }
    if (needed > built) {
        throw ModuleRefusal{"says that it needs ABI " + minorText(needed) + " but was built with " + minorText(built) +
                            ": rebuild the plugin"};
    }
}

void addServiceId(std::vector<std::string>& list, std::string id, std::string_view kind) {
    if (!isServiceId(id)) {
        throw ModuleRefusal{"names the " + std::string(kind) + " '" + base::printable(id) +
                            "', which is no id such as \"mortise.users/1\""};
    }
    addOnce(list, std::move(id), kind);
}

void addFilterName(std::vector<std::string>& list, std::string name, std::string_view kind) {
    if (!isDottedName(name, 1)) {
        throw ModuleRefusal{"names the " + std::string(kind) + " '" + base::printable(name) +
                            "', which is no name such as \"rate-limit\": a-z, 0-9, '-', '_' and '.'"};
    }
    addOnce(list, std::move(name), kind);
}

void requireSettings(const std::vector<config::SettingSpec>& settings) {
    const config::SectionSpec ours{"plugin", "", config::commonPluginSettings(), false};
    for (const config::SettingSpec& spec : settings) {
        requireForm(spec);
        if (ours.find(spec.key) != nullptr)
            throw ModuleRefusal{"declares the setting '" + spec.key + "', which every plugin has from the host"};
    }
    base::Diagnostics found;
    config::checkDeclaration({"plugin", "", settings, false}, {}, found);
    if (found.hasErrors()) throw ModuleRefusal{"is described wrongly: " + found.entries().front().message};
}

} // namespace mortise::module
