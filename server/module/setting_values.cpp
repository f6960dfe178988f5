// SPDX-License-Identifier: Apache-2.0
#include "module/setting_values.hpp"

#include "module/abi_text.hpp"

namespace mortise::module {

SettingValues::SettingValues(std::span<const config::SettingSpec> specs, const config::Section& section) {
    values_.reserve(specs.size());
    for (const config::SettingSpec& spec : specs) {
        const config::Setting& setting = section.at(spec.key);
        mortise_setting_value value{};
        value.text = view(setting.text);
        value.is_default = setting.isDefault ? 1 : 0;
        if (const auto* boolean = std::get_if<bool>(&setting.value)) {
            value.integer = *boolean ? 1 : 0;
        } else if (const auto* integer = std::get_if<std::int64_t>(&setting.value)) {
            value.integer = *integer;
            value.number = static_cast<double>(*integer);
        } else if (const auto* number = std::get_if<double>(&setting.value)) {
            value.number = *number;
        } else if (const auto* plain = std::get_if<std::string>(&setting.value)) {
            value.text = view(*plain);
        } else {
            std::vector<mortise_view>& items = items_.emplace_back();
            for (const std::string& item : std::get<std::vector<std::string>>(setting.value))
                items.push_back(view(item));
            value.items = items.data();
            value.item_count = items.size();
        }
        values_.push_back(value);
    }
}

} // namespace mortise::module
