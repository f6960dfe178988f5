// SPDX-License-Identifier: Apache-2.0
#include "path_template.hpp"

#include <algorithm>

namespace mortise::openapi {
namespace {

// Calls each(segment) for what stands between slashes.
template<class Each>
void forEachSegment(std::string_view pattern, Each&& each) {
    std::size_t at = 1;
    while (at <= pattern.size()) {
        const std::size_t end = std::min(pattern.find('/', at), pattern.size());
        each(pattern.substr(at, end - at));
        at = end + 1;
    }
}

bool isWordCharacter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void appendCamel(std::string& out, std::string_view text) {
    bool upper = true;
    for (const char c : text) {
        if (!isWordCharacter(c)) {
            upper = true;
            continue;
        }
        out += upper && c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c;
        upper = false;
    }
}

} // namespace

PathTemplate pathTemplate(std::string_view pattern) {
    PathTemplate made;
    forEachSegment(pattern, [&](std::string_view segment) {
        made.text += '/';
        made.shape += '/';
        if (segment.empty() || (segment.front() != ':' && segment.front() != '*')) {
            made.text += segment;
            made.shape += segment;
            return;
        }
        made.names.emplace_back(segment.substr(1));
        made.hasRest = segment.front() == '*';
        made.text.append("{").append(segment.substr(1)).append("}");
        made.shape += "{}";
    });
    return made;
}

std::string operationIdOf(std::string_view method, std::string_view pattern) {
    std::string id(method);
    for (char& c : id) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    forEachSegment(pattern, [&](std::string_view segment) {
        if (!segment.empty() && segment.front() == ':') id += "By";
        appendCamel(id, segment);
    });
    return id;
}

} // namespace mortise::openapi
