// SPDX-License-Identifier: Apache-2.0
// What OverlappingFields says of two fields' arguments.
#include "validation/overlapping_fields.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

// A longer value takes more steps, so that a comparison keeps its bound: one for so many bytes.
constexpr std::uint32_t bytesAStep = 256;

std::uint32_t countArguments(const Document& document, NodeId field) {
    std::uint32_t count = 0;
    for (const NodeId child : document.children(field)) {
        if (document.kind(child) != NodeKind::argument) break;
        ++count;
    }
    return count;
}

// Of two strings.
bool isSameText(const Document& document, NodeId left, NodeId right) {
    constexpr std::uint8_t block = Node::blockString;
    if ((document[left].flags & block) != (document[right].flags & block)) return false;
    const std::string_view one = document.rawValue(left);
    const std::string_view other = document.rawValue(right);
    if (one == other) return true;
    const bool isPlain = (document[left].flags & block) == 0 && one.find('\\') == std::string_view::npos &&
                         other.find('\\') == std::string_view::npos;
    return !isPlain && document.stringValue(left) == document.stringValue(right);
}

} // namespace

bool OverlappingFields::haveSameArguments(NodeId left, NodeId right) {
    const Document& document = context_.document;
    const std::uint32_t count = countArguments(document, left);
    if (count != countArguments(document, right)) return false;
    if (count == 0) return true;
    if (!spend(count)) return true;
    NameSet names;
    std::vector<NodeId> last;
    for (const NodeId argument : document.children(right)) {
        if (document.kind(argument) != NodeKind::argument) break;
        const std::uint32_t place = names.add(document.name(argument));
        if (place == last.size()) last.push_back(argument);
        last[place] = argument;
    }
    for (const NodeId argument : document.children(left)) {
        if (document.kind(argument) != NodeKind::argument) break;
        const NodeId end = document[argument].end;
        const std::uint32_t bytes = document[end - 1].offset + document[end - 1].value.size - document[argument].offset;
        if (!spend(bytes / bytesAStep)) return true;
        const std::uint32_t place = names.find(document.name(argument));
        if (place == NameSet::none || !isSameValue(argument + 1, last[place] + 1)) return false;
    }
    return true;
}

// Recursive by the nesting of values, which the parser bounds.
bool OverlappingFields::isSameValue(NodeId left, NodeId right) {
    const Document& document = context_.document;
    const NodeKind kind = document.kind(left);
    if (kind != document.kind(right)) return false;
    switch (kind) {
    case NodeKind::variable:
        return document.name(left) == document.name(right);
    case NodeKind::stringValue:
        return isSameText(document, left, right);
    case NodeKind::objectValue:
        return isSameObject(left, right);
    case NodeKind::listValue: {
        const Siblings others = document.children(right);
        auto other = others.begin();
        for (const NodeId item : document.children(left)) {
            if (other == others.end() || !isSameValue(item, *other)) return false;
            ++other;
        }
        return other == others.end();
    }
    default:
        return document.rawValue(left) == document.rawValue(right);
    }
}

bool OverlappingFields::isSameObject(NodeId left, NodeId right) {
    const Document& document = context_.document;
    const auto sorted = [&](NodeId object) {
        std::vector<NodeId> members;
        for (const NodeId member : document.children(object)) members.push_back(member);
        std::stable_sort(members.begin(), members.end(),
                         [&](NodeId one, NodeId other) { return document.name(one) < document.name(other); });
        return members;
    };
    const std::vector<NodeId> members = sorted(left);
    const std::vector<NodeId> others = sorted(right);
    return std::equal(members.begin(), members.end(), others.begin(), others.end(), [&](NodeId one, NodeId other) {
        return document.name(one) == document.name(other) && isSameValue(one + 1, other + 1);
    });
}

} // namespace mortise::graphql
