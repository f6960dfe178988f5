// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_array.hpp>
#include <mortise/enumeration.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace mortise {
inline namespace v1 {

// JSON text as a constant of a description: the default of an array or object, a bound with more digits than a double
// has. The host checks it when the route is declared.
struct JsonText {
    std::string_view text;
};

namespace detail {

constexpr std::size_t maxChoices = 16;

// A constant of a description: what .defaults(), .example() and bounds take.
struct Constant {
    enum class Kind { none, text, integer, number, boolean, json };
    Kind kind = Kind::none;
    std::string_view text;
    std::int64_t integer = 0;
    double number = 0;

    constexpr bool isSet() const { return kind != Kind::none; }

    template<class T>
    static constexpr Constant of(T value) {
        Constant constant;
        if constexpr (std::is_same_v<T, bool>) {
            constant.kind = Kind::boolean;
            constant.integer = value ? 1 : 0;
        } else if constexpr (std::is_integral_v<T>) {
            constant.kind = Kind::integer;
            constant.integer = static_cast<std::int64_t>(value);
        } else if constexpr (std::is_floating_point_v<T>) {
            constant.kind = Kind::number;
            constant.number = value;
        } else if constexpr (std::is_enum_v<T>) {
            constant.kind = Kind::text;
            constant.text = enumText(value);
        } else if constexpr (std::is_same_v<T, JsonText>) {
            constant.kind = Kind::json;
            constant.text = value.text;
        } else {
            constant.kind = Kind::text;
            constant.text = std::string_view(value);
        }
        return constant;
    }
};

// What the schema says of a member beyond its type.
struct Rules {
    std::string_view format;
    std::string_view pattern;
    std::string_view text;
    std::int64_t minLength = -1; // code points
    std::int64_t maxLength = -1;
    std::int64_t maxBytes = -1; // bytes of UTF-8
    std::int64_t minItems = -1; // of an array or a map
    std::int64_t maxItems = -1;
    Constant minimum;
    Constant maximum;
    Constant exclusiveMinimum;
    Constant exclusiveMaximum;
    Constant multipleOf;
    Constant fallback;
    Constant example;
    FixedArray<std::string_view, maxChoices> choices{};
    std::size_t choiceCount = 0;
    bool unique = false;
    bool secret = false;
    bool readOnly = false;
    bool deprecated = false;
    bool nullable = false;
    bool optional = false;
};

} // namespace detail
} // namespace v1
} // namespace mortise
