// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/encode.hpp>

#include <limits>

namespace mortise {
inline namespace v1 {
namespace detail {

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
    }
}

inline void schemaConstant(std::string& out, const char* keyword, const Constant& constant) {
    if (constant.kind == Constant::Kind::none) return;
    out.append(",\"").append(keyword).append("\":");
    encodeConstant(out, constant);
}

// The range of an integer type, where the description names none: what passes the schema always fits the member.
template<class T>
void schemaRange(std::string& out, const Rules& rules) {
    if (rules.minimum.kind != Constant::Kind::none) {
        schemaConstant(out, "minimum", rules.minimum);
    } else if constexpr (std::is_unsigned_v<T> || sizeof(T) < 8) {
        out.append(",\"minimum\":");
        encodeNumber(out, std::numeric_limits<T>::min());
    }
    if (rules.maximum.kind != Constant::Kind::none) {
        schemaConstant(out, "maximum", rules.maximum);
    } else if constexpr (std::is_signed_v<T> || sizeof(T) < 8) {
        out.append(",\"maximum\":");
        encodeNumber(out, std::numeric_limits<T>::max());
    }
}

inline void schemaType(std::string& out, const char* type, bool nullable) {
    if (nullable)
        out.append("{\"type\":[\"").append(type).append("\",\"null\"]");
    else
        out.append("{\"type\":\"").append(type).append("\"");
}

inline void schemaNotes(std::string& out, const Rules& rules) {
    schemaText(out, "description", rules.text);
    schemaConstant(out, "default", rules.fallback);
    if (rules.example.kind != Constant::Kind::none) {
        out.append(",\"examples\":[");
        encodeConstant(out, rules.example);
        out.push_back(']');
    }
    if (rules.secret) out.append(",\"writeOnly\":true");
    out.push_back('}');
}

template<class T>
void schemaObject(std::string& out);

template<class T>
void schemaValue(std::string& out, const Rules& rules) {
    if constexpr (IsOptional<T>::value) {
        schemaValue<typename T::value_type>(out, rules);
        return;
    } else if constexpr (std::is_same_v<T, bool>) {
        schemaType(out, "boolean", rules.nullable);
    } else if constexpr (std::is_integral_v<T>) {
        schemaType(out, "integer", rules.nullable);
        schemaRange<T>(out, rules);
    } else if constexpr (std::is_floating_point_v<T>) {
        schemaType(out, "number", rules.nullable);
        schemaConstant(out, "minimum", rules.minimum);
        schemaConstant(out, "maximum", rules.maximum);
    } else if constexpr (isText<T>) {
        schemaType(out, "string", rules.nullable);
        if (rules.choiceCount != 0) {
            out.append(",\"enum\":[");
            for (std::size_t i = 0; i < rules.choiceCount; ++i) {
                if (i != 0) out.push_back(',');
                encodeText(out, rules.choices[i]);
            }
            out.append(rules.nullable ? ",null]" : "]");
        }
        schemaCount(out, "minLength", rules.minLength);
        schemaCount(out, "maxLength", rules.maxLength);
        schemaCount(out, "x-maxBytes", rules.maxBytes);
        schemaText(out, "format", rules.format);
        schemaText(out, "pattern", rules.pattern);
    } else if constexpr (std::is_same_v<T, DateTime>) {
        schemaType(out, "string", rules.nullable);
        schemaText(out, "format", "date-time");
    } else if constexpr (std::is_same_v<T, RawJson>) {
        out.push_back('{');
        if (rules.text.empty()) {
            out.push_back('}');
            return;
        }
        out.append("\"description\":");
        encodeText(out, rules.text);
        out.push_back('}');
        return;
    } else if constexpr (IsVector<T>::value) {
        // Rules of length, range and format speak of the elements; those of items of the array.
        Rules element = rules;
        element.fallback = element.example = Constant{};
        element.text = {};
        element.secret = element.nullable = false;
        schemaType(out, "array", rules.nullable);
        out.append(",\"items\":");
        schemaValue<typename T::value_type>(out, element);
        schemaCount(out, "minItems", rules.minItems);
        schemaCount(out, "maxItems", rules.maxItems);
    } else if constexpr (IsMap<T>::value) {
        schemaType(out, "object", rules.nullable);
        out.append(",\"additionalProperties\":true");
    } else {
        static_assert(IsDescribed<T>::value, "this type has no MORTISE_DESCRIBE");
        schemaType(out, "object", rules.nullable);
        schemaObject<T>(out);
    }
    schemaNotes(out, rules);
}

template<class T, std::size_t I>
void schemaMember(std::string& out) {
    constexpr auto& field = std::get<I>(description<T>);
    if (I != 0) out.push_back(',');
    encodeText(out, field.name);
    out.push_back(':');
    schemaValue<FieldType<T, I>>(out, field.rules);
}

template<class T, std::size_t I>
void schemaRequired(std::string& out, bool& first) {
    constexpr auto& field = std::get<I>(description<T>);
    if (IsOptional<FieldType<T, I>>::value || field.rules.optional || field.rules.fallback.kind != Constant::Kind::none)
        return;
    out.append(first ? ",\"required\":[" : ",");
    first = false;
    encodeText(out, field.name);
}

template<class T, std::size_t... I>
void schemaMembers(std::string& out, std::index_sequence<I...>) {
    out.append(",\"properties\":{");
    (schemaMember<T, I>(out), ...);
    out.push_back('}');
    bool first = true;
    (schemaRequired<T, I>(out, first), ...);
    if (!first) out.push_back(']');
}

template<class T>
void schemaObject(std::string& out) {
    schemaMembers<T>(out, std::make_index_sequence<fieldCount<T>>{});
}

} // namespace detail

// The JSON Schema (2020-12) of a described struct, for the host's validator and for documentation. Secrets are
// writeOnly; unknown members are neither listed nor forbidden, the host drops them.
template<class T>
std::string schemaOf() {
    std::string out;
    detail::schemaValue<T>(out, detail::Rules{});
    return out;
}

} // namespace v1
} // namespace mortise
