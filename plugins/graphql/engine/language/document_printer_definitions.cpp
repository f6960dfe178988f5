// SPDX-License-Identifier: Apache-2.0
// Type system definitions and extensions.
#include "language/document_printer.hpp"

namespace mortise::graphql {

namespace {

std::string_view keywordOf(NodeKind kind) {
    switch (kind) {
    case NodeKind::schemaDefinition:
        return "schema";
    case NodeKind::scalarType:
        return "scalar ";
    case NodeKind::objectType:
        return "type ";
    case NodeKind::interfaceType:
        return "interface ";
    case NodeKind::unionType:
        return "union ";
    case NodeKind::enumType:
        return "enum ";
    case NodeKind::inputType:
        return "input ";
    default:
        return "";
    }
}

} // namespace

void DocumentPrinter::printTypeSystem(NodeId id) {
    const NodeKind kind = document_.kind(id);
    if (kind == NodeKind::fieldDefinition) return printFieldDefinition(id);
    if (kind == NodeKind::directiveDefinition) return printDirectiveDefinition(id);
    if (kind == NodeKind::rootOperation) {
        out_ += operationKeywords[document_[id].flags];
        out_ += ": ";
        return print(id + 1);
    }
    printDescription(id);
    if (kind == NodeKind::inputValueDefinition) return printInputValue(id);
    if (document_[id].flags == Node::isExtension) out_ += "extend ";
    out_ += keywordOf(kind);
    out_ += document_.name(id);
    printNamedChildren(id, NodeKind::implements, " implements ", " & ");
    printDirectives(id);
    if (kind == NodeKind::unionType) printNamedChildren(id, NodeKind::namedType, " = ", " | ");
    for (const NodeKind item : {NodeKind::rootOperation, NodeKind::fieldDefinition, NodeKind::inputValueDefinition,
                                NodeKind::enumValueDefinition})
        printBlock(id, item, " ");
}

void DocumentPrinter::printDescription(NodeId id) {
    const NodeId description = id + 1;
    if (description == document_[id].end || document_.kind(description) != NodeKind::stringValue) return;
    print(description);
    line();
}

void DocumentPrinter::printNamedChildren(NodeId id, NodeKind kind, std::string_view before, std::string_view between) {
    for (const NodeId child : document_.children(id)) {
        if (document_.kind(child) != kind) continue;
        out_ += before;
        out_ += document_.name(child);
        before = between;
    }
}

void DocumentPrinter::printInputValue(NodeId id) {
    out_ += document_.name(id);
    std::string_view before = ": ";
    for (const NodeId child : document_.children(id)) {
        if (child == id + 1 && document_.kind(child) == NodeKind::stringValue) continue;
        if (document_.kind(child) == NodeKind::directive) before = " ";
        out_ += before;
        print(child);
        before = " = ";
    }
}

void DocumentPrinter::printFieldDefinition(NodeId id) {
    printDescription(id);
    out_ += document_.name(id);
    printArgumentDefinitions(id);
    out_ += ": ";
    for (const NodeId child : document_.children(id))
        if (printType(child)) break;
    printDirectives(id);
}

void DocumentPrinter::printArgumentDefinitions(NodeId id) {
    const std::string all = onOneLine(id, NodeKind::inputValueDefinition);
    if (all.empty()) return;
    if (all.find('\n') != std::string::npos) return printItemsByLine(id, NodeKind::inputValueDefinition);
    out_ += '(' + all + ')';
}

void DocumentPrinter::printDirectiveDefinition(NodeId id) {
    printDescription(id);
    out_ += "directive @";
    out_ += document_.name(id);
    printArgumentDefinitions(id);
    out_ += document_[id].flags == Node::isRepeatable ? " repeatable on " : " on ";
    printNamedChildren(id, NodeKind::directiveLocation, "", " | ");
}

} // namespace mortise::graphql
