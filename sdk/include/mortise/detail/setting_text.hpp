// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_text.hpp>
#include <mortise/detail/setting.hpp>
#include <mortise/detail/snake_case.hpp>

namespace mortise {
inline namespace v1 {
namespace detail {

struct WrittenUnit {
    std::int64_t size;
    std::string_view name;
};
constexpr WrittenUnit durationUnits[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}, {1, "ms"}};
constexpr WrittenUnit sizeUnits[] = {{std::int64_t{1} << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}, {1, ""}};

// In the largest unit that says it without a rest, as a person would write it.
template<class Sink, std::size_t N>
constexpr void putScaled(Sink& out, std::int64_t value, const WrittenUnit (&units)[N]) {
    const WrittenUnit* unit = &units[N - 1];
    for (std::size_t i = N; value != 0 && i-- != 0;)
        if (value % units[i].size == 0) unit = &units[i];
    putInteger(out, value / unit->size);
    putText(out, unit->name);
}

// Items by commas.
template<class Sink, class Items>
constexpr void putList(Sink& out, const Items& items, std::string_view comma) {
    bool first = true;
    for (const auto& item : items) {
        if (!first) putText(out, comma);
        putText(out, std::string_view(item));
        first = false;
    }
}

// A value as it would be written in a file; false where it cannot be.
template<class Sink, class T>
constexpr bool putValue(Sink& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        putText(out, value ? "true" : "false");
    } else if constexpr (std::is_floating_point_v<T>) {
        return putNumber(out, static_cast<double>(value));
    } else if constexpr (std::is_unsigned_v<T>) {
        putWhole(out, value);
    } else if constexpr (std::is_integral_v<T>) {
        putInteger(out, value);
    } else if constexpr (IsDuration<T>::value) {
        putScaled(out, std::chrono::duration_cast<std::chrono::milliseconds>(value).count(), durationUnits);
    } else if constexpr (std::is_same_v<T, Bytes>) {
        putScaled(out, magnitude<Bytes>(value), sizeUnits);
    } else if constexpr (isListSetting<T>) {
        putList(out, value, ", ");
    } else if constexpr (std::is_same_v<T, Path>) {
        putText(out, value.view());
    } else {
        static_assert(isTextSetting<T>, "no setting can have this type");
        putText(out, value);
    }
    return true;
}

template<class Owner, class T>
constexpr std::uint32_t settingType(const Setting<Owner, T>& setting) {
    if constexpr (std::is_same_v<T, bool>)
        return MORTISE_SETTING_BOOLEAN;
    else if constexpr (std::is_integral_v<T>)
        return MORTISE_SETTING_INTEGER;
    else if constexpr (std::is_floating_point_v<T>)
        return MORTISE_SETTING_NUMBER;
    else if constexpr (IsDuration<T>::value)
        return MORTISE_SETTING_DURATION;
    else if constexpr (std::is_same_v<T, Bytes>)
        return MORTISE_SETTING_SIZE;
    else if constexpr (isListSetting<T>)
        return MORTISE_SETTING_LIST;
    else if constexpr (std::is_same_v<T, Path>)
        return MORTISE_SETTING_PATH;
    else
        return setting.choiceCount != 0 ? MORTISE_SETTING_CHOICE : MORTISE_SETTING_TEXT;
}

// Of a bare number.
template<class Owner, class T>
constexpr std::string_view unitOf(const Setting<Owner, T>& setting) {
    if (!setting.unitText.empty()) return setting.unitText;
    if constexpr (IsDuration<T>::value) return "ms";
    if constexpr (std::is_same_v<T, Bytes>) return "bytes";
    return {};
}

} // namespace detail
} // namespace v1
} // namespace mortise
