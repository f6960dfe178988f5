// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/graphql_names.hpp>
#include <mortise/encode.hpp>
#include <mortise/graphql_keys.hpp>
#include <mortise/part.hpp>
#include <mortise/schema.hpp>

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

// The schema definition language of described types (GraphQL, October 2021, section 3).
namespace mortise {
inline namespace v1 {
namespace detail {

// What is wrong with a contribution, for its author.
using GraphQlFaults = std::vector<std::string>;

// What a type reference is made from, and for.
struct GraphQlReader {
    const GraphQlNames& names;
    GraphQlFaults& faults;
    GraphQlUse use;
    std::string_view where;  // "User.count", for faults
    std::string_view scalar; // named for what has no type of its own; or empty
    std::string_view keyed;  // the type whose keys GraphQlKey has; or empty

    // "String" stands in for the type, so that reading continues.
    std::string fault(std::string_view what) const {
        faults.push_back(std::string(where).append(": ").append(what));
        return "String";
    }
};

// A description in front of a definition, or nothing. JSON's escapes are GraphQL's (section 2.9.4).
inline void putGraphQlText(std::string& out, std::string_view text, std::string_view behind) {
    if (text.empty()) return;
    encodeText(out, text);
    out.append(behind);
}

// What counts for one selection of a field, where that is not 1.
inline void putGraphQlCost(std::string& out, std::uint32_t cost) {
    if (cost != 1) out.append(" @cost(weight: ").append(std::to_string(cost)).append(")");
}

// A bound as an integer, or nothing where it is none that fits.
inline std::optional<std::int64_t> graphQlBound(const Constant& bound) {
    constexpr double limit = 9.2e18;
    if (bound.kind == Constant::Kind::integer) return bound.integer;
    if (bound.kind == Constant::Kind::number && bound.number > -limit && bound.number < limit)
        return static_cast<std::int64_t>(bound.number);
    return std::nullopt;
}

// Whether all values of an integer member are within Int (section 3.5.1).
template<class T>
bool isWithinInt(const Rules& rules) {
    constexpr std::int64_t least = std::numeric_limits<std::int32_t>::min();
    constexpr std::int64_t greatest = std::numeric_limits<std::int32_t>::max();
    constexpr bool isNarrow = sizeof(T) < 4 || (sizeof(T) == 4 && std::is_signed_v<T>);
    if (isNarrow) return true;
    const auto within = [](const Constant& bound, std::int64_t from, std::int64_t to) {
        const std::optional<std::int64_t> value = graphQlBound(bound);
        return value && *value >= from && *value <= to;
    };
    const bool low = std::is_unsigned_v<T> || within(rules.minimum, least, greatest) ||
                     within(rules.exclusiveMinimum, least - 1, greatest);
    const bool high = within(rules.maximum, least, greatest) || within(rules.exclusiveMaximum, least, greatest + 1);
    return low && high;
}

constexpr std::string_view graphQlUnnamed =
    "its C++ type has no name in GraphQL: declare it by object<T>(), input<T>(), enumeration<T>() or unionOf<T>()";

// The type of a value without the `!`. What may be null says mayBeNull().
template<class T>
std::string graphQlType(const GraphQlReader& reader, const Rules& rules) {
    const auto named = [&]() -> std::string {
        const std::string_view name = reader.names.find(reader.use, &graphQlMark<T>);
        return name.empty() ? reader.fault(graphQlUnnamed) : std::string(name);
    };
    if constexpr (isMaybe<T>) {
        return graphQlType<typename T::value_type>(reader, rules);
    } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
        using Item = typename T::value_type;
        const std::string item = graphQlType<Item>(reader, elementRules<Item>(rules));
        return "[" + item + (isMaybe<Item> ? "]" : "!]");
    } else if constexpr (std::is_same_v<T, UploadedFile>) {
        return reader.fault("a file has no type in GraphQL");
    } else {
        if (!reader.scalar.empty()) return std::string(reader.scalar);
        if constexpr (std::is_same_v<T, GraphQlKey>) {
            return reader.keyed.empty() ? reader.fault("of(\"Type\") says whose keys these are")
                                        : std::string(reader.keyed);
        } else if constexpr (std::is_same_v<T, bool>) {
            return "Boolean";
        } else if constexpr (std::is_integral_v<T>) {
            return isWithinInt<T>(rules) ? "Int"
                                         : reader.fault("its range exceeds Int, which is of 32 bits: give it min() and "
                                                        "max() within that, or a scalar() of its own");
        } else if constexpr (std::is_floating_point_v<T>) {
            return "Float";
        } else if constexpr (isText<T>) {
            return rules.format == "uuid" ? "ID" : "String";
        } else if constexpr (std::is_same_v<T, DateTime>) {
            return "DateTimeISO";
        } else if constexpr (std::is_same_v<T, Date>) {
            return reader.fault("a day needs a scalar() of its own, such as \"Date\"");
        } else if constexpr (std::is_same_v<T, Decimal>) {
            return reader.fault("a Decimal needs a scalar() of its own, such as \"Decimal\"");
        } else if constexpr (std::is_same_v<T, RawJson> || IsMap<T>::value) {
            return reader.fault("GraphQL has no type for it: leave it out by without(), or name a scalar()");
        } else if constexpr (IsVariant<T>::value) {
            return reader.use == GraphQlUse::incoming ? reader.fault("an input of GraphQL has no alternatives")
                                                      : named();
        } else {
            static_assert(IsDescribed<T>::value || IsNamedEnum<T>::value,
                          "GraphQL: this type has no MORTISE_DESCRIBE and no MORTISE_ENUM");
            return named();
        }
    }
}

// A constant of a description as a value of GraphQL (section 2.9); `T` is the member's type.
template<class T>
std::string graphQlLiteral(const GraphQlReader& reader, const Constant& constant) {
    std::string out;
    if constexpr (IsNamedEnum<Unwrapped<T>>::value) {
        if (constant.kind == Constant::Kind::text) return std::string(constant.text);
    }
    if (constant.kind == Constant::Kind::json &&
        (constant.text.find('{') != std::string_view::npos || IsNamedEnum<ElementOf<T>>::value)) {
        static_cast<void>(reader.fault("a default that is an object or has enumerators in a list has no form here"));
        return "null";
    }
    encodeConstant(out, constant);
    return out;
}

} // namespace detail
} // namespace v1
} // namespace mortise
