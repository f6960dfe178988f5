// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/json_node.h>
#include <mortise/described.hpp>
#include <mortise/part.hpp>

#include <charconv>
#include <limits>
#include <optional>

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
    if (parsed.ec != std::errc()) return false;
    if (number < static_cast<double>(std::numeric_limits<T>::min()) ||
        number >= 2.0 * static_cast<double>(T{1} << (std::numeric_limits<T>::digits - 1)))
        return false;
    out = static_cast<T>(number);
    return static_cast<double>(out) == number;
}

template<class T>
bool decodeFloating(const mortise_json_tape& tape, const mortise_json_node& node, T& out) noexcept {
    if (node.kind != MORTISE_JSON_INTEGER && node.kind != MORTISE_JSON_NUMBER) return false;
    const std::string_view digits = nodeText(tape, node);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (parsed.ptr != digits.data() + digits.size()) return false;
    if (parsed.ec == std::errc()) return true;
    if (parsed.ec != std::errc::result_out_of_range) return false;
    // Too small or, of a float, too large. What is too large for a double never gets here.
    double wide = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), wide);
    out = 0;
    return wide > -1 && wide < 1;
}

template<class T>
bool assign(T& out, const std::optional<T>& value) noexcept(std::is_nothrow_copy_assignable_v<T>) {
    if (value) out = *value;
    return value.has_value();
}

template<class T>
bool decodeObject(const mortise_json_tape& tape, const mortise_json_node& node, T& out);
template<class T>
bool decodeTagged(const mortise_json_tape& tape, const mortise_json_node& node, T& out);

template<class T>
bool decodeValue(const mortise_json_tape& tape, const mortise_json_node& node, T& out) {
    if constexpr (isMaybe<T>) {
        if (node.kind != MORTISE_JSON_NULL) return decodeValue(tape, node, out.emplace());
        if constexpr (IsPatch<T>::value)
            out.setNull();
        else
            out.reset();
        return true;
    } else if constexpr (std::is_same_v<T, bool>) {
        out = node.kind == MORTISE_JSON_TRUE;
        return node.kind == MORTISE_JSON_TRUE || node.kind == MORTISE_JSON_FALSE;
    } else if constexpr (std::is_integral_v<T>) {
        return decodeInteger(tape, node, out);
    } else if constexpr (std::is_floating_point_v<T>) {
        return decodeFloating(tape, node, out);
    } else if constexpr (isText<T>) {
        if (node.kind != MORTISE_JSON_STRING) return false;
        out = T(nodeText(tape, node));
        return true;
    } else if constexpr (std::is_same_v<T, UploadedFile>) {
        return (node.flags & MORTISE_JSON_FILE) != 0 && assign(out, T::parse(nodeText(tape, node)));
    } else if constexpr (std::is_same_v<T, DateTime> || std::is_same_v<T, Date>) {
        if (node.kind != MORTISE_JSON_STRING) return false;
        return assign(out, T::parse(nodeText(tape, node)));
    } else if constexpr (std::is_same_v<T, Decimal>) {
        if (node.kind != MORTISE_JSON_INTEGER && node.kind != MORTISE_JSON_NUMBER) return false;
        return assign(out, T::parse(nodeText(tape, node)));
    } else if constexpr (IsNamedEnum<T>::value) {
        return node.kind == MORTISE_JSON_STRING && assign(out, enumFrom<T>(nodeText(tape, node)));
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
    } else if constexpr (IsArray<T>::value) {
        if (node.kind != MORTISE_JSON_ARRAY || node.length != out.size()) return false;
        const mortise_json_node* element = &node + 1;
        for (auto& item : out) {
            if (!decodeValue(tape, *element, item)) return false;
            element = mortise_json_next(element);
        }
        return true;
    } else if constexpr (IsMap<T>::value) {
        if (node.kind != MORTISE_JSON_OBJECT) return false;
        out.clear();
        const mortise_json_node* const end = &node + node.skip;
        for (const mortise_json_node* key = &node + 1; key < end; key = mortise_json_next(key + 1))
            if (!decodeValue(tape, key[1], out[std::string(nodeText(tape, *key))])) return false;
        return true;
    } else if constexpr (IsTagged<T>::value) {
        return decodeTagged(tape, node, out);
    } else {
        static_assert(IsDescribed<T>::value, "no MORTISE_DESCRIBE, or a type that answers only can have");
        return decodeObject(tape, node, out);
    }
}

// True when the key was this member's; `fine` turns false when its value does not fit.
template<class T, std::size_t I, class Names>
bool decodeMember(const mortise_json_tape& tape, const mortise_json_node* key, std::string_view name, T& out,
                  bool& fine) {
    constexpr std::string_view mine = Names::template of<T, I>();
    if (name.size() != mine.size() || __builtin_memcmp(name.data(), mine.data(), mine.size()) != 0) return false;
    if constexpr (!nth<I>(description<T>).rules.readOnly)
        fine = decodeValue(tape, key[1], out.*(nth<I>(description<T>).member));
    return true;
}

template<class Names, class T, std::size_t... I>
bool decodeMembers(const mortise_json_tape& tape, const mortise_json_node& node, T& out, std::index_sequence<I...>) {
    const mortise_json_node* const end = &node + node.skip;
    for (const mortise_json_node* key = &node + 1; key < end; key = mortise_json_next(key + 1)) {
        const std::string_view name = nodeText(tape, *key);
        bool fine = true;
        (void)(decodeMember<T, I, Names>(tape, key, name, out, fine) || ...);
        if (!fine) return false;
    }
    return true;
}

template<class T>
bool decodeObject(const mortise_json_tape& tape, const mortise_json_node& node, T& out) {
    if (node.kind != MORTISE_JSON_OBJECT) return false;
    return decodeMembers<MemberNames>(tape, node, out, std::make_index_sequence<fieldCount<T>>{});
}

template<class T, std::size_t I>
bool decodeAlternative(const mortise_json_tape& tape, const mortise_json_node& node, std::string_view name, T& out,
                       bool& fine) {
    if (name != tags<T>.names[I]) return false;
    fine = decodeObject(tape, node, out.template emplace<I>());
    return true;
}

template<class T, std::size_t... I>
bool decodeAlternatives(const mortise_json_tape& tape, const mortise_json_node& node, std::string_view name, T& out,
                        std::index_sequence<I...>) {
    bool fine = false;
    (void)(decodeAlternative<T, I>(tape, node, name, out, fine) || ...);
    return fine;
}

template<class T>
bool decodeTagged(const mortise_json_tape& tape, const mortise_json_node& node, T& out) {
    if (node.kind != MORTISE_JSON_OBJECT) return false;
    const mortise_json_node* const end = &node + node.skip;
    for (const mortise_json_node* key = &node + 1; key < end; key = mortise_json_next(key + 1)) {
        if (nodeText(tape, *key) != tags<T>.member) continue;
        return key[1].kind == MORTISE_JSON_STRING &&
               decodeAlternatives(tape, node, nodeText(tape, key[1]), out,
                                  std::make_index_sequence<alternativeCount<T>>{});
    }
    return false;
}

// A described struct whose members have these names at the top.
template<class Names, class T>
bool decodeNamed(const mortise_json_tape& tape, T& out) {
    if (tape.node_count == 0) return false;
    if constexpr (std::is_same_v<Names, MemberNames>)
        return decodeValue(tape, tape.nodes[0], out);
    else
        return tape.nodes[0].kind == MORTISE_JSON_OBJECT &&
               decodeMembers<Names>(tape, tape.nodes[0], out, std::make_index_sequence<fieldCount<T>>{});
}

} // namespace detail

// Takes the declared members out of a document that passed schemaOf<T>(); members that are missing keep their
// initialiser. False when a value does not fit its member. An std::string_view member points into the tape.
template<class T>
bool decodeJson(const mortise_json_tape& tape, T& out) {
    return detail::decodeNamed<detail::MemberNames>(tape, out);
}

} // namespace v1
} // namespace mortise
