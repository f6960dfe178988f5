// SPDX-License-Identifier: Apache-2.0
#include "module/module_settings.hpp"

#include "base/text.hpp"
#include "module/module_refusal.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::uint64_t maximumMinimumLength = 1u << 20;

config::SettingType settingType(std::uint32_t type, const std::string& what) {
    using config::SettingType;
    switch (type) {
    case MORTISE_SETTING_BOOLEAN:
        return SettingType::boolean;
    case MORTISE_SETTING_INTEGER:
        return SettingType::integer;
    case MORTISE_SETTING_NUMBER:
        return SettingType::number;
    case MORTISE_SETTING_TEXT:
        return SettingType::text;
    case MORTISE_SETTING_DURATION:
        return SettingType::duration;
    case MORTISE_SETTING_SIZE:
        return SettingType::size;
    case MORTISE_SETTING_LIST:
        return SettingType::list;
    case MORTISE_SETTING_PATH:
        return SettingType::path;
    case MORTISE_SETTING_CHOICE:
        return SettingType::choice;
    default:
        throw ModuleRefusal{"declares " + what + " with the type " + std::to_string(type) +
                            ", which this host does not know"};
    }
}

bool isRanged(config::SettingType type) {
    using config::SettingType;
    return type == SettingType::integer || type == SettingType::number || type == SettingType::duration ||
           type == SettingType::size || type == SettingType::list;
}

void readRange(const mortise_setting& raw, config::SettingSpec& spec, const std::string& what) {
    if (!isRanged(spec.type)) throw ModuleRefusal{"declares " + what + " with a range, which its type cannot have"};
    if (std::isnan(raw.minimum) || std::isnan(raw.maximum)) {
        throw ModuleRefusal{"declares " + what + " with a range that is not a number"};
    }
    if (raw.minimum > std::numeric_limits<double>::lowest()) spec.minimum = raw.minimum;
    if (raw.maximum < std::numeric_limits<double>::max()) spec.maximum = raw.maximum;
}

config::SettingSpec readSetting(const mortise_setting& raw, std::uint32_t position) {
    config::SettingSpec spec;
    spec.key = moduleText(raw.key, "the key of setting " + std::to_string(position));
    const std::string what = "the setting '" + spec.key + "'";
    spec.type = settingType(raw.type, what);
    if (const std::uint32_t unknown = raw.flags & ~(MORTISE_SETTING_SECRET | MORTISE_SETTING_HAS_RANGE); unknown != 0) {
        throw ModuleRefusal{"declares " + what + " with the flags " + std::to_string(unknown) +
                            ", which this host does not know"};
    }
    if (raw.reserved != 0) throw ModuleRefusal{"declares " + what + " with a reserved field in use"};
    spec.secret = (raw.flags & MORTISE_SETTING_SECRET) != 0;
    spec.defaultText = moduleText(raw.default_text, "the default of " + what);
    spec.choices = base::splitList(moduleText(raw.choices, "the choices of " + what));
    if (!spec.choices.empty() && spec.type != config::SettingType::choice) {
        throw ModuleRefusal{"declares " + what + " with choices, which its type cannot have"};
    }
    spec.unit = moduleText(raw.unit, "the unit of " + what);
    spec.text = moduleText(raw.text, "the text of " + what);
    if ((raw.flags & MORTISE_SETTING_HAS_RANGE) != 0) readRange(raw, spec, what);
    if (raw.minimum_length > maximumMinimumLength) {
        throw ModuleRefusal{"declares " + what + " with a minimum length of " + std::to_string(raw.minimum_length) +
                            " bytes"};
    }
    spec.minLength = static_cast<std::size_t>(raw.minimum_length);
    return spec;
}

} // namespace

std::vector<config::SettingSpec> moduleSettings(const mortise_setting* settings, std::uint32_t count) {
    config::SectionSpec section{"plugin", "", {}, false};
    const config::SectionSpec ours{"plugin", "", config::commonPluginSettings(), false};
    for (std::uint32_t i = 0; i < count; ++i) {
        section.settings.push_back(readSetting(settings[i], i + 1));
        const std::string& key = section.settings.back().key;
        if (ours.find(key) != nullptr) {
            throw ModuleRefusal{"declares the setting '" + key + "', which every plugin has from the host"};
        }
    }
    base::Diagnostics found;
    config::checkDeclaration(section, {}, found);
    if (found.hasErrors()) throw ModuleRefusal{"is described wrongly: " + found.entries().front().message};
    return std::move(section.settings);
}

} // namespace mortise::module
