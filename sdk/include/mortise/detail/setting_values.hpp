// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/setting_text.hpp>
#include <mortise/detail/tag.hpp>
#include <mortise/detail/texts.hpp>
#include <mortise/detail/tuple.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/encode.hpp>

#include <string>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// The declarations of a settings struct, with the storage their views point into.
struct SettingTable {
    std::vector<mortise_setting> rows;
    Texts texts;

    template<class Write>
    mortise_view keep(Write write) {
        std::string text;
        write(text);
        return texts.keep(text);
    }
};

template<class S, class Value>
void addSetting(SettingTable& table, const S& defaults, const Setting<S, Value>& described) {
    const auto setting = described.bounded();
    mortise_setting row{};
    row.type = settingType(setting);
    row.flags = setting.flags;
    row.key = table.keep([&](std::string& out) {
        StringText text{out};
        if (setting.keyText.empty())
            putSnakeCase(text, setting.name);
        else
            putText(text, setting.keyText);
    });
    row.default_text = table.keep([&](std::string& out) {
        StringText text{out};
        if (putValue(text, defaults.*setting.member)) return;
        if constexpr (std::is_floating_point_v<Value>) encodeNumber(out, defaults.*setting.member);
    });
    row.choices = table.keep([&](std::string& out) {
        for (std::size_t i = 0; i < setting.choiceCount; ++i) out.append(i == 0 ? "" : ",").append(setting.choice[i]);
    });
    row.unit = view(unitOf(setting));
    row.text = view(setting.sentence);
    row.pattern = view(setting.form);
    row.replaced_by = view(setting.replacement);
    row.environment = view(setting.variables);
    row.minimum = setting.minimum;
    row.maximum = setting.maximum;
    row.number_minimum = setting.numberMinimum;
    row.number_maximum = setting.numberMaximum;
    row.minimum_length = setting.leastLength;
    row.maximum_length = setting.mostLength;
    table.rows.push_back(row);
}

template<class S>
const SettingTable& settingTable() {
    static const SettingTable table = [] {
        SettingTable made;
        const S defaults{};
        unpack([&](const auto&... setting) { (addSetting(made, defaults, setting), ...); }, mortiseSettings(Tag<S>{}));
        return made;
    }();
    return table;
}

// What views in a settings struct point into.
class SettingStorage {
public:
    // NUL-terminated.
    std::string_view keep(std::string_view text) { return v1::text(texts_.keep(text)); }
    TextList keep(std::vector<std::string_view> items) {
        // A vector that is moved keeps its elements where they are.
        const auto& kept = lists_.emplace_back(std::move(items));
        return {kept.data(), kept.size()};
    }

private:
    Texts texts_;
    std::vector<std::vector<std::string_view>> lists_;
};

template<class T>
void decodeSetting(const mortise_setting_value& value, SettingStorage& storage, T& out) {
    if constexpr (std::is_same_v<T, bool>) {
        out = value.integer != 0;
    } else if constexpr (std::is_integral_v<T>) {
        out = static_cast<T>(value.integer);
    } else if constexpr (std::is_floating_point_v<T>) {
        out = static_cast<T>(value.number);
    } else if constexpr (IsDuration<T>::value) {
        out = std::chrono::duration_cast<T>(std::chrono::milliseconds(value.integer));
    } else if constexpr (std::is_same_v<T, Bytes>) {
        out = Bytes{static_cast<std::uint64_t>(value.integer)};
    } else if constexpr (std::is_same_v<T, TextList>) {
        std::vector<std::string_view> items;
        for (std::uint64_t i = 0; i < value.item_count; ++i) items.push_back(storage.keep(v1::text(value.items[i])));
        out = storage.keep(std::move(items));
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        out.clear();
        for (std::uint64_t i = 0; i < value.item_count; ++i) out.emplace_back(v1::text(value.items[i]));
    } else if constexpr (std::is_same_v<T, std::string>) {
        out = v1::text(value.text);
    } else if constexpr (std::is_same_v<T, std::string_view>) {
        out = storage.keep(v1::text(value.text));
    } else {
        out = T(storage.keep(v1::text(value.text)).data());
    }
}

// Takes the checked values over; false when the host sent another number of them than were declared.
template<class S>
bool decodeSettings(const mortise_setting_value* values, std::uint32_t count, SettingStorage& storage, S& out) {
    return unpack(
        [&](const auto&... setting) {
            if (count != sizeof...(setting)) return false;
            [[maybe_unused]] std::size_t at = 0;
            (decodeSetting(values[at++], storage, out.*setting.member), ...);
            return true;
        },
        mortiseSettings(Tag<S>{}));
}

} // namespace detail
} // namespace v1
} // namespace mortise
