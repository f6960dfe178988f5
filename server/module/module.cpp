// SPDX-License-Identifier: Apache-2.0
#include "module/module.hpp"

#include "base/text.hpp"
#include "module/abi_text.hpp"
#include "module/declared_names.hpp"
#include "module/module_refusal.hpp"
#include "module/module_settings.hpp"

#include <cstddef>
#include <string_view>
#include <utility>

namespace mortise::module {

namespace {

// Of version 1.0; a later field is absent in an older file.
constexpr std::uint32_t leastModuleBytes = MORTISE_SIZE_TO(mortise_module, create);
// A description of the far future is larger than ours, but not by so much.
constexpr std::uint32_t mostModuleBytes = 64u << 10;

// What can be done about a file that asks for more than this host has.
constexpr std::string_view wayOut = "upgrade mortised, or install an older build of the plugin";

std::string minorText(std::uint32_t minor) {
    return std::to_string(MORTISE_ABI_MAJOR) + "." + std::to_string(minor);
}

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

using AddName = void (*)(std::vector<std::string>& list, std::string name, std::string_view kind);

std::vector<std::string> listOf(const mortise_view* names, std::uint32_t count, std::string_view kind, AddName add) {
    if (count > maximumServices) {
        throw ModuleRefusal{"names " + std::to_string(count) + " " + std::string(kind) + "s, at most " +
                            std::to_string(maximumServices) + " are read"};
    }
    if (count != 0 && names == nullptr) throw ModuleRefusal{"has a count but no list of " + std::string(kind) + "s"};
    std::vector<std::string> list;
    for (std::uint32_t i = 0; i < count; ++i)
        add(list, moduleText(names[i], "the name of a " + std::string(kind)), kind);
    return list;
}

std::vector<std::string> idList(const mortise_view* ids, std::uint32_t count, std::string_view kind) {
    return listOf(ids, count, kind, addServiceId);
}

void checkVersions(const mortise_module& raw) {
    requireMinors(raw.abi_minor_built, raw.abi_minor_needed);
    if (const std::uint32_t unknown = raw.flags & ~MORTISE_MODULE_IN_EXAMPLE; unknown != 0) {
        throw ModuleRefusal{"sets the module flags " + std::to_string(unknown) + ", which this host (ABI " +
                            minorText(MORTISE_ABI_MINOR) + ") does not know: " + std::string(wayOut)};
    }
}

ModuleInfo readInfo(const mortise_module& raw) {
    ModuleInfo info;
    info.abiMinorBuilt = raw.abi_minor_built;
    info.abiMinorNeeded = raw.abi_minor_needed;
    info.id = moduleText(raw.id, "its id");
    requirePluginId(info.id);
    info.version = moduleText(raw.version, "its version");
    requireVersion(info.version);
    info.toolchain = moduleText(raw.toolchain, "its toolchain");
    info.licence = moduleText(raw.licence, "its licence");
    info.requiredServices = idList(raw.required_services, raw.required_service_count, "required service");
    info.optionalServices = idList(raw.optional_services, raw.optional_service_count, "optional service");
    info.providedServices = idList(raw.provided_services, raw.provided_service_count, "provided service");
    info.filters = listOf(raw.filters, raw.filter_count, "filter", addFilterName);
    info.extensionPoints = idList(raw.extension_points, raw.extension_point_count, "extension point");
    info.extensions = idList(raw.extensions, raw.extension_count, "extension");
    info.inExample = (raw.flags & MORTISE_MODULE_IN_EXAMPLE) != 0;
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
    return plainText(text(view), what);
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
