// SPDX-License-Identifier: Apache-2.0
#include "byte_range.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

namespace mortise::static_files {
namespace {

void trim(std::string_view& text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
}

// Digits only. A number too large is the largest one: further than any file's end.
std::optional<std::uint64_t> number(std::string_view digits) noexcept {
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return parsed.ec == std::errc() ? value : std::numeric_limits<std::uint64_t>::max();
}

bool isBytes(std::string_view unit) noexcept {
    constexpr std::string_view bytes = "bytes";
    return unit.size() == bytes.size() && std::equal(unit.begin(), unit.end(), bytes.begin(), [](char a, char b) {
               return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
           });
}

} // namespace

ByteRange parseByteRange(std::string_view value, std::uint64_t size) noexcept {
    const std::size_t equals = value.find('=');
    if (equals == value.npos || !isBytes(value.substr(0, equals))) return {};
    std::string_view range = value.substr(equals + 1);
    trim(range);
    const std::size_t dash = range.find('-');
    if (dash == range.npos || range.find(',') != range.npos) return {};
    const std::string_view firstText = range.substr(0, dash);
    const std::string_view lastText = range.substr(dash + 1);
    if (firstText.empty()) {
        // The last so many bytes.
        const auto suffix = number(lastText);
        if (!suffix) return {};
        if (*suffix == 0 || size == 0) return {ByteRange::Kind::unsatisfiable, 0, 0};
        const std::uint64_t length = std::min(*suffix, size);
        return {ByteRange::Kind::part, size - length, length};
    }
    const auto first = number(firstText);
    const auto last = lastText.empty() ? std::numeric_limits<std::uint64_t>::max() : number(lastText);
    if (!first || !last || *last < *first) return {};
    if (*first >= size) return {ByteRange::Kind::unsatisfiable, 0, 0};
    return {ByteRange::Kind::part, *first, std::min(*last, size - 1) - *first + 1};
}

} // namespace mortise::static_files
