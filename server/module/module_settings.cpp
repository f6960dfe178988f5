// SPDX-License-Identifier: Apache-2.0
#include "module/module_settings.hpp"

#include "base/text.hpp"
#include "module/abi_text.hpp"
#include "module/declared_names.hpp"
#include "module/module_refusal.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>

namespace mortise::module {

namespace {

constexpr std::uint32_t knownFlags =
    MORTISE_SETTING_SECRET | MORTISE_SETTING_HAS_RANGE | MORTISE_SETTING_NEEDS_RESTART | MORTISE_SETTING_DEPRECATED;

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
    if (spec.type == config::SettingType::number) {
        if (std::isnan(raw.number_minimum) || std::isnan(raw.number_maximum))
            throw ModuleRefusal{"declares " + what + " with a range that is not a number"};
        if (raw.number_minimum > std::numeric_limits<double>::lowest()) spec.numberMinimum = raw.number_minimum;
        if (raw.number_maximum < std::numeric_limits<double>::max()) spec.numberMaximum = raw.number_maximum;
        return;
    }
    if (raw.minimum > std::numeric_limits<std::int64_t>::min()) spec.minimum = raw.minimum;
    if (raw.maximum < std::numeric_limits<std::int64_t>::max()) spec.maximum = raw.maximum;
}

void readForm(const mortise_setting& raw, config::SettingSpec& spec, const std::string& what) {
    if (raw.minimum_length > maximumLengthBound)
        throw ModuleRefusal{"declares " + what + " with a minimum length of " + std::to_string(raw.minimum_length) +
                            " bytes"};
    if (raw.maximum_length > maximumLengthBound)
        throw ModuleRefusal{"declares " + what + " with a maximum length of " + std::to_string(raw.maximum_length) +
                            " bytes"};
    spec.minLength = static_cast<std::size_t>(raw.minimum_length);
    spec.maxLength = static_cast<std::size_t>(raw.maximum_length);
    spec.pattern = moduleText(raw.pattern, "the pattern of " + what);
}

config::SettingSpec readSetting(const mortise_setting& raw, std::uint32_t position) {
    config::SettingSpec spec;
    spec.key = moduleText(raw.key, "the key of setting " + std::to_string(position));
    const std::string what = "the setting '" + spec.key + "'";
    spec.type = settingType(raw.type, what);
    if (const std::uint32_t unknown = raw.flags & ~knownFlags; unknown != 0) {
        throw ModuleRefusal{"declares " + what + " with the flags " + std::to_string(unknown) +
                            ", which this host does not know"};
    }
    spec.secret = (raw.flags & MORTISE_SETTING_SECRET) != 0;
    spec.reloadable = (raw.flags & MORTISE_SETTING_NEEDS_RESTART) == 0;
    spec.deprecated = (raw.flags & MORTISE_SETTING_DEPRECATED) != 0;
    spec.defaultText = moduleText(raw.default_text, "the default of " + what);
    spec.choices = base::splitList(moduleText(raw.choices, "the choices of " + what));
    spec.unit = moduleText(raw.unit, "the unit of " + what);
    spec.text = moduleText(raw.text, "the text of " + what);
    if ((raw.flags & MORTISE_SETTING_HAS_RANGE) != 0) readRange(raw, spec, what);
    readForm(raw, spec, what);
    spec.replacedBy = moduleText(raw.replaced_by, "the replacement of " + what);
    spec.environment = base::splitList(moduleText(raw.environment, "the variables of " + what));
    return spec;
}

} // namespace

std::vector<config::SettingSpec> moduleSettings(const mortise_setting* settings, std::uint32_t count,
                                                std::uint32_t stride) {
    const Elements<mortise_setting> all(settings, count, stride);
    if (!all.valid())
        throw ModuleRefusal{"says that one of its settings takes " + std::to_string(stride) + " bytes, ABI 1.0 has " +
                            std::to_string(firstSize<mortise_setting>) +
                            ": set setting_size to sizeof(mortise_setting)"};
    std::vector<config::SettingSpec> specs;
    for (std::uint32_t i = 0; i < count; ++i) specs.push_back(readSetting(all[i], i + 1));
    requireSettings(specs);
    return specs;
}

} // namespace mortise::module
