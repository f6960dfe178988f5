// SPDX-License-Identifier: Apache-2.0
#include "pattern.hpp"

#include "radix_tree.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace mortise::routing {

namespace {

bool isNameByte(char byte, bool first) {
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_' ||
           (!first && byte >= '0' && byte <= '9');
}

bool isName(std::string_view text) {
    if (text.empty()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!isNameByte(text[i], i == 0)) return false;
    }
    return true;
}

[[noreturn]] void refuse(std::string_view pattern, std::string_view why) {
    throw std::invalid_argument("route pattern \"" + std::string(pattern) + "\" " + std::string(why));
}

} // namespace

std::vector<Part> parsePattern(std::string_view pattern) {
    if (pattern.empty() || pattern.front() != '/') refuse(pattern, "does not start with '/'");
    std::vector<Part> parts;
    std::vector<std::string_view> names;
    std::size_t begin = 1;
    while (true) {
        const std::size_t end = std::min(pattern.find('/', begin), pattern.size());
        const std::string_view text = pattern.substr(begin, end - begin);
        const bool last = end == pattern.size();
        if (!text.empty() && (text.front() == ':' || text.front() == '*')) {
            const std::string_view name = text.substr(1);
            if (!isName(name)) refuse(pattern, "has a parameter whose name is not [A-Za-z_][A-Za-z0-9_]*");
            if (text.front() == '*' && !last) refuse(pattern, "has segments after '*" + std::string(name) + "'");
            if (std::find(names.begin(), names.end(), name) != names.end()) {
                refuse(pattern, "names the parameter '" + std::string(name) + "' twice");
            }
            names.push_back(name);
            if (names.size() > max_parameters) refuse(pattern, "has more than 16 parameters");
            parts.push_back({text.front() == ':' ? PartKind::parameter : PartKind::rest, name});
        } else {
            parts.push_back({PartKind::literal, text});
        }
        if (last) return parts;
        begin = end + 1;
    }
}

} // namespace mortise::routing
