// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/module.h>
#include <mortise/described.hpp>
#include <mortise/detail/texts.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/encode.hpp>
#include <mortise/setting_types.hpp>

#include <chrono>
#include <limits>

// MORTISE_SETTINGS(Type, field(member).min(1).text("…"), …)
//
// The settings of a plugin: checked, printed and documented by the host before the plugin sees them. A key is the
// member's name in snake_case unless .key() says otherwise; the default is the member's value in a default-constructed
// Type.
//   bool, integers, double, std::string            yes/no, number, text (a choice with .choices())
//   std::chrono durations                          500ms, 30s, 5m, 2h, 7d
//   mortise::Bytes                                 64KiB, 10MiB
//   std::vector<std::string>, mortise::Path        a comma list, a path
#define MORTISE_SETTINGS(Type, ...)                                                             \
    [[maybe_unused]] constexpr auto mortiseSettings(::mortise::detail::Tag<Type>) {             \
        using MortiseSubject = Type;                                                            \
        return ::std::make_tuple(MORTISE_EACH(__VA_ARGS__)(MORTISE_SETTINGS_ONE, __VA_ARGS__)); \
    }
#define MORTISE_SETTINGS_ONE(x) MORTISE_SETTING_OF_##x
#define MORTISE_SETTING_OF_field(member) ::mortise::detail::makeSetting(&MortiseSubject::member, #member)

namespace mortise {
inline namespace v1 {

// For plugins without settings.
struct NoSettings {};
[[maybe_unused]] constexpr std::tuple<> mortiseSettings(detail::Tag<NoSettings>) {
    return {};
}

namespace detail {

template<class T>
struct IsDuration : std::false_type {};
template<class Rep, class Period>
struct IsDuration<std::chrono::duration<Rep, Period>> : std::true_type {};

// The number that a bound is compared as: milliseconds of a duration, bytes of a size.
template<class N>
constexpr double magnitude(N n) {
    if constexpr (IsDuration<N>::value) {
        return static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(n).count());
    } else if constexpr (std::is_same_v<N, Bytes>) {
        return static_cast<double>(n.count);
    } else {
        return static_cast<double>(n);
    }
}

// One described setting.
template<class Owner, class Value>
class Setting {
public:
    using Type = Value;

    constexpr Setting(Value Owner::*memberPointer, std::string_view memberName)
        : member(memberPointer), name(memberName) {}

    constexpr Setting key(std::string_view k) const {
        return with([k](auto& s) { s.keyText = k; });
    }
    constexpr Setting text(std::string_view t) const {
        return with([t](auto& s) { s.sentence = t; });
    } // one sentence
    constexpr Setting unit(std::string_view u) const {
        return with([u](auto& s) { s.unitText = u; });
    }
    constexpr Setting secret() const {
        return with([](auto& s) { s.isSecret = true; });
    } // redacted everywhere
    // Bytes of a text that is not empty.
    constexpr Setting minLength(std::uint64_t n) const {
        return with([n](auto& s) { s.leastLength = n; });
    }
    template<class N>
    constexpr Setting min(N n) const {
        return with([n](auto& s) { s.minimum = magnitude(n), s.ranged = true; });
    }
    template<class N>
    constexpr Setting max(N n) const {
        return with([n](auto& s) { s.maximum = magnitude(n), s.ranged = true; });
    }
    template<class... Choices>
    constexpr Setting choices(Choices... list) const {
        static_assert(sizeof...(Choices) <= maxChoices, "too many choices");
        return with([list...](auto& s) { ((s.choice[s.choiceCount++] = std::string_view(list)), ...); });
    }

    Value Owner::*member;
    std::string_view name;
    std::string_view keyText;
    std::string_view sentence;
    std::string_view unitText;
    std::uint64_t leastLength = 0;
    double minimum = std::numeric_limits<double>::lowest();
    double maximum = std::numeric_limits<double>::max();
    std::array<std::string_view, maxChoices> choice{};
    std::size_t choiceCount = 0;
    bool ranged = false;
    bool isSecret = false;

private:
    template<class Change>
    constexpr Setting with(Change change) const {
        Setting copy = *this;
        change(copy);
        return copy;
    }
};

template<class Owner, class Value>
constexpr Setting<Owner, Value> makeSetting(Value Owner::*member, std::string_view name) {
    return {member, name};
}

inline std::string snakeCase(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c >= 'A' && c <= 'Z') {
            if (!out.empty()) out.push_back('_');
            out.push_back(static_cast<char>(c - 'A' + 'a'));
        } else {
            out.push_back(c);
        }
    }
    return out;
}

// The largest unit that says it without a rest, as a person would write it.
inline std::string durationText(std::int64_t ms) {
    constexpr struct {
        std::int64_t size;
        const char* unit;
    } units[] = {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}};
    for (const auto& unit : units)
        if (ms != 0 && ms % unit.size == 0) return std::to_string(ms / unit.size) + unit.unit;
    return std::to_string(ms) + "ms";
}

inline std::string sizeText(std::uint64_t bytes) {
    constexpr struct {
        unsigned shift;
        const char* unit;
    } units[] = {{30, "GiB"}, {20, "MiB"}, {10, "KiB"}};
    for (const auto& unit : units)
        if (bytes != 0 && (bytes & ((std::uint64_t{1} << unit.shift) - 1)) == 0)
            return std::to_string(bytes >> unit.shift) + unit.unit;
    return std::to_string(bytes);
}

template<class T>
std::string settingText(const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_arithmetic_v<T>) {
        std::string out;
        encodeNumber(out, value);
        return out;
    } else if constexpr (IsDuration<T>::value) {
        return durationText(std::chrono::duration_cast<std::chrono::milliseconds>(value).count());
    } else if constexpr (std::is_same_v<T, Bytes>) {
        return sizeText(value.count);
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        std::string out;
        for (const auto& item : value) out.append(out.empty() ? "" : ", ").append(item);
        return out;
    } else if constexpr (std::is_same_v<T, Path>) {
        return value.string();
    } else {
        static_assert(std::is_same_v<T, std::string>, "no setting can have this type");
        return value;
    }
}

template<class T>
constexpr std::uint32_t settingType(bool hasChoices) {
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
    else if constexpr (std::is_same_v<T, std::vector<std::string>>)
        return MORTISE_SETTING_LIST;
    else if constexpr (std::is_same_v<T, Path>)
        return MORTISE_SETTING_PATH;
    else
        return hasChoices ? MORTISE_SETTING_CHOICE : MORTISE_SETTING_TEXT;
}

// The declarations of a settings struct, with the storage their views point into.
struct SettingTable {
    std::vector<mortise_setting> rows;
    Texts texts;

    mortise_view keep(std::string text) { return texts.keep(text); }
};

template<class S, class Value>
void addSetting(SettingTable& table, const S& defaults, const Setting<S, Value>& setting) {
    mortise_setting row{};
    row.type = settingType<Value>(setting.choiceCount != 0);
    row.key = table.keep(setting.keyText.empty() ? snakeCase(setting.name) : std::string(setting.keyText));
    row.default_text = table.keep(settingText(defaults.*setting.member));
    std::string choices;
    for (std::size_t i = 0; i < setting.choiceCount; ++i) choices.append(i == 0 ? "" : ",").append(setting.choice[i]);
    row.choices = table.keep(std::move(choices));
    row.unit = view(setting.unitText);
    if (setting.unitText.empty() && row.type == MORTISE_SETTING_DURATION) row.unit = view("ms");
    if (setting.unitText.empty() && row.type == MORTISE_SETTING_SIZE) row.unit = view("bytes");
    row.text = view(setting.sentence);
    row.minimum = setting.minimum;
    row.maximum = setting.maximum;
    bool ranged = setting.ranged;
    if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
        // What passes the host always fits the member.
        constexpr auto least = static_cast<double>(std::numeric_limits<Value>::min());
        constexpr auto most = static_cast<double>(std::numeric_limits<Value>::max());
        if (sizeof(Value) < 8 || std::is_unsigned_v<Value>) ranged = true;
        if (row.minimum < least) row.minimum = least;
        if (row.maximum > most) row.maximum = most;
    } else if constexpr (IsDuration<Value>::value || std::is_same_v<Value, Bytes>) {
        if (row.minimum < 0) row.minimum = 0;
    }
    row.minimum_length = setting.leastLength;
    row.flags = (setting.isSecret ? MORTISE_SETTING_SECRET : 0u) | (ranged ? MORTISE_SETTING_HAS_RANGE : 0u);
    table.rows.push_back(row);
}

template<class S>
const SettingTable& settingTable() {
    static const SettingTable table = [] {
        SettingTable made;
        const S defaults{};
        std::apply([&](const auto&... setting) { (addSetting(made, defaults, setting), ...); },
                   mortiseSettings(Tag<S>{}));
        return made;
    }();
    return table;
}

template<class T>
void decodeSetting(const mortise_setting_value& value, T& out) {
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
    } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
        out.clear();
        for (std::uint64_t i = 0; i < value.item_count; ++i) out.emplace_back(v1::text(value.items[i]));
    } else {
        out = T(std::string(v1::text(value.text)));
    }
}

// Takes the checked values over; false when the host sent another number of them than were declared.
template<class S>
bool decodeSettings(const mortise_setting_value* values, std::uint32_t count, S& out) {
    return std::apply(
        [&](const auto&... setting) {
            if (count != sizeof...(setting)) return false;
            [[maybe_unused]] std::size_t at = 0;
            (decodeSetting(values[at++], out.*setting.member), ...);
            return true;
        },
        mortiseSettings(Tag<S>{}));
}

} // namespace detail
} // namespace v1
} // namespace mortise
