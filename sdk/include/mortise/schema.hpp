// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/header_names.hpp>
#include <mortise/detail/schema_parts.hpp>
#include <mortise/part.hpp>

#include <type_traits>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

template<class T, class Mode>
void schemaMembers(std::string& out);
template<class T, class Mode>
void schemaAlternatives(std::string& out);
template<class T>
constexpr bool areDistinct();

template<class T, class Mode>
void schemaValue(std::string& out, const Rules& rules) {
    const bool nullable = rules.nullable;
    if constexpr (IsPatch<T>::value) {
        Rules inner = rules;
        inner.nullable = true;
        return schemaValue<typename T::value_type, Mode>(out, inner);
    } else if constexpr (IsOptional<T>::value) {
        return schemaValue<typename T::value_type, Mode>(out, rules);
    } else if constexpr (std::is_same_v<T, bool>) {
        schemaType(out, "boolean", nullable);
    } else if constexpr (std::is_arithmetic_v<T>) {
        schemaType(out, std::is_integral_v<T> ? "integer" : "number", nullable);
        schemaRange<T>(out, rules);
    } else if constexpr (std::is_same_v<T, Decimal>) {
        schemaType(out, "number", nullable);
        schemaConstant(out, "minimum", rules.minimum);
        schemaConstant(out, "maximum", rules.maximum);
        schemaBounds(out, rules);
    } else if constexpr (isText<T>) {
        schemaType(out, "string", nullable);
        schemaChoices(out, rules.choiceCount, nullable, [&](std::size_t i) { return rules.choices[i]; });
        schemaCount(out, "minLength", rules.minLength);
        schemaCount(out, "maxLength", rules.maxLength);
        schemaCount(out, "x-maxBytes", rules.maxBytes);
        schemaText(out, "format", rules.format);
        schemaText(out, "pattern", rules.pattern);
    } else if constexpr (IsNamedEnum<T>::value) {
        schemaType(out, "string", nullable);
        schemaChoices(out, enumNames<T>.size(), nullable, [](std::size_t i) { return enumNames<T>[i].name; });
    } else if constexpr (std::is_same_v<T, UploadedFile>) {
        schemaType(out, "string", nullable);
        schemaText(out, "format", "binary");
    } else if constexpr (std::is_same_v<T, DateTime> || std::is_same_v<T, Date>) {
        schemaType(out, "string", nullable);
        schemaText(out, "format", std::is_same_v<T, Date> ? "date" : "date-time");
    } else if constexpr (std::is_same_v<T, RawJson>) {
        out.push_back('{');
        if (!rules.text.empty()) {
            out.append("\"description\":");
            encodeText(out, rules.text);
        }
        out.push_back('}');
        return;
    } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
        using Element = typename T::value_type;
        schemaType(out, "array", nullable);
        out.append(",\"items\":");
        schemaValue<Element, typename Mode::Inner>(out, elementRules<Element>(rules));
        if constexpr (IsArray<T>::value) {
            schemaCount(out, "minItems", static_cast<std::int64_t>(std::tuple_size_v<T>));
            schemaCount(out, "maxItems", static_cast<std::int64_t>(std::tuple_size_v<T>));
        } else {
            schemaCount(out, "minItems", rules.minItems);
            schemaCount(out, "maxItems", rules.maxItems);
        }
        schemaFlag(out, "uniqueItems", rules.unique);
    } else if constexpr (IsMap<T>::value) {
        using Element = typename T::mapped_type;
        schemaType(out, "object", nullable);
        out.append(",\"additionalProperties\":");
        schemaValue<Element, typename Mode::Inner>(out, elementRules<Element>(rules));
        schemaCount(out, "minProperties", rules.minItems);
        schemaCount(out, "maxProperties", rules.maxItems);
    } else if constexpr (IsAlternatives<T>::value) {
        out.append(areDistinct<T>() ? "{\"oneOf\":[" : "{\"anyOf\":[");
        schemaAlternatives<T, typename Mode::Inner>(out);
        out.append(nullable ? ",{\"type\":\"null\"}]" : "]");
    } else if constexpr (IsTagged<T>::value) {
        // A null has no alternative: it stands beside them.
        schemaType(out, "object", nullable);
        out.append(",\"oneOf\":[");
        schemaAlternatives<T, typename Mode::Inner>(out);
        out.append(nullable ? ",{\"type\":\"null\"}]" : "]");
        out.append(",\"discriminator\":{\"propertyName\":");
        encodeText(out, tags<T>.member);
        out.push_back('}');
    } else {
        static_assert(IsDescribed<T>::value, "this type has no MORTISE_DESCRIBE");
        schemaType(out, "object", nullable);
        schemaText(out, "title", mortiseTitle(Tag<T>{}));
        out.append(",\"properties\":{");
        schemaMembers<T, Mode>(out);
    }
    schemaNotes<Mode>(out, rules);
}

template<class T, std::size_t I, class Mode>
constexpr bool isListed = !(Mode::isAnswer && nth<I>(description<T>).rules.secret);

template<class T, std::size_t I, class Mode>
constexpr bool isRequired() {
    using Member = FieldType<T, I>;
    constexpr auto& rules = nth<I>(description<T>).rules;
    if (Mode::isAnswer)
        return !rules.secret && !IsPatch<Member>::value && !(IsOptional<Member>::value && !rules.nullable);
    return !isMaybe<Member> && !rules.optional && !rules.readOnly && !rules.fallback.isSet();
}

template<class T, std::size_t I, class Mode>
void schemaMember(std::string& out, const Rules& rules = nth<I>(description<T>).rules) {
    if constexpr (isListed<T, I, Mode>) {
        if (out.back() != '{') out.push_back(',');
        encodeText(out, Mode::Names::template of<T, I>());
        out.push_back(':');
        schemaValue<FieldType<T, I>, typename Mode::Inner>(out, rules);
    }
}

template<class T, std::size_t I, class Mode>
void schemaRequired(std::string& out) {
    if constexpr (isRequired<T, I, Mode>()) {
        if (out.back() != '[') out.push_back(',');
        encodeText(out, Mode::Names::template of<T, I>());
    }
}

// Ends `properties`, with `required` behind. `tag` is one more that is required.
template<class T, class Mode, std::size_t... I>
void endMembers(std::string& out, std::string_view tag, std::index_sequence<I...>) {
    out.push_back('}');
    if (tag.empty() && !(isRequired<T, I, Mode>() || ...)) return;
    out.append(",\"required\":[");
    if (!tag.empty()) encodeText(out, tag);
    (schemaRequired<T, I, Mode>(out), ...);
    out.push_back(']');
}

// Goes on in `properties`.
template<class T, class Mode, std::size_t... I>
void schemaMembers(std::string& out, std::string_view tag, std::index_sequence<I...> all) {
    (schemaMember<T, I, Mode>(out), ...);
    endMembers<T, Mode>(out, tag, all);
}

template<class T, class Mode>
void schemaMembers(std::string& out) {
    schemaMembers<T, Mode>(out, {}, std::make_index_sequence<fieldCount<T>>{});
}

template<class T, std::size_t... I>
constexpr bool suitsTag(std::string_view tag, std::index_sequence<I...>) {
    return ((nth<I>(description<T>).name != tag && !nth<I>(description<T>).rules.fallback.isSet()) && ...);
}

template<class T, std::size_t I, class Mode>
void schemaTagged(std::string& out) {
    using Chosen = Alternative<T, I>;
    using Members = std::make_index_sequence<fieldCount<Chosen>>;
    static_assert(suitsTag<Chosen>(tags<T>.member, Members{}),
                  "an alternative has no member of the tag's name, and initialisers instead of .defaults()");
    if (I != 0) out.push_back(',');
    out.append("{\"type\":\"object\"");
    schemaText(out, "title", mortiseTitle(Tag<Chosen>{}));
    out.append(",\"properties\":{");
    encodeText(out, tags<T>.member);
    out.append(":{\"const\":");
    encodeText(out, tags<T>.names[I]);
    out.push_back('}');
    schemaMembers<Chosen, Mode>(out, tags<T>.member, Members{});
    out.push_back('}');
}

template<class T, std::size_t I, class Mode>
void schemaAlternative(std::string& out) {
    using Chosen = Alternative<T, I>;
    if constexpr (IsAlternatives<T>::value) {
        if (I != 0) out.push_back(',');
        schemaValue<Chosen, Mode>(out, Rules{});
    } else {
        schemaTagged<T, I, Mode>(out);
    }
}

template<class T, class Mode, std::size_t... I>
void schemaAlternatives(std::string& out, std::index_sequence<I...>) {
    (schemaAlternative<T, I, Mode>(out), ...);
}

template<class T, class Mode>
void schemaAlternatives(std::string& out) {
    schemaAlternatives<T, Mode>(out, std::make_index_sequence<alternativeCount<T>>{});
}

template<class T, std::size_t... I>
constexpr bool hasMember(std::string_view name, std::index_sequence<I...>) {
    return ((nth<I>(description<T>).name == name) || ...);
}
template<class T>
constexpr bool hasMember(std::string_view name) {
    return hasMember<T>(name, std::make_index_sequence<fieldCount<T>>{});
}

// Whether everything that is sent as an A lacks a member that a B always has.
template<class A, class B, std::size_t... I>
constexpr bool lacks(std::index_sequence<I...>) {
    return ((isRequired<B, I, Outgoing>() && !hasMember<A>(nth<I>(description<B>).name)) || ...);
}

template<class A, class B>
constexpr bool isDistinct() {
    if constexpr (IsDescribed<A>::value && IsDescribed<B>::value)
        return lacks<A, B>(std::make_index_sequence<fieldCount<B>>{}) &&
               lacks<B, A>(std::make_index_sequence<fieldCount<A>>{});
    else
        return false;
}

template<class T, std::size_t I, std::size_t... J>
constexpr bool isDistinctFrom(std::index_sequence<J...>) {
    return ((I == J || isDistinct<Alternative<T, I>, Alternative<T, J>>()) && ...);
}

template<class T, std::size_t... I>
constexpr bool areDistinct(std::index_sequence<I...> all) {
    return (isDistinctFrom<T, I>(all) && ...);
}

// Whether what is sent as one alternative can never be valid as another: oneOf, else anyOf.
template<class T>
constexpr bool areDistinct() {
    return areDistinct<T>(std::make_index_sequence<alternativeCount<T>>{});
}

template<class T, class Mode>
std::string schemaFor() {
    std::string out;
    schemaValue<T, Mode>(out, Rules{});
    return out;
}

} // namespace detail

// The JSON Schema (2020-12) of what comes in as a described struct, for the host's validator and for documentation. The
// struct's name is the title, by which documentation tells equal schemas. Secrets are writeOnly; unknown members are
// neither listed nor forbidden, the host drops them.
template<class T>
std::string schemaOf() {
    return detail::schemaFor<T, detail::Incoming>();
}

// Of what goes out: secrets are not there, and what encoding always writes is required.
template<class T>
std::string answerSchemaOf() {
    return detail::schemaFor<T, detail::Outgoing>();
}

// Of header fields, whose names are those of the members in lower case with hyphens: requestId and request_id are
// request-id, unless named().
template<class T>
std::string headerSchemaOf() {
    return detail::schemaFor<T, detail::SchemaMode<false, detail::HeaderNames>>();
}

} // namespace v1
} // namespace mortise
