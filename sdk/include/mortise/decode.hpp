// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/json_node.h>
#include <mortise/described.hpp>

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace mortise {
inline namespace v1 {
namespace detail {

inline std::string_view nodeText(const mortise_json_tape& tape, const mortise_json_node& node) noexcept {
    return {tape.text + node.offset, node.length};
}

template<class T>
bool decodeInteger(const mortise_json_tape& tape, const mortise_json_node& node, T& out) noexcept {
    const std::string_view digits = nodeText(tape, node);
    if (node.kind == MORTISE_JSON_INTEGER) {
        if (std::is_unsigned_v<T> && digits == "-0") {
            out = 0;
            return true;
        }
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
    }
    if (node.kind != MORTISE_JSON_NUMBER) return false;
    // "1.0" and "1e3" are integers to JSON Schema.
    double number = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec != std::errc() || std::trunc(number) != number) return false;
    if (number < static_cast<double>(std::numeric_limits<T>::min()) ||
        number >= std::ldexp(1.0, std::numeric_limits<T>::digits))
        return false;
    out = static_cast<T>(number);
    return true;
}

template<class T>
bool decodeObject(const mortise_json_tape& tape, const mortise_json_node& node, T& out);

template<class T>
bool decodeValue(const mortise_json_tape& tape, const mortise_json_node& node, T& out) {
    if constexpr (IsOptional<T>::value) {
        if (node.kind == MORTISE_JSON_NULL) {
            out.reset();
            return true;
        }
        return decodeValue(tape, node, out.emplace());
    } else if constexpr (std::is_same_v<T, bool>) {
        out = node.kind == MORTISE_JSON_TRUE;
        return node.kind == MORTISE_JSON_TRUE || node.kind == MORTISE_JSON_FALSE;
    } else if constexpr (std::is_integral_v<T>) {
        return decodeInteger(tape, node, out);
    } else if constexpr (std::is_floating_point_v<T>) {
        if (node.kind != MORTISE_JSON_INTEGER && node.kind != MORTISE_JSON_NUMBER) return false;
        const std::string_view digits = nodeText(tape, node);
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
    } else if constexpr (isText<T>) {
        if (node.kind != MORTISE_JSON_STRING) return false;
        out = T(nodeText(tape, node));
        return true;
    } else if constexpr (std::is_same_v<T, DateTime>) {
        if (node.kind != MORTISE_JSON_STRING) return false;
        const auto parsed = DateTime::parse(nodeText(tape, node));
        if (parsed) out = *parsed;
        return parsed.has_value();
    } else if constexpr (IsVector<T>::value) {
        if (node.kind != MORTISE_JSON_ARRAY) return false;
        out.clear();
        out.reserve(node.length);
        const mortise_json_node* const end = &node + node.skip;
        for (const mortise_json_node* element = &node + 1; element < end; element = mortise_json_next(element)) {
            if constexpr (std::is_same_v<typename T::value_type, bool>) {
                bool item = false; // an std::vector<bool> has no elements to refer to
                if (!decodeValue(tape, *element, item)) return false;
                out.push_back(item);
            } else {
                if (!decodeValue(tape, *element, out.emplace_back())) return false;
            }
        }
        return true;
    } else {
        static_assert(IsDescribed<T>::value, "no MORTISE_DESCRIBE, or a type that answers only can have");
        return decodeObject(tape, node, out);
    }
}

// True when the key was this member's; `fine` turns false when its value does not fit.
template<class T, std::size_t I>
bool decodeMember(const mortise_json_tape& tape, const mortise_json_node* key, std::string_view name, T& out,
                  bool& fine) {
    constexpr std::string_view mine = std::get<I>(description<T>).name;
    if (name.size() != mine.size() || std::memcmp(name.data(), mine.data(), mine.size()) != 0) return false;
    fine = decodeValue(tape, key[1], out.*(std::get<I>(description<T>).member));
    return true;
}

template<class T, std::size_t... I>
bool decodeMembers(const mortise_json_tape& tape, const mortise_json_node& node, T& out, std::index_sequence<I...>) {
    const mortise_json_node* const end = &node + node.skip;
    for (const mortise_json_node* key = &node + 1; key < end; key = mortise_json_next(key + 1)) {
        const std::string_view name = nodeText(tape, *key);
        bool fine = true;
        (void)(decodeMember<T, I>(tape, key, name, out, fine) || ...);
        if (!fine) return false;
    }
    return true;
}

template<class T>
bool decodeObject(const mortise_json_tape& tape, const mortise_json_node& node, T& out) {
    if (node.kind != MORTISE_JSON_OBJECT) return false;
    return decodeMembers(tape, node, out, std::make_index_sequence<fieldCount<T>>{});
}

} // namespace detail

// Takes the declared members out of a document that passed schemaOf<T>(); members that are missing keep their
// initialiser. False when a value does not fit its member. An std::string_view member points into the tape.
template<class T>
bool decodeJson(const mortise_json_tape& tape, T& out) {
    return tape.node_count != 0 && detail::decodeValue(tape, tape.nodes[0], out);
}

} // namespace v1
} // namespace mortise
