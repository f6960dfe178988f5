// SPDX-License-Identifier: Apache-2.0
#include "language/document_printer.hpp"

#include "language/string_literal.hpp"
#include "language/utf8.hpp"

namespace mortise::graphql {

namespace {

constexpr std::size_t longestField = 80; // of a field's name and arguments, in UTF-16 units

} // namespace

void DocumentPrinter::print(NodeId id) {
    if (printValue(id) || printType(id)) return;
    switch (document_.kind(id)) {
    case NodeKind::document:
        return printDefinitions();
    case NodeKind::operation:
        return printOperation(id);
    case NodeKind::variableDefinition:
        return printVariableDefinition(id);
    case NodeKind::selectionSet:
        out_ += '{';
        ++indent_;
        for (const NodeId selection : document_.children(id)) {
            line();
            print(selection);
        }
        --indent_;
        line();
        out_ += '}';
        return;
    case NodeKind::field:
        return printField(id);
    case NodeKind::argument:
        return printNamed(id);
    case NodeKind::fragmentSpread:
    case NodeKind::inlineFragment:
    case NodeKind::fragmentDefinition:
        return printFragment(id);
    case NodeKind::directive:
        out_ += '@';
        out_ += document_.name(id);
        return printArguments(id);
    default:
        return printTypeSystem(id);
    }
}

void DocumentPrinter::printDefinitions() {
    std::string_view before;
    for (const NodeId definition : document_.children(0)) {
        out_ += before;
        print(definition);
        before = "\n\n";
    }
}

void DocumentPrinter::printOperation(NodeId id) {
    const bool hasVariables = has(id, NodeKind::variableDefinition);
    const bool isShort = document_[id].flags == static_cast<std::uint8_t>(OperationKind::query) &&
                         document_[id].name.size == 0 && !hasVariables && !has(id, NodeKind::directive);
    if (!isShort) {
        out_ += operationKeywords[document_[id].flags];
        if (document_[id].name.size != 0 || hasVariables) out_ += ' ';
        out_ += document_.name(id);
        if (hasVariables) {
            const std::string variables = onOneLine(id, NodeKind::variableDefinition);
            if (variables.find('\n') == std::string::npos) {
                out_ += '(' + variables + ')';
            } else {
                std::string_view before = "(\n";
                for (const NodeId child : document_.children(id)) {
                    if (document_.kind(child) != NodeKind::variableDefinition) continue;
                    out_ += before;
                    print(child);
                    before = "\n";
                }
                out_ += "\n)";
            }
        }
        printDirectives(id);
        out_ += ' ';
    }
    print(document_.child(id, NodeKind::selectionSet));
}

void DocumentPrinter::printVariableDefinition(NodeId id) {
    out_ += '$';
    printInputValue(id);
}

void DocumentPrinter::printField(NodeId id) {
    const Node& node = document_[id];
    std::size_t prefix = node.name.size;
    if (node.value.size != 0) {
        out_ += document_.responseName(id);
        out_ += ": ";
        prefix += node.value.size + 2;
    }
    out_ += document_.name(id);
    if (has(id, NodeKind::argument)) {
        const std::string arguments = onOneLine(id, NodeKind::argument);
        if (prefix + countUtf16(arguments) + 2 > longestField) {
            printItemsByLine(id, NodeKind::argument);
        } else {
            append('(' + arguments + ')');
        }
    }
    printDirectives(id);
    const NodeId selections = document_.child(id, NodeKind::selectionSet);
    if (selections == noNode) return;
    out_ += ' ';
    print(selections);
}

void DocumentPrinter::printFragment(NodeId id) {
    const NodeKind kind = document_.kind(id);
    out_ += kind == NodeKind::fragmentDefinition ? "fragment " : "...";
    out_ += document_.name(id);
    const NodeId condition = document_.child(id, NodeKind::namedType);
    if (condition != noNode) {
        out_ += " on ";
        out_ += document_.name(condition);
    }
    printDirectives(id);
    if (kind == NodeKind::fragmentSpread) return;
    out_ += ' ';
    print(document_.child(id, NodeKind::selectionSet));
}

void DocumentPrinter::printArguments(NodeId id) {
    if (has(id, NodeKind::argument)) append('(' + onOneLine(id, NodeKind::argument) + ')');
}

void DocumentPrinter::printItemsByLine(NodeId id, NodeKind kind) {
    out_ += '(';
    ++indent_;
    for (const NodeId child : document_.children(id)) {
        if (document_.kind(child) != kind) continue;
        line();
        print(child);
    }
    --indent_;
    line();
    out_ += ')';
}

std::string DocumentPrinter::onOneLine(NodeId id, NodeKind kind) const {
    DocumentPrinter inner(document_);
    std::string_view before;
    for (const NodeId child : document_.children(id)) {
        if (document_.kind(child) != kind) continue;
        inner.out_ += before;
        inner.print(child);
        before = ", ";
    }
    return inner.take();
}

void DocumentPrinter::printDirectives(NodeId id) {
    for (const NodeId child : document_.children(id)) {
        if (document_.kind(child) != NodeKind::directive) continue;
        out_ += ' ';
        print(child);
    }
}

void DocumentPrinter::printBlock(NodeId id, NodeKind kind, std::string_view before) {
    if (!has(id, kind)) return;
    out_ += before;
    out_ += '{';
    ++indent_;
    for (const NodeId child : document_.children(id)) {
        if (document_.kind(child) != kind) continue;
        line();
        print(child);
    }
    --indent_;
    line();
    out_ += '}';
}

bool DocumentPrinter::printValue(NodeId id) {
    switch (document_.kind(id)) {
    case NodeKind::variable:
        out_ += '$';
        out_ += document_.name(id);
        return true;
    case NodeKind::intValue:
    case NodeKind::floatValue:
    case NodeKind::booleanValue:
    case NodeKind::nullValue:
    case NodeKind::enumValue:
        out_ += document_.rawValue(id);
        return true;
    case NodeKind::stringValue:
        printString(id);
        return true;
    case NodeKind::listValue:
        printList(id, "[", "]");
        return true;
    case NodeKind::objectValue:
        printList(id, "{", "}");
        return true;
    case NodeKind::objectField:
        printNamed(id);
        return true;
    default:
        return false;
    }
}

bool DocumentPrinter::printType(NodeId id) {
    switch (document_.kind(id)) {
    case NodeKind::namedType:
    case NodeKind::implements:
    case NodeKind::directiveLocation:
        out_ += document_.name(id);
        return true;
    case NodeKind::listType:
        out_ += '[';
        print(id + 1);
        out_ += ']';
        return true;
    case NodeKind::nonNullType:
        print(id + 1);
        out_ += '!';
        return true;
    default:
        return false;
    }
}

void DocumentPrinter::printString(NodeId id) {
    const std::string value = document_.stringValue(id);
    append((document_[id].flags & Node::blockString) != 0 ? printBlockString(value) : graphql::printString(value));
}

void DocumentPrinter::printList(NodeId id, std::string_view opening, std::string_view closing) {
    out_ += opening;
    std::string_view before;
    for (const NodeId item : document_.children(id)) {
        out_ += before;
        print(item);
        before = ", ";
    }
    out_ += closing;
}

void DocumentPrinter::printNamed(NodeId id) {
    out_ += document_.name(id);
    out_ += ": ";
    print(id + 1);
}

void DocumentPrinter::line() {
    out_ += '\n';
    out_.append(2 * indent_, ' ');
}

void DocumentPrinter::append(std::string_view text) {
    for (std::size_t at = 0;;) {
        const std::size_t end = text.find('\n', at);
        out_ += text.substr(at, end - at);
        if (end == std::string_view::npos) return;
        line();
        at = end + 1;
    }
}

} // namespace mortise::graphql
