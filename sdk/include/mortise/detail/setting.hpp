// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/module.h>
#include <mortise/detail/fixed_array.hpp>
#include <mortise/detail/tag.hpp>
#include <mortise/setting_types.hpp>

#include <chrono>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T>
struct IsDuration : std::false_type {};
template<class Rep, class Period>
struct IsDuration<std::chrono::duration<Rep, Period>> : std::true_type {};

template<class T>
constexpr bool isWholeSetting = std::is_integral_v<T> && !std::is_same_v<T, bool>;
template<class T>
constexpr bool isListSetting = std::is_same_v<T, TextList> || std::is_same_v<T, std::vector<std::string>>;
template<class T>
constexpr bool isTextSetting = std::is_same_v<T, std::string_view> || std::is_same_v<T, std::string>;

// The number that a bound is compared as: milliseconds of a duration, bytes of a size, items of a list.
template<class Value, class N>
constexpr std::int64_t magnitude(N n) {
    if constexpr (IsDuration<Value>::value) {
        static_assert(IsDuration<N>::value, "the bound of a duration is a duration");
        return std::chrono::duration_cast<std::chrono::milliseconds>(n).count();
    } else if constexpr (std::is_same_v<N, Bytes>) {
        return magnitude<std::uint64_t>(n.count);
    } else {
        static_assert(isWholeSetting<N>, "the bound of a whole number, a size or a list is a whole number");
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        if constexpr (std::is_unsigned_v<N>) {
            return n > static_cast<std::uint64_t>(largest) ? largest : static_cast<std::int64_t>(n);
        } else {
            return n;
        }
    }
}

// One described setting.
template<class Owner, class Value>
class Setting {
public:
    using Type = Value;
    static constexpr std::size_t maximumChoices = 16;

    constexpr Setting(Value Owner::*memberPointer, std::string_view memberName)
        : member(memberPointer), name(memberName) {}

    constexpr Setting key(std::string_view k) const {
        return with([k](auto& s) { s.keyText = k; });
    }
    // One sentence.
    constexpr Setting text(std::string_view t) const {
        return with([t](auto& s) { s.sentence = t; });
    }
    constexpr Setting unit(std::string_view u) const {
        return with([u](auto& s) { s.unitText = u; });
    }
    // Redacted everywhere.
    constexpr Setting secret() const {
        static_assert(isTextSetting<Value>, "only a text can be a secret");
        return with([](auto& s) { s.flags |= MORTISE_SETTING_SECRET; });
    }
    // A reload that changes it warns that this needs a restart.
    constexpr Setting needsRestart() const {
        return with([](auto& s) { s.flags |= MORTISE_SETTING_NEEDS_RESTART; });
    }
    // A value is warned of, and given to the setting of the key `other` (of the same type) where one is named.
    constexpr Setting deprecated(std::string_view other = {}) const {
        return with([other](auto& s) { s.flags |= MORTISE_SETTING_DEPRECATED, s.replacement = other; });
    }
    // Further variables that set it, with commas between them: "JWT_SECRET".
    constexpr Setting environment(std::string_view v) const {
        return with([v](auto& s) { s.variables = v; });
    }
    // Bytes of a text that is not empty.
    constexpr Setting minLength(std::uint64_t n) const {
        static_assert(isTextSetting<Value> || std::is_same_v<Value, Path>, "minLength() is for texts and paths");
        return with([n](auto& s) { s.leastLength = n; });
    }
    // Bytes of a text, or of each item of a list.
    constexpr Setting maxLength(std::uint64_t n) const {
        static_assert(isTextSetting<Value> || isListSetting<Value> || std::is_same_v<Value, Path>,
                      "maxLength() is for texts, paths and lists");
        return with([n](auto& s) { s.mostLength = n; });
    }
    // Of RE2; the whole of a text, or of each item of a list, matches it.
    constexpr Setting pattern(std::string_view p) const {
        static_assert(isTextSetting<Value> || isListSetting<Value>, "pattern() is for texts and lists");
        return with([p](auto& s) { s.form = p; });
    }
    template<class N>
    constexpr Setting min(N n) const {
        static_assert(isRanged, "min() is for numbers, durations, sizes and lists; a text has minLength()");
        return with([n](auto& s) {
            if constexpr (std::is_floating_point_v<Value>)
                s.numberMinimum = static_cast<double>(n);
            else
                s.minimum = magnitude<Value>(n);
            s.flags |= MORTISE_SETTING_HAS_RANGE;
        });
    }
    template<class N>
    constexpr Setting max(N n) const {
        static_assert(isRanged, "max() is for numbers, durations, sizes and lists; a text has maxLength()");
        return with([n](auto& s) {
            if constexpr (std::is_floating_point_v<Value>)
                s.numberMaximum = static_cast<double>(n);
            else
                s.maximum = magnitude<Value>(n);
            s.flags |= MORTISE_SETTING_HAS_RANGE;
        });
    }
    template<class... Choices>
    constexpr Setting choices(Choices... list) const {
        static_assert(isTextSetting<Value>, "choices() is for texts");
        static_assert(sizeof...(Choices) <= maximumChoices, "too many choices");
        return with([list...](auto& s) { ((s.choice[s.choiceCount++] = std::string_view(list)), ...); });
    }

    // With what the member's type can hold: what passes the host fits it.
    constexpr Setting bounded() const {
        return with([]([[maybe_unused]] auto& s) {
            if constexpr (isWholeSetting<Value>) {
                constexpr auto least = magnitude<Value>(std::numeric_limits<Value>::min());
                constexpr auto most = magnitude<Value>(std::numeric_limits<Value>::max());
                if (s.minimum < least) s.minimum = least;
                if (s.maximum > most) s.maximum = most;
                if (sizeof(Value) < 8 || std::is_unsigned_v<Value>) s.flags |= MORTISE_SETTING_HAS_RANGE;
            } else if constexpr (IsDuration<Value>::value) {
                if (s.minimum < 0) s.minimum = 0;
                if (s.maximum > mostMilliseconds()) {
                    s.maximum = mostMilliseconds();
                    s.flags |= MORTISE_SETTING_HAS_RANGE;
                }
            } else if constexpr (std::is_same_v<Value, Bytes>) {
                if (s.minimum < 0) s.minimum = 0;
            }
        });
    }

    Value Owner::*member;
    std::string_view name;
    std::string_view keyText;
    std::string_view sentence;
    std::string_view unitText;
    std::string_view form;
    std::string_view replacement;
    std::string_view variables;
    std::uint64_t leastLength = 0;
    std::uint64_t mostLength = 0;
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    double numberMinimum = std::numeric_limits<double>::lowest();
    double numberMaximum = std::numeric_limits<double>::max();
    FixedArray<std::string_view, maximumChoices> choice{};
    std::size_t choiceCount = 0;
    std::uint32_t flags = 0; // MORTISE_SETTING_SECRET …

private:
    static constexpr bool isRanged = isWholeSetting<Value> || std::is_floating_point_v<Value> ||
                                     IsDuration<Value>::value || std::is_same_v<Value, Bytes> || isListSetting<Value>;

    static constexpr std::int64_t mostMilliseconds() {
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        if constexpr (std::is_floating_point_v<typename Value::rep>) {
            return largest;
        } else {
            using Ratio = std::ratio_divide<typename Value::period, std::milli>;
            const auto count = magnitude<typename Value::rep>(std::numeric_limits<typename Value::rep>::max());
            return count / Ratio::den > largest / Ratio::num ? largest : count / Ratio::den * Ratio::num;
        }
    }

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

} // namespace detail
} // namespace v1
} // namespace mortise
