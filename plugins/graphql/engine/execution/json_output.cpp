// SPDX-License-Identifier: Apache-2.0
#include "execution/json_output.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace mortise::graphql {

namespace {

constexpr std::uint64_t everyByte = 0x0101010101010101;
constexpr std::uint64_t highBits = 0x8080808080808080;

// Whether one of eight bytes is a control character, a quote, a backslash or no ASCII. May be true without cause for a
// byte after such a one.
bool hasSpecial(std::uint64_t bytes) {
    const std::uint64_t control = bytes - everyByte * 0x20;
    const std::uint64_t quote = (bytes ^ everyByte * 0x22) - everyByte;
    const std::uint64_t backslash = (bytes ^ everyByte * 0x5C) - everyByte;
    return ((control | quote | backslash | bytes) & highBits) != 0;
}

bool isSpecial(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '\\' || byte >= 0x80;
}

// Copies up to the first byte that is not written as it is; how many bytes that was. `to` has room for all.
std::size_t copyPlain(char* to, std::string_view text) {
    const char* from = text.data();
    const std::size_t size = text.size();
    std::size_t at = 0;
    std::uint64_t word = 0;
    for (; at + sizeof word <= size; at += sizeof word) {
        std::memcpy(&word, from + at, sizeof word);
        if (hasSpecial(word)) break;
        std::memcpy(to + at, &word, sizeof word);
    }
    if (at + sizeof word > size && size >= sizeof word) { // the last word, part of which has been copied
        std::memcpy(&word, from + size - sizeof word, sizeof word);
        if (!hasSpecial(word)) {
            std::memcpy(to + size - sizeof word, &word, sizeof word);
            return size;
        }
    }
    for (; at < size && !isSpecial(static_cast<unsigned char>(from[at])); ++at) to[at] = from[at];
    return at;
}

// How many bytes of `text` are one well-formed character (Unicode 15, table 3-7); when there is none, `bad` is how many
// belong to the ill-formed part.
std::size_t characterLength(std::string_view text, std::size_t& bad) {
    const auto byte = [&text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) length = 2;
    if (first >= 0xE0 && first <= 0xEF) length = 3;
    if (first >= 0xF0 && first <= 0xF4) length = 4;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    bad = 1;
    for (std::size_t i = 1; i < length; ++i, low = 0x80, high = 0xBF) {
        if (i == text.size() || byte(i) < low || byte(i) > high) return 0;
        ++bad;
    }
    return length;
}

} // namespace

char* JsonOutput::grow(std::size_t bytes) {
    if (overflowed_ || bytes > maximum_ - size_) {
        overflowed_ = true;
        return nullptr;
    }
    const std::size_t wanted = std::max({std::size_t{512}, capacity_ * 2, size_ + bytes});
    const std::size_t capacity = std::min(wanted, maximum_);
    auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
    if (size_ != 0) std::memcpy(buffer.get(), buffer_.get(), size_);
    buffer_ = std::move(buffer);
    capacity_ = capacity;
    return buffer_.get() + size_;
}

void JsonOutput::append(std::string_view text) {
    char* at = reserve(text.size());
    if (at == nullptr) return;
    std::memcpy(at, text.data(), text.size());
    size_ += text.size();
}

void JsonOutput::string(std::string_view text) {
    char* to = reserve(text.size() + 2); // it never takes less
    if (to == nullptr) return;
    *to++ = '"';
    ++size_;
    const std::size_t plain = copyPlain(to, text);
    size_ += plain;
    if (plain != text.size()) return rest(text.substr(plain));
    to[plain] = '"';
    ++size_;
}

void JsonOutput::rest(std::string_view text) {
    while (!text.empty()) {
        const std::size_t taken = special(text);
        if (taken == 0) return;
        text.remove_prefix(taken);
        char* to = reserve(text.size());
        if (to == nullptr) return;
        const std::size_t plain = copyPlain(to, text);
        size_ += plain;
        text.remove_prefix(plain);
    }
    put('"');
}

std::size_t JsonOutput::special(std::string_view text) {
    static constexpr char digits[] = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte >= 0x80) {
        std::size_t bad = 0;
        const std::size_t length = characterLength(text, bad);
        append(length != 0 ? text.substr(0, length) : std::string_view("\xEF\xBF\xBD"));
        return overflowed_ ? 0 : (length != 0 ? length : bad);
    }
    char* to = reserve(6);
    if (to == nullptr) return 0;
    *to++ = '\\';
    char shortForm = 0;
    switch (byte) {
    case '"':
        shortForm = '"';
        break;
    case '\\':
        shortForm = '\\';
        break;
    case '\b':
        shortForm = 'b';
        break;
    case '\f':
        shortForm = 'f';
        break;
    case '\n':
        shortForm = 'n';
        break;
    case '\r':
        shortForm = 'r';
        break;
    case '\t':
        shortForm = 't';
        break;
    default:
        break;
    }
    if (shortForm != 0) {
        *to = shortForm;
        size_ += 2;
        return 1;
    }
    *to++ = 'u';
    *to++ = '0';
    *to++ = '0';
    *to++ = digits[byte >> 4U];
    *to = digits[byte & 15U];
    size_ += 6;
    return 1;
}

void JsonOutput::integer(std::int64_t value) {
    std::array<char, 24> digits{};
    const auto result = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    append({digits.data(), static_cast<std::size_t>(result.ptr - digits.data())});
}

void JsonOutput::number(double value) {
    if (value == 0) return put('0');
    std::array<char, 40> scientific{};
    const auto result =
        std::to_chars(scientific.data(), scientific.data() + scientific.size(), value, std::chars_format::scientific);
    std::string_view text(scientific.data(), static_cast<std::size_t>(result.ptr - scientific.data()));
    if (text.front() == '-') {
        put('-');
        text.remove_prefix(1);
    }
    const std::size_t e = text.find('e');
    int exponent = 0;
    const char* exponentText = text.data() + e + (text[e + 1] == '+' ? 2 : 1);
    std::from_chars(exponentText, text.data() + text.size(), exponent);
    std::array<char, 24> digits{};
    std::size_t count = 0;
    for (const char c : text.substr(0, e))
        if (c != '.') digits[count++] = c;
    const std::string_view all(digits.data(), count);
    const int point = exponent + 1; // digits before the point
    if (point > 21 || point <= -6) {
        append(all.substr(0, 1));
        if (count > 1) {
            put('.');
            append(all.substr(1));
        }
        append(exponent < 0 ? "e-" : "e+");
        return integer(exponent < 0 ? -exponent : exponent);
    }
    if (point <= 0) {
        append("0.");
        for (int i = point; i < 0; ++i) put('0');
        return append(all);
    }
    const auto before = static_cast<std::size_t>(point);
    append(all.substr(0, std::min(before, count)));
    for (std::size_t i = count; i < before; ++i) put('0');
    if (count > before) {
        put('.');
        append(all.substr(before));
    }
}

} // namespace mortise::graphql
