// SPDX-License-Identifier: Apache-2.0
#include "http/field_block.hpp"

#include "http/character_class.hpp"

#include <algorithm>

namespace mortise::http {

bool isToken(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), isTokenCharacter);
}

bool isFieldValue(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), isFieldCharacter);
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [lower](char x, char y) { return lower(x) == lower(y); });
}

bool isReservedField(std::string_view name) noexcept {
    static constexpr std::string_view reserved[] = {"Connection",        "Content-Length",   "Content-Type", "Date",
                                                    "Keep-Alive",        "Proxy-Connection", "TE",           "Trailer",
                                                    "Transfer-Encoding", "Upgrade",          "X-Request-Id"};
    return std::any_of(std::begin(reserved), std::end(reserved),
                       [name](std::string_view other) { return equalsIgnoreCase(name, other); });
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
    const std::size_t end = std::min(block.find("\r\n"), block.size() - 2);
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
