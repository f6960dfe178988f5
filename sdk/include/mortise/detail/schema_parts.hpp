// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/encode.hpp>

#include <limits>
#include <type_traits>

// What the schemas of all types are put together from.
namespace mortise {
inline namespace v1 {
namespace detail {

// What a schema is for: what comes in, or what goes out, where every member that is always written is required, secrets
// do not exist and defaults mean nothing.
template<bool answer, class MemberNamesOf>
struct SchemaMode {
    static constexpr bool isAnswer = answer;
    using Names = MemberNamesOf;
    using Inner = SchemaMode<answer, MemberNames>;
};
using Incoming = SchemaMode<false, MemberNames>;
using Outgoing = SchemaMode<true, MemberNames>;

inline void schemaText(std::string& out, const char* keyword, std::string_view value) {
    if (value.empty()) return;
    out.append(",\"").append(keyword).append("\":");
    encodeText(out, value);
}

inline void schemaCount(std::string& out, const char* keyword, std::int64_t value) {
    if (value < 0) return;
    out.append(",\"").append(keyword).append("\":");
    encodeNumber(out, value);
}

inline void schemaFlag(std::string& out, const char* keyword, bool value) {
    if (value) out.append(",\"").append(keyword).append("\":true");
}

inline void encodeConstant(std::string& out, const Constant& constant) {
    switch (constant.kind) {
    case Constant::Kind::none:
        out.append("null");
        break;
    case Constant::Kind::text:
        encodeText(out, constant.text);
        break;
    case Constant::Kind::integer:
        encodeNumber(out, constant.integer);
        break;
    case Constant::Kind::number:
        encodeNumber(out, constant.number);
        break;
    case Constant::Kind::boolean:
        out.append(constant.integer != 0 ? "true" : "false");
        break;
    case Constant::Kind::json:
        out.append(constant.text);
        break;
    }
}

inline void schemaConstant(std::string& out, const char* keyword, const Constant& constant) {
    if (!constant.isSet()) return;
    out.append(",\"").append(keyword).append("\":");
    encodeConstant(out, constant);
}

inline void schemaBounds(std::string& out, const Rules& rules) {
    schemaConstant(out, "exclusiveMinimum", rules.exclusiveMinimum);
    schemaConstant(out, "exclusiveMaximum", rules.exclusiveMaximum);
    schemaConstant(out, "multipleOf", rules.multipleOf);
}

// The range of a number type, where the description names none: what passes the schema always fits the member.
template<class T>
void schemaRange(std::string& out, const Rules& rules) {
    constexpr bool isWide = sizeof(T) >= 8; // JSON numbers are within 64 bits, or finite as a double
    schemaConstant(out, "minimum", rules.minimum);
    if (!rules.minimum.isSet() && !rules.exclusiveMinimum.isSet() && (std::is_unsigned_v<T> || !isWide))
        schemaConstant(out, "minimum", Constant::of(std::numeric_limits<T>::lowest()));
    schemaConstant(out, "maximum", rules.maximum);
    if (!rules.maximum.isSet() && !rules.exclusiveMaximum.isSet() &&
        (!isWide || (std::is_integral_v<T> && std::is_signed_v<T>)))
        schemaConstant(out, "maximum", Constant::of(std::numeric_limits<T>::max()));
    schemaBounds(out, rules);
}

inline void schemaType(std::string& out, const char* type, bool nullable) {
    if (nullable)
        out.append("{\"type\":[\"").append(type).append("\",\"null\"]");
    else
        out.append("{\"type\":\"").append(type).append("\"");
}

template<class Mode>
void schemaNotes(std::string& out, const Rules& rules) {
    schemaText(out, "description", rules.text);
    if (!Mode::isAnswer) schemaConstant(out, "default", rules.fallback);
    if (rules.example.isSet()) {
        out.append(",\"examples\":[");
        encodeConstant(out, rules.example);
        out.push_back(']');
    }
    schemaFlag(out, "writeOnly", rules.secret);
    schemaFlag(out, "readOnly", rules.readOnly);
    schemaFlag(out, "deprecated", rules.deprecated);
    out.push_back('}');
}

// Of texts; `at` gives them one by one.
template<class At>
void schemaChoices(std::string& out, std::size_t count, bool nullable, At&& at) {
    if (count == 0) return;
    out.append(",\"enum\":[");
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) out.push_back(',');
        encodeText(out, at(i));
    }
    out.append(nullable ? ",null]" : "]");
}

// What a description says of an array or map it says of the elements, but for their number.
template<class Element>
Rules elementRules(const Rules& rules) {
    Rules element = rules;
    element.fallback = element.example = Constant{};
    element.text = {};
    element.minItems = element.maxItems = -1;
    element.unique = element.secret = element.readOnly = element.deprecated = false;
    element.nullable = isMaybe<Element>;
    return element;
}

} // namespace detail
} // namespace v1
} // namespace mortise
