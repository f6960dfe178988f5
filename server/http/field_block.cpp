// SPDX-License-Identifier: Apache-2.0
#include "http/field_block.hpp"

#include "http/character_class.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace mortise::http {

namespace {

bool allAre(std::string_view text, std::uint8_t which) noexcept {
    std::uint8_t common = which;
    for (const char c : text) common &= character_class::table[static_cast<std::uint8_t>(c)];
    return common != 0;
}

// Whether a byte of the word is a control character, HT among them.
bool hasControl(std::uint64_t word) noexcept {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t highs = 0x8080808080808080;
    const std::uint64_t deletes = word ^ (ones * 0x7f);
    return ((((word - ones * 0x20) & ~word) | ((deletes - ones) & ~deletes)) & highs) != 0;
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

} // namespace

bool isToken(std::string_view text) noexcept {
    return !text.empty() && allAre(text, character_class::token);
}

bool isFieldValue(std::string_view text) noexcept {
    std::uint64_t word;
    if (text.size() < sizeof word) return allAre(text, character_class::field);
    const std::size_t last = text.size() - sizeof word;
    bool control = false;
    for (std::size_t at = 0;; at = std::min(at + sizeof word, last)) {
        std::memcpy(&word, text.data() + at, sizeof word);
        control |= hasControl(word);
        if (at == last) break;
    }
    return !control || allAre(text, character_class::field); // perhaps only HT
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return x == y || lower(x) == lower(y); });
}

bool isReservedField(std::string_view name) noexcept {
    const auto is = [name](std::string_view other) { return equalsIgnoreCase(name, other); };
    switch (name.size()) {
    case 2:
        return is("TE");
    case 4:
        return is("Date");
    case 7:
        return is("Trailer") || is("Upgrade");
    case 10:
        return is("Connection") || is("Keep-Alive");
    case 12:
        return is("Content-Type") || is("X-Request-Id");
    case 14:
        return is("Content-Length");
    case 16:
        return is("Proxy-Connection");
    case 17:
        return is("Transfer-Encoding");
    default:
        return false;
    }
}

bool appendField(std::string& block, std::string_view name, std::string_view value) {
    if (!isToken(name) || !isFieldValue(value) || isReservedField(name)) return false;
    block.append(name).append(": ").append(value).append("\r\n");
    return true;
}

bool isFieldBlock(std::string_view block) noexcept {
    while (!block.empty()) {
        const std::size_t end = block.find("\r\n");
        const std::size_t colon = block.find(':');
        if (end == block.npos || colon == block.npos || colon > end) return false;
        const std::string_view name = block.substr(0, colon);
        if (!isToken(name) || isReservedField(name)) return false;
        if (!isFieldValue(block.substr(colon + 1, end - colon - 1))) return false;
        block.remove_prefix(end + 2);
    }
    return true;
}

namespace {

// Takes the first line off, without its end.
std::string_view takeLine(std::string_view& block) noexcept {
    const std::size_t end = std::min(block.find('\r'), block.size() - 2); // no value has one
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(end + 2);
    return line;
}

bool isLineOf(std::string_view line, std::string_view name) noexcept {
    return line.size() > name.size() && line[name.size()] == ':' && equalsIgnoreCase(line.substr(0, name.size()), name);
}

// Takes the first member off a list, without the blanks around it; may be empty.
std::string_view takeMember(std::string_view& list) noexcept {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view member = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!member.empty() && blank(member.front())) member.remove_prefix(1);
    while (!member.empty() && blank(member.back())) member.remove_suffix(1);
    return member;
}

} // namespace

std::string_view findField(std::string_view block, std::string_view name) noexcept {
    while (!block.empty()) {
        std::string_view line = takeLine(block);
        if (!isLineOf(line, name)) continue;
        line.remove_prefix(name.size() + 1);
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
        return line;
    }
    return {};
}

bool hasField(std::string_view block, std::string_view name) noexcept {
    return findField(block, name).data() != nullptr;
}

void joinValues(std::string& list, std::string_view block, std::string_view name) {
    while (!block.empty()) {
        std::string_view line = takeLine(block);
        if (!isLineOf(line, name)) continue;
        line.remove_prefix(name.size() + 1);
        joinList(list, line);
    }
}

void joinList(std::string& list, std::string_view more) {
    while (!more.empty()) {
        const std::string_view member = takeMember(more);
        if (member.empty() || listHas(list, member) || listHas(list, "*")) continue;
        list.append(list.empty() ? "" : ", ").append(member);
    }
}

bool listHas(std::string_view list, std::string_view member) noexcept {
    while (!list.empty())
        if (equalsIgnoreCase(takeMember(list), member)) return true;
    return false;
}

bool hasMember(std::string_view block, std::string_view name, std::string_view member) noexcept {
    while (!block.empty()) {
        std::string_view line = takeLine(block);
        if (!isLineOf(line, name)) continue;
        line.remove_prefix(name.size() + 1);
        if (listHas(line, member)) return true;
    }
    return false;
}

bool appendWithout(std::string& out, std::string_view block, std::string_view name) {
    bool found = false;
    while (!block.empty()) {
        const std::string_view line = takeLine(block);
        if (isLineOf(line, name))
            found = true;
        else
            out.append(line).append("\r\n");
    }
    return found;
}

} // namespace mortise::http
