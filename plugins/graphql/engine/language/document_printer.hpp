// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/document.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace mortise::graphql {

// Writes nodes of one document into one text, at the indentation where they stand.
class DocumentPrinter {
public:
    explicit DocumentPrinter(const Document& document) : document_(document) {}

    void print(NodeId id);
    std::string take() { return std::move(out_); }

private:
    // Executable definitions
    void printDefinitions();
    void printOperation(NodeId id);
    void printVariableDefinition(NodeId id);
    void printField(NodeId id);
    void printFragment(NodeId id);
    void printArguments(NodeId id);
    // Children of that kind in parentheses, one a line.
    void printItemsByLine(NodeId id, NodeKind kind);
    // Children of that kind with ", " between them, without indentation.
    std::string onOneLine(NodeId id, NodeKind kind) const;
    void printDirectives(NodeId id);
    // Children of that kind in braces, one a line; nothing when there is none.
    void printBlock(NodeId id, NodeKind kind, std::string_view before);

    // Values and types
    bool printValue(NodeId id);
    bool printType(NodeId id);
    void printString(NodeId id);
    void printList(NodeId id, std::string_view opening, std::string_view closing);
    void printNamed(NodeId id);

    // Type system definitions
    void printTypeSystem(NodeId id);
    void printDescription(NodeId id);
    void printNamedChildren(NodeId id, NodeKind kind, std::string_view before, std::string_view between);
    void printInputValue(NodeId id);
    void printFieldDefinition(NodeId id);
    void printArgumentDefinitions(NodeId id);
    void printDirectiveDefinition(NodeId id);

    void line();
    // Text whose lines are indented as they come.
    void append(std::string_view text);
    bool has(NodeId id, NodeKind kind) const { return document_.child(id, kind) != noNode; }

    const Document& document_;
    std::string out_;
    std::size_t indent_ = 0;
};

} // namespace mortise::graphql
