// SPDX-License-Identifier: Apache-2.0
#include "execution/json_output.hpp"

#include "language/escape.hpp"
#include "language/utf8.hpp"
#include "schema/number_text.hpp"

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
    const char shortForm = shortEscape(static_cast<char>(byte));
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
    NumberBuffer buffer{};
    append(writeNumber(value, buffer));
}

} // namespace mortise::graphql
