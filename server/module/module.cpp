// SPDX-License-Identifier: Apache-2.0
#include "module/module.hpp"

#include "base/text.hpp"
#include "module/abi_text.hpp"
#include "module/module_refusal.hpp"
#include "module/module_settings.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::uint64_t maximumTextBytes = 16u << 10;
constexpr std::uint32_t maximumServices = 256;
constexpr std::uint32_t maximumSettings = 1024;
// Of version 1.0; a later field is absent in an older file.
constexpr std::uint32_t leastModuleBytes = MORTISE_SIZE_TO(mortise_module, create);
// A description of the far future is larger than ours, but not by so much.
constexpr std::uint32_t mostModuleBytes = 64u << 10;

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

// What can be done about a file that asks for more than this host has.
constexpr std::string_view wayOut = "upgrade mortised, or install an older build of the plugin";

// The entry's answer, known to be readable up to its own size.
const mortise_module& callEntry(mortise_module_entry entry) {
    CallError error;
    const mortise_module* const found = entry(MORTISE_ABI_MINOR, error.get());
    if (found == nullptr) {
        throw ModuleRefusal{"refuses this host, which speaks ABI " + minorText(MORTISE_ABI_MINOR) + ": '" +
                            base::printable(error.text(), 500) + "'; " + std::string(wayOut)};
    }
    if (reinterpret_cast<std::uintptr_t>(found) % alignof(mortise_module) != 0) {
        throw ModuleRefusal{"returns a description at an address that is not aligned"};
    }
    if (found->struct_size < leastModuleBytes || found->struct_size > mostModuleBytes) {
        throw ModuleRefusal{"describes itself in a struct of " + std::to_string(found->struct_size) + " bytes, ABI " +
                            minorText(0) + " has " + std::to_string(leastModuleBytes) +
                            ": rebuild the plugin with the headers of a released SDK"};
    }
    return *found;
}

std::vector<std::string> idList(const mortise_view* ids, std::uint32_t count, std::string_view kind) {
    if (count > maximumServices) {
        throw ModuleRefusal{"names " + std::to_string(count) + " " + std::string(kind) + "s, at most " +
                            std::to_string(maximumServices) + " are read"};
    }
    if (count != 0 && ids == nullptr) throw ModuleRefusal{"has a count but no list of " + std::string(kind) + "s"};
    std::vector<std::string> list;
    for (std::uint32_t i = 0; i < count; ++i) {
        std::string id = moduleText(ids[i], "the id of a " + std::string(kind));
        if (!isServiceId(id)) {
            throw ModuleRefusal{"names the " + std::string(kind) + " '" + base::printable(id) +
                                "', which is no id such as \"mortise.users/1\""};
        }
        if (std::find(list.begin(), list.end(), id) != list.end()) {
            throw ModuleRefusal{"names the " + std::string(kind) + " '" + id + "' twice"};
        }
        list.push_back(std::move(id));
    }
    return list;
}

void checkVersions(const mortise_module& raw) {
    if (raw.abi_minor_needed > MORTISE_ABI_MINOR) {
        throw ModuleRefusal{"needs host ABI " + minorText(raw.abi_minor_needed) + ", this host speaks " +
                            minorText(MORTISE_ABI_MINOR) + ": " + std::string(wayOut)};
    }
    if (raw.abi_minor_needed > raw.abi_minor_built) {
        throw ModuleRefusal{"says that it needs ABI " + minorText(raw.abi_minor_needed) + " but was built with " +
                            minorText(raw.abi_minor_built) + ": rebuild the plugin"};
    }
    if (raw.flags != 0) {
        throw ModuleRefusal{"sets the module flags " + std::to_string(raw.flags) + ", which this host (ABI " +
                            minorText(MORTISE_ABI_MINOR) + ") does not know: " + std::string(wayOut)};
    }
}

ModuleInfo readInfo(const mortise_module& raw) {
    ModuleInfo info;
    info.abiMinorBuilt = raw.abi_minor_built;
    info.abiMinorNeeded = raw.abi_minor_needed;
    info.id = moduleText(raw.id, "its id");
    if (!isDottedName(info.id, 2)) {
        throw ModuleRefusal{"has the id '" + base::printable(info.id) +
                            "', which is no reverse domain name such as \"com.example.hello\""};
    }
    info.version = moduleText(raw.version, "its version");
    if (!isSemanticVersion(info.version)) {
        throw ModuleRefusal{"has the version '" + base::printable(info.version) +
                            "', which is no semantic version such as \"1.4.0\""};
    }
    info.toolchain = moduleText(raw.toolchain, "its toolchain");
    info.licence = moduleText(raw.licence, "its licence");
    info.requiredServices = idList(raw.required_services, raw.required_service_count, "required service");
    info.optionalServices = idList(raw.optional_services, raw.optional_service_count, "optional service");
    info.providedServices = idList(raw.provided_services, raw.provided_service_count, "provided service");
    info.extensionPoints = idList(raw.extension_points, raw.extension_point_count, "extension point");
    if (raw.setting_count > maximumSettings) {
        throw ModuleRefusal{"declares " + std::to_string(raw.setting_count) + " settings, at most " +
                            std::to_string(maximumSettings) + " are read"};
    }
    if (raw.setting_count != 0 && raw.settings == nullptr) throw ModuleRefusal{"has a count but no list of settings"};
    info.settings = moduleSettings(raw.settings, raw.setting_count, raw.setting_size);
    if (raw.create == nullptr) throw ModuleRefusal{"has no function 'create'"};
    return info;
}

} // namespace

std::string moduleText(mortise_view view, std::string_view what) {
    if (view.data == nullptr && view.size != 0) throw ModuleRefusal{"gives no data for " + std::string(what)};
    if (view.size > maximumTextBytes) {
        throw ModuleRefusal{"gives " + std::to_string(view.size) + " bytes for " + std::string(what) + ", at most " +
                            std::to_string(maximumTextBytes) + " are read"};
    }
    const std::string_view given = text(view);
    const bool controls = std::any_of(given.begin(), given.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
    if (controls || base::findInvalidUtf8(given) != std::string_view::npos) {
        throw ModuleRefusal{"has control characters or invalid UTF-8 in " + std::string(what) + ": '" +
                            base::printable(given) + "'"};
    }
    return std::string(given);
}

base::Outcome<ModuleInfo> readModule(mortise_module_entry entry, mortise_module& raw) {
    try {
        raw = readStruct(callEntry(entry));
        checkVersions(raw);
        return readInfo(raw);
    } catch (const ModuleRefusal& refusal) {
        return base::Fault{refusal.text};
    }
}

} // namespace mortise::module
