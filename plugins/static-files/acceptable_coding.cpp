// SPDX-License-Identifier: Apache-2.0
#include "acceptable_coding.hpp"

#include <algorithm>
#include <cstddef>

namespace mortise::static_files {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() &&
           std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

// "q=0.5": RFC 9110 section 12.4.2, at most three digits behind the point.
unsigned weight(std::string_view parameter) noexcept {
    parameter = trimmed(parameter);
    if (parameter.empty()) return 1000;
    if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=') return 0;
    const std::string_view value = parameter.substr(2);
    if ((value[0] != '0' && value[0] != '1') || value.size() > 5 || (value.size() > 1 && value[1] != '.')) return 0;
    unsigned result = value[0] == '1' ? 1000 : 0;
    unsigned place = 100;
    for (std::size_t i = 2; i < value.size(); ++i, place /= 10) {
        if (value[i] < '0' || value[i] > '9') return 0;
        result += static_cast<unsigned>(value[i] - '0') * place;
    }
    return result <= 1000 ? result : 0;
}

} // namespace

unsigned codingQuality(std::string_view list, std::string_view coding) noexcept {
    unsigned others = 0;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        const std::string_view element = list.substr(0, comma);
        list.remove_prefix(std::min(comma + 1, list.size()));
        const std::size_t semicolon = std::min(element.find(';'), element.size());
        const std::string_view name = trimmed(element.substr(0, semicolon));
        const unsigned quality = weight(element.substr(std::min(semicolon + 1, element.size())));
        if (same(name, coding)) return quality;
        if (name == "*") others = quality;
    }
    return others;
}

} // namespace mortise::static_files
