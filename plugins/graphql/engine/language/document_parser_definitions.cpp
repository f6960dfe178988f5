// SPDX-License-Identifier: Apache-2.0
// Type system definitions and extensions (October 2021, section 3).
#include "language/document_parser.hpp"

#include <algorithm>

namespace mortise::graphql {

namespace {

// The October 2021 specification's, section 3.13, and DIRECTIVE_DEFINITION, which graphql-js 16 has beyond it.
constexpr std::string_view directiveLocations[] = {"QUERY",
                                                   "MUTATION",
                                                   "SUBSCRIPTION",
                                                   "FIELD",
                                                   "FRAGMENT_DEFINITION",
                                                   "FRAGMENT_SPREAD",
                                                   "INLINE_FRAGMENT",
                                                   "VARIABLE_DEFINITION",
                                                   "SCHEMA",
                                                   "SCALAR",
                                                   "OBJECT",
                                                   "FIELD_DEFINITION",
                                                   "ARGUMENT_DEFINITION",
                                                   "INTERFACE",
                                                   "UNION",
                                                   "ENUM",
                                                   "ENUM_VALUE",
                                                   "INPUT_OBJECT",
                                                   "INPUT_FIELD_DEFINITION",
                                                   "DIRECTIVE_DEFINITION"};

} // namespace

bool DocumentParser::typeSystemDefinition(const Token& keyword, bool isExtension) {
    const std::string_view word = lexer_.text(keyword);
    if (word == "schema") {
        schemaDefinition(isExtension);
    } else if (word == "scalar") {
        scalarType(isExtension);
    } else if (word == "type") {
        fieldsType(NodeKind::objectType, isExtension, word);
    } else if (word == "interface") {
        fieldsType(NodeKind::interfaceType, isExtension, word);
    } else if (word == "union") {
        unionType(isExtension);
    } else if (word == "enum") {
        enumType(isExtension);
    } else if (word == "input") {
        inputType(isExtension);
    } else if (word == "directive" && !isExtension) {
        directiveDefinition();
    } else {
        return false;
    }
    return true;
}

void DocumentParser::extension() {
    const Token keyword = lexer_.peek();
    if (keyword.kind == TokenKind::failed) {
        token_.kind = TokenKind::failed;
        return;
    }
    if (keyword.kind != TokenKind::name || !typeSystemDefinition(keyword, true)) failUnexpected(keyword);
}

void DocumentParser::description() {
    if (peekDescription()) leaf(NodeKind::stringValue);
}

void DocumentParser::schemaDefinition(bool isExtension) {
    const NodeId id = open(NodeKind::schemaDefinition);
    if (isExtension) {
        nodes_[id].flags = Node::isExtension;
        expectKeyword("extend");
    } else {
        description();
    }
    expectKeyword("schema");
    bool addsSomething = directives(true);
    if (!isExtension) {
        expect(TokenKind::braceLeft);
        untilClosed(TokenKind::braceRight, [this] { rootOperation(); });
    } else if (optionalMany(TokenKind::braceLeft, TokenKind::braceRight, [this] { rootOperation(); })) {
        addsSomething = true;
    }
    closeType(id, addsSomething);
}

void DocumentParser::rootOperation() {
    const NodeId id = open(NodeKind::rootOperation);
    nodes_[id].flags = static_cast<std::uint8_t>(operationKind());
    expect(TokenKind::colon);
    namedType();
    close(id);
}

NodeId DocumentParser::openType(NodeKind kind, bool isExtension, std::string_view keyword) {
    const NodeId id = open(kind);
    if (isExtension) {
        nodes_[id].flags = Node::isExtension;
        expectKeyword("extend");
    } else {
        description();
    }
    expectKeyword(keyword);
    nodes_[id].name = name();
    return id;
}

void DocumentParser::closeType(NodeId id, bool addsSomething) {
    if (nodes_[id].flags == Node::isExtension && !addsSomething) failUnexpected(token_);
    close(id);
}

void DocumentParser::scalarType(bool isExtension) {
    const NodeId id = openType(NodeKind::scalarType, isExtension, "scalar");
    closeType(id, directives(true));
}

void DocumentParser::fieldsType(NodeKind kind, bool isExtension, std::string_view keyword) {
    const NodeId id = openType(kind, isExtension, keyword);
    bool addsSomething = acceptKeyword("implements");
    if (addsSomething) delimited(TokenKind::ampersand, [this] { namedType(NodeKind::implements); });
    addsSomething |= directives(true);
    addsSomething |= optionalMany(TokenKind::braceLeft, TokenKind::braceRight, [this] { fieldDefinition(); });
    closeType(id, addsSomething);
}

void DocumentParser::unionType(bool isExtension) {
    const NodeId id = openType(NodeKind::unionType, isExtension, "union");
    bool addsSomething = directives(true);
    if (accept(TokenKind::equals)) {
        addsSomething = true;
        delimited(TokenKind::pipe, [this] { namedType(); });
    }
    closeType(id, addsSomething);
}

void DocumentParser::enumType(bool isExtension) {
    const NodeId id = openType(NodeKind::enumType, isExtension, "enum");
    bool addsSomething = directives(true);
    addsSomething |= optionalMany(TokenKind::braceLeft, TokenKind::braceRight, [this] { enumValueDefinition(); });
    closeType(id, addsSomething);
}

void DocumentParser::inputType(bool isExtension) {
    const NodeId id = openType(NodeKind::inputType, isExtension, "input");
    bool addsSomething = directives(true);
    addsSomething |= optionalMany(TokenKind::braceLeft, TokenKind::braceRight, [this] { inputValueDefinition(); });
    closeType(id, addsSomething);
}

void DocumentParser::fieldDefinition() {
    const NodeId id = open(NodeKind::fieldDefinition);
    description();
    nodes_[id].name = name();
    argumentDefinitions();
    expect(TokenKind::colon);
    type();
    directives(true);
    close(id);
}

void DocumentParser::inputValueDefinition() {
    const NodeId id = open(NodeKind::inputValueDefinition);
    description();
    nodes_[id].name = name();
    expect(TokenKind::colon);
    type();
    if (accept(TokenKind::equals)) value(true);
    directives(true);
    close(id);
}

void DocumentParser::argumentDefinitions() {
    optionalMany(TokenKind::parenLeft, TokenKind::parenRight, [this] { inputValueDefinition(); });
}

void DocumentParser::enumValueDefinition() {
    const NodeId id = open(NodeKind::enumValueDefinition);
    description();
    if (means(token_, "true") || means(token_, "false") || means(token_, "null"))
        failSyntax(lexer_.describe(token_) + " is reserved and cannot be used for an enum value.", token_.start);
    nodes_[id].name = name();
    directives(true);
    close(id);
}

void DocumentParser::directiveDefinition() {
    const NodeId id = open(NodeKind::directiveDefinition);
    description();
    expectKeyword("directive");
    expect(TokenKind::at);
    nodes_[id].name = name();
    argumentDefinitions();
    if (acceptKeyword("repeatable")) nodes_[id].flags = Node::isRepeatable;
    expectKeyword("on");
    delimited(TokenKind::pipe, [this] { directiveLocation(); });
    close(id);
}

void DocumentParser::directiveLocation() {
    const Token token = token_;
    namedType(NodeKind::directiveLocation);
    if (std::ranges::find(directiveLocations, lexer_.text(token)) == std::end(directiveLocations))
        failUnexpected(token);
}

} // namespace mortise::graphql
