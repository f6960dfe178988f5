// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// The kinds of nodes of a document (GraphQL October 2021, appendix B).
enum class NodeKind : std::uint8_t {
    document,  // children: its definitions
    operation, // name (may be empty), flags: OperationKind; children: variableDefinition…, directive…, selectionSet
    variableDefinition, // name without `$`; children: a type, the default value or none, directive…
    selectionSet,       // children: field, fragmentSpread, inlineFragment
    field,              // name, value: alias; children: argument…, directive…, selectionSet or none
    argument,           // name; child: a value
    fragmentSpread,     // name; children: directive…
    inlineFragment,     // children: namedType (its condition) or none, directive…, selectionSet
    fragmentDefinition, // name; children: namedType (its condition), directive…, selectionSet
    directive,          // name; children: argument…
    // Types
    namedType,   // name
    listType,    // child: a type
    nonNullType, // child: namedType or listType
    // Values; text in `value`
    variable, // name without `$`
    intValue,
    floatValue,
    stringValue, // flags: blockString
    booleanValue,
    nullValue,
    enumValue,
    listValue,   // children: values
    objectValue, // children: objectField
    objectField, // name; child: a value
    // The type system; a description is a stringValue and the first child
    schemaDefinition, // flags: isExtension; children: description, directive…, rootOperation…
    rootOperation,    // flags: OperationKind; child: namedType
    scalarType,       // these, to inputType, define types; they have a name, flags: isExtension; children: description,
                      // directive…
    objectType,       // children: description, implements…, directive…, fieldDefinition…
    interfaceType,    // as objectType
    unionType,        // children: description, directive…, namedType…
    enumType,         // children: description, directive…, enumValueDefinition…
    inputType,        // children: description, directive…, inputValueDefinition…
    implements,       // name of an interface
    fieldDefinition,  // name; children: description, inputValueDefinition…, a type, directive…
    inputValueDefinition, // name; children: description, a type, the default value or none, directive…
    enumValueDefinition,  // name; children: description, directive…
    directiveDefinition, // name, flags: isRepeatable; children: description, inputValueDefinition…, directiveLocation…
    directiveLocation, // name
};

enum class OperationKind : std::uint8_t { query, mutation, subscription };

// The keyword of each OperationKind.
inline constexpr std::array<std::string_view, 3> operationKeywords{"query", "mutation", "subscription"};

// Whether a node defines or extends a type.
constexpr bool isTypeDefinition(NodeKind kind) {
    return kind >= NodeKind::scalarType && kind <= NodeKind::inputType;
}

// An index into a document's nodes; good as long as the document.
using NodeId = std::uint32_t;
inline constexpr NodeId noNode = 0xFFFFFFFF;

// Bytes of the source. Documents are at most 2^32-2 bytes (the limit on bytes is far below).
struct Span {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
};

struct Node {
    static constexpr std::uint8_t blockString = 1;
    static constexpr std::uint8_t isExtension = 1;
    static constexpr std::uint8_t isRepeatable = 1;

    NodeKind kind = NodeKind::document;
    std::uint8_t flags = 0;
    NodeId end = 0;           // one past the last node below this one
    std::uint32_t offset = 0; // of its first byte in the source, which is where an error says it stands
    Span name;
    Span value;
};

} // namespace mortise::graphql
