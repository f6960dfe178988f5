// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"

#include <string>
#include <string_view>

namespace mortise::graphql {

inline std::string_view nameOfKind(NodeKind kind) {
    constexpr std::string_view names[] = {"document",       "operation",      "variableDefinition",
                                          "selectionSet",   "field",          "argument",
                                          "fragmentSpread", "inlineFragment", "fragmentDefinition",
                                          "directive",      "namedType",      "listType",
                                          "nonNullType",    "variable",       "int",
                                          "float",          "string",         "boolean",
                                          "null",           "enum",           "list",
                                          "object",         "objectField",    "schema",
                                          "rootOperation",  "scalarType",     "objectType",
                                          "interfaceType",  "unionType",      "enumType",
                                          "inputType",      "implements",     "fieldDefinition",
                                          "inputValue",     "enumValue",      "directiveDefinition",
                                          "location"};
    return names[static_cast<std::uint8_t>(kind)];
}

// A document's nodes as text: kind, +flags, :name, =value and the children in parentheses. Two documents that mean the
// same have the same shape, however they are written; a block string stays one.
inline std::string shapeOf(const Document& document, NodeId id) {
    const Node& node = document[id];
    std::string shape(nameOfKind(node.kind));
    if (node.flags != 0) shape += '+' + std::to_string(node.flags);
    if (node.name.size != 0) shape += ':' + std::string(document.name(id));
    if (node.kind == NodeKind::stringValue) {
        shape += '=' + document.stringValue(id);
    } else if (node.value.size != 0) {
        shape += '=' + std::string(document.rawValue(id));
    }
    std::string below;
    for (const NodeId child : document.children(id)) below += (below.empty() ? "" : " ") + shapeOf(document, child);
    return below.empty() ? shape : shape + '(' + below + ')';
}

} // namespace mortise::graphql
