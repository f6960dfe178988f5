// SPDX-License-Identifier: Apache-2.0
#include "module/manifest.hpp"

#include "base/elf_image.hpp"
#include "base/shared_library.hpp"
#include "base/text.hpp"
#include "module/declared_names.hpp"
#include "module/manifest_object.hpp"
#include "module/module_check.hpp"
#include "module/module_refusal.hpp"

#include <mortise/abi/manifest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace mortise::module {

namespace {

// What is read is three deep; members of later versions may be deeper.
constexpr std::size_t maximumDepth = 32;

config::SettingType settingType(const ManifestObject& object) {
    constexpr std::array types{
        config::SettingType::boolean, config::SettingType::integer,  config::SettingType::number,
        config::SettingType::text,    config::SettingType::duration, config::SettingType::size,
        config::SettingType::list,    config::SettingType::path,     config::SettingType::choice};
    const std::string type = object.text("type");
    const auto* const known =
        std::find_if(types.begin(), types.end(), [&](config::SettingType t) { return config::typeName(t) == type; });
    if (known == types.end()) object.refuse("type", "'" + base::printable(type) + "', which this host does not know");
    return *known;
}

config::SettingSpec readSetting(const ManifestObject& object) {
    config::SettingSpec spec;
    spec.key = object.text("key");
    spec.type = settingType(object);
    spec.defaultKnown = object.has("default");
    spec.defaultText = object.text("default");
    spec.text = object.text("text");
    spec.unit = object.text("unit");
    spec.choices = object.texts("choices");
    spec.pattern = object.text("pattern");
    spec.replacedBy = object.text("replaced_by");
    spec.environment = object.texts("environment");
    if (spec.type == config::SettingType::number) {
        spec.numberMinimum = object.number("minimum");
        spec.numberMaximum = object.number("maximum");
    } else {
        spec.minimum = object.integer("minimum");
        spec.maximum = object.integer("maximum");
    }
    spec.minLength = static_cast<std::size_t>(object.count("minimum_length", maximumLengthBound));
    spec.maxLength = static_cast<std::size_t>(object.count("maximum_length", maximumLengthBound));
    spec.secret = object.flag("secret");
    spec.reloadable = !object.flag("needs_restart");
    spec.deprecated = object.flag("deprecated");
    return spec;
}

std::vector<std::string> ids(const ManifestObject& object, std::string_view member, std::string_view kind) {
    std::vector<std::string> list;
    for (std::string& id : object.texts(member)) addServiceId(list, std::move(id), kind);
    return list;
}

std::vector<std::string> filterNames(const ManifestObject& object) {
    std::vector<std::string> list;
    for (std::string& name : object.texts("filters")) addFilterName(list, std::move(name), "filter");
    return list;
}

void readVersions(const ManifestObject& abi, ModuleInfo& info) {
    if (const std::uint64_t draft = abi.count("draft", UINT32_MAX); draft != MORTISE_ABI_DRAFT)
        throw ModuleRefusal{"has a manifest of draft " + std::to_string(draft) +
                            " of the plugin interface, this host needs draft " + std::to_string(MORTISE_ABI_DRAFT) +
                            ": rebuild the plugin with the SDK of this release"};
    info.abiMinorBuilt = static_cast<std::uint32_t>(abi.count("minor_built", UINT32_MAX));
    info.abiMinorNeeded = static_cast<std::uint32_t>(abi.count("minor_needed", UINT32_MAX));
    requireMinors(info.abiMinorBuilt, info.abiMinorNeeded);
}

ModuleInfo readObject(const ManifestObject& object) {
    if (const std::uint64_t version = object.count("manifest", UINT32_MAX); version != 1)
        throw ModuleRefusal{"has a manifest of version " + std::to_string(version) + ", this host reads version 1"};
    ModuleInfo info;
    readVersions(object.object("abi"), info);
    info.id = object.text("id");
    requirePluginId(info.id);
    info.version = object.text("version");
    requireVersion(info.version);
    info.toolchain = object.text("toolchain");
    info.licence = object.text("licence");
    info.requiredServices = ids(object, "needs", "required service");
    info.optionalServices = ids(object, "may_use", "optional service");
    info.providedServices = ids(object, "provides", "provided service");
    info.extensionPoints = ids(object, "extension_points", "extension point");
    info.filters = filterNames(object);
    info.extensions = ids(object, "extensions", "extension");
    info.inExample = object.flag("example");
    for (const ManifestObject& setting : object.objects("settings", maximumSettings))
        info.settings.push_back(readSetting(setting));
    requireSettings(info.settings);
    return info;
}

} // namespace

base::Outcome<ModuleInfo> parseManifest(std::string_view json) {
    while (json.ends_with('\0')) json.remove_suffix(1);
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    simdjson::error_code error = parser.allocate(json.size() + 1, maximumDepth);
    if (error == simdjson::SUCCESS) error = parser.parse(json.data(), json.size()).get(root);
    if (error != simdjson::SUCCESS)
        return base::Fault{"has a manifest that is no JSON: " + std::string(simdjson::error_message(error))};
    try {
        return readObject(ManifestObject(root, ""));
    } catch (const ModuleRefusal& refusal) {
        return base::Fault{refusal.text};
    }
}

base::Outcome<ModuleInfo> manifestOf(std::span<const base::ElfNote> notes) {
    const base::ElfNote* found = nullptr;
    for (const base::ElfNote& note : notes) {
        if (note.name != MORTISE_MANIFEST_NOTE_NAME || note.type != MORTISE_MANIFEST_NOTE) continue;
        if (found != nullptr) return base::Fault{"has two manifests: a plugin is one file and has one"};
        found = &note;
    }
    if (found == nullptr)
        return base::Fault{
            "has no manifest: rebuild the plugin with the SDK of this release, where MORTISE_PLUGIN makes "
            "one in C++ and MORTISE_MANIFEST of mortise/abi/manifest.h in C"};
    if (found->descriptor.size() > MORTISE_MANIFEST_SIZE)
        return base::Fault{"has a manifest of " + std::to_string(found->descriptor.size()) + " bytes, at most " +
                           std::to_string(MORTISE_MANIFEST_SIZE) + " are read"};
    return parseManifest(found->descriptor);
}

base::Outcome<ModuleInfo> inspectModule(const std::string& file) {
    const auto image = base::ElfImage::readCopy(file);
    if (!image) return base::Fault{image.fault()};
    if (const auto check = checkModuleFile(*image, base::SharedLibrary::mappedFiles()); check.fault)
        return base::Fault{*check.fault};
    return readManifest(file);
}

base::Outcome<ModuleInfo> readManifest(const std::string& file) {
    const auto notes = base::readElfNotes(file);
    if (!notes) return base::Fault{notes.fault()};
    return manifestOf(*notes);
}

} // namespace mortise::module
