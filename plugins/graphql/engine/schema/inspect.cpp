// SPDX-License-Identifier: Apache-2.0
#include "schema/inspect.hpp"

#include "language/escape.hpp"
#include "language/utf8.hpp"
#include "schema/value_text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace mortise::graphql {

namespace {

constexpr unsigned maximumDepth = 2;
constexpr std::uint32_t shownItems = 10;

void appendJsonString(std::string_view text, std::string& out) {
    out += '"';
    // Beyond what is shown nothing needs to be written.
    for (const char c : text.substr(0, inspectedBytes + 1)) {
        const char letter = shortEscape(c);
        if (letter != 0) {
            out += '\\';
            out += letter;
        } else if (static_cast<unsigned char>(c) < 0x20U) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out += c;
        }
    }
    out += '"';
}

// Recursion ends at maximumDepth.
void inspectInto(const Values& values, std::uint32_t index, unsigned depth, std::string& out) {
    const Value& value = values[index];
    if (out.size() > inspectedBytes) return;
    if (appendPlain(value, out)) return;
    if (value.kind == ValueKind::string || value.kind == ValueKind::enumeration)
        return appendJsonString(value.text, out);
    const bool isList = value.kind == ValueKind::list;
    if (value.count == 0) {
        out += isList ? "[]" : "{}";
        return;
    }
    if (depth == maximumDepth) {
        out += isList ? "[Array]" : "[Object]";
        return;
    }
    out += isList ? "[" : "{ ";
    std::uint32_t shown = 0;
    for (std::uint32_t at = index + 1; at < value.end && out.size() <= inspectedBytes; at = values[at].end, ++shown) {
        if (isList && shown == shownItems) break;
        if (shown != 0) out += ", ";
        if (!isList) out.append(values[at].name.substr(0, inspectedBytes)) += ": ";
        inspectInto(values, at, depth + 1, out);
    }
    if (isList && value.count > shownItems) {
        const std::uint32_t more = value.count - shownItems;
        out += more == 1 ? ", ... 1 more item" : ", ... " + std::to_string(more) + " more items";
    }
    out += isList ? "]" : " }";
}

} // namespace

std::string inspect(const Values& values, std::uint32_t index) {
    std::string text;
    inspectInto(values, index, 0, text);
    return text.size() > inspectedBytes ? shortened(text) : text;
}

std::string shortened(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    return std::string(cutUtf8(text, bytes)) + "…";
}

} // namespace mortise::graphql
