// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/detail/small_text.hpp>
#include <mortise/http_error.hpp>
#include <mortise/part.hpp>

#include <charconv>

namespace mortise {
inline namespace v1 {
namespace detail {

// Which of eight bytes are a quote, a backslash or below U+0020: the lowest bit that is set is the highest one of the
// first such byte, the first byte being the lowest; 0: none is.
inline std::uint64_t findEscapes(std::uint64_t bytes) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101u;
    constexpr std::uint64_t highs = 0x8080808080808080u;
    const std::uint64_t quote = bytes ^ (ones * '"');
    const std::uint64_t slash = bytes ^ (ones * '\\');
    const std::uint64_t control = (bytes - ones * 0x20u) & ~bytes;
    return (control | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & highs;
}

// Whether one of 32 bytes is such: in vectors that every processor of 64 bits has registers for.
inline bool hasEscapes(const char* bytes) noexcept {
    using Vector __attribute__((vector_size(16))) = unsigned char;
    using Halves __attribute__((vector_size(16))) = unsigned long long;
    Vector a, b;
    __builtin_memcpy(&a, bytes, sizeof a);
    __builtin_memcpy(&b, bytes + sizeof a, sizeof b);
    const auto halves =
        reinterpret_cast<Halves>((a == '"') | (a == '\\') | (a < 0x20) | (b == '"') | (b == '\\') | (b < 0x20));
    return (halves[0] | halves[1]) != 0;
}

inline bool needsEscape(char c) noexcept {
    return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20u;
}

template<class Sink>
void encodeEscaped(Sink& out, char c) {
    constexpr char hex[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    char escape[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
    std::size_t size = 2;
    switch (c) {
    case '"':
        escape[1] = '"';
        break;
    case '\\':
        escape[1] = '\\';
        break;
    case '\b':
        escape[1] = 'b';
        break;
    case '\f':
        escape[1] = 'f';
        break;
    case '\n':
        escape[1] = 'n';
        break;
    case '\r':
        escape[1] = 'r';
        break;
    case '\t':
        escape[1] = 't';
        break;
    default:
        size = 6;
    }
    out.append(escape, size);
}

inline std::uint64_t eightBytes(const char* bytes) noexcept {
    std::uint64_t word = 0;
    __builtin_memcpy(&word, bytes, 8);
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__ ? __builtin_bswap64(word) : word;
}

// Where the first byte from `at` on stands that needs an escape; the text's size where none does.
inline std::size_t findEscape(std::string_view text, std::size_t at) noexcept {
    const auto first = [](std::uint64_t found) { return static_cast<std::size_t>(__builtin_ctzll(found)) / 8; };
    while (at + 32 <= text.size() && !hasEscapes(text.data() + at)) at += 32;
    for (; at + 8 <= text.size(); at += 8)
        if (const std::uint64_t found = findEscapes(eightBytes(text.data() + at))) return at + first(found);
    if (text.size() >= 8 && at < text.size()) {
        // The last eight bytes without those in front of `at`; zeros stand behind them, which end the search.
        const std::size_t known = at - (text.size() - 8);
        return at + first(findEscapes(eightBytes(text.data() + text.size() - 8) >> (8 * known)));
    }
    while (at < text.size() && !needsEscape(text[at])) ++at;
    return at;
}

template<class Sink>
void encodeText(Sink& out, std::string_view text) {
    out.push_back('"');
    std::size_t begin = 0; // of what is not written yet
    for (std::size_t at = findEscape(text, 0); at < text.size(); at = findEscape(text, begin)) {
        out.append(text.data() + begin, at - begin);
        encodeEscaped(out, text[at]);
        begin = at + 1;
    }
    out.append(text.data() + begin, text.size() - begin);
    out.push_back('"');
}

template<class Sink, class N>
void encodeNumber(Sink& out, N number) {
    if constexpr (std::is_floating_point_v<N>) {
        if (!(number - number == 0)) {
            out.append("null", 4);
            return;
        }
    }
    char digits[40];
    const auto written = std::to_chars(digits, digits + sizeof digits, number);
    out.append(digits, static_cast<std::size_t>(written.ptr - digits));
}

template<class Sink, class T>
void encodeValue(Sink& out, const T& value);

// Of a member that has no value to write: whether it is left out or written as null.
template<class T, std::size_t I>
bool isLeftOut(const FieldType<T, I>& member) {
    if constexpr (IsPatch<FieldType<T, I>>::value)
        return member.isAbsent();
    else if constexpr (IsOptional<FieldType<T, I>>::value)
        return !member && !nth<I>(description<T>).rules.nullable;
    else
        return false;
}

template<class T, std::size_t I, class Sink>
void encodeMember(Sink& out, const T& object, bool& first) {
    if constexpr (!nth<I>(description<T>).rules.secret) {
        const auto& member = object.*(nth<I>(description<T>).member);
        if (isLeftOut<T, I>(member)) return;
        constexpr auto& fragment = keyFragment<T, I>;
        out.append(fragment.data() + (first ? 1 : 0), fragment.size() - (first ? 1 : 0));
        first = false;
        encodeValue(out, member);
    }
}

template<class T, class Sink, std::size_t... I>
void encodeMembers(Sink& out, const T& object, bool first, std::index_sequence<I...>) {
    (encodeMember<T, I>(out, object, first), ...);
}

template<class Sink, class T>
void encodeTagged(Sink& out, const T& value) {
    constexpr auto& known = tags<T>;
    out.push_back('{');
    encodeText(out, known.member);
    out.push_back(':');
    visit(
        [&](const auto& alternative) {
            using Held = std::decay_t<decltype(alternative)>;
            encodeText(out, known.names[value.index()]);
            encodeMembers(out, alternative, false, std::make_index_sequence<fieldCount<Held>>{});
        },
        value);
    out.push_back('}');
}

// "2026-01-02" and the like.
template<class Sink, class T>
void encodeTime(Sink& out, const T& value) {
    char text[T::textSize + 2];
    text[0] = '"';
    value.write(text + 1);
    text[T::textSize + 1] = '"';
    out.append(text, sizeof text);
}

template<class Sink, class T>
void encodeElements(Sink& out, const T& value) {
    out.push_back('[');
    bool first = true;
    for (const auto& element : value) {
        if (!first) out.push_back(',');
        first = false;
        encodeValue(out, static_cast<const typename T::value_type&>(element));
    }
    out.push_back(']');
}

template<class Sink, class T>
void encodeValue(Sink& out, const T& value) {
    if constexpr (std::is_same_v<T, bool>) {
        out.append(value ? "true" : "false", value ? 4 : 5);
    } else if constexpr (std::is_arithmetic_v<T>) {
        encodeNumber(out, value);
    } else if constexpr (isText<T>) {
        encodeText(out, value);
    } else if constexpr (std::is_same_v<T, UploadedFile>) {
        static_assert(!std::is_same_v<T, UploadedFile>, "files of requests are in no answer");
    } else if constexpr (std::is_same_v<T, DateTime> || std::is_same_v<T, Date>) {
        encodeTime(out, value);
    } else if constexpr (std::is_same_v<T, Decimal>) {
        out.append(value.text().data(), value.text().size());
    } else if constexpr (std::is_same_v<T, RawJson>) {
        out.append(value.text.data(), value.text.size());
    } else if constexpr (IsNamedEnum<T>::value) {
        const std::string_view name = enumText(value);
        if (name.empty()) throw Error("an enumeration has a value that its MORTISE_ENUM does not name");
        encodeText(out, name);
    } else if constexpr (isMaybe<T>) {
        if (value)
            encodeValue(out, *value);
        else
            out.append("null", 4);
    } else if constexpr (IsVector<T>::value || IsArray<T>::value) {
        encodeElements(out, value);
    } else if constexpr (IsTagged<T>::value) {
        encodeTagged(out, value);
    } else if constexpr (IsAlternatives<T>::value) {
        visit([&](const auto& alternative) { encodeValue(out, alternative); }, value);
    } else if constexpr (IsMap<T>::value) {
        out.push_back('{');
        bool first = true;
        for (const auto& [key, element] : value) {
            if (!first) out.push_back(',');
            first = false;
            encodeText(out, key);
            out.push_back(':');
            encodeValue(out, element);
        }
        out.push_back('}');
    } else {
        static_assert(IsDescribed<T>::value, "this type has no MORTISE_DESCRIBE");
        out.push_back('{');
        encodeMembers(out, value, true, std::make_index_sequence<fieldCount<T>>{});
        out.push_back('}');
    }
}

} // namespace detail

// The JSON text of a described struct (or of any type that one may contain). An empty optional is left out of its
// object unless it is nullable, and so are secrets; a number that is not finite is null.
template<class T>
std::string encodeJson(const T& value) {
    detail::SmallText<1024> buffer;
    detail::encodeValue(buffer, value);
    return std::string(buffer.text());
}
// The same behind what is there.
template<class T>
void appendJson(std::string& out, const T& value) {
    detail::encodeValue(out, value);
}

} // namespace v1
} // namespace mortise
