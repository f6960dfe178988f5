// SPDX-License-Identifier: Apache-2.0
// Values and type references (October 2021, sections 2.9 and 2.11).
#include "language/document_parser.hpp"

namespace mortise::graphql {

void DocumentParser::value(bool isConstant) {
    switch (token_.kind) {
    case TokenKind::bracketLeft:
        return list(isConstant);
    case TokenKind::braceLeft:
        return object(isConstant);
    case TokenKind::integer:
        return leaf(NodeKind::intValue);
    case TokenKind::floating:
        return leaf(NodeKind::floatValue);
    case TokenKind::string:
    case TokenKind::blockString:
        return leaf(NodeKind::stringValue);
    case TokenKind::name:
        return nameValue();
    case TokenKind::dollar:
        return variable(isConstant);
    default:
        failUnexpected(token_);
    }
}

void DocumentParser::leaf(NodeKind kind) {
    const bool isBlock = token_.kind == TokenKind::blockString;
    const std::uint32_t quotes = isBlock ? 3 : token_.kind == TokenKind::string ? 1 : 0;
    Node& node = nodes_[open(kind)];
    if (isBlock) node.flags = Node::blockString;
    node.value = {token_.start + quotes, token_.end - token_.start - 2 * quotes};
    advance();
}

void DocumentParser::nameValue() {
    const std::string_view word = lexer_.text(token_);
    if (word == "true" || word == "false") return leaf(NodeKind::booleanValue);
    leaf(word == "null" ? NodeKind::nullValue : NodeKind::enumValue);
}

void DocumentParser::variable(bool isConstant) {
    const Token dollar = token_;
    const NodeId id = open(NodeKind::variable);
    advance();
    if (isConstant) {
        if (!peek(TokenKind::name)) return failUnexpected(dollar);
        return failSyntax("Unexpected variable \"$" + lexer_.shorten(lexer_.meaning(token_)) + "\" in constant value.",
                          dollar.start);
    }
    nodes_[id].name = name();
}

void DocumentParser::list(bool isConstant) {
    const Level level(*this);
    const NodeId id = open(NodeKind::listValue);
    accept(TokenKind::bracketLeft);
    while (!accept(TokenKind::bracketRight) && !hasFailed()) value(isConstant);
    close(id);
}

void DocumentParser::object(bool isConstant) {
    const Level level(*this);
    const NodeId id = open(NodeKind::objectValue);
    accept(TokenKind::braceLeft);
    while (!accept(TokenKind::braceRight) && !hasFailed()) namedValue(NodeKind::objectField, isConstant);
    close(id);
}

void DocumentParser::type() {
    const auto id = static_cast<NodeId>(nodes_.size());
    if (peek(TokenKind::bracketLeft)) {
        const Level level(*this);
        open(NodeKind::listType);
        accept(TokenKind::bracketLeft);
        type();
        expect(TokenKind::bracketRight);
        close(id);
    } else {
        namedType();
    }
    if (accept(TokenKind::bang)) wrap(id, NodeKind::nonNullType);
}

void DocumentParser::namedType(NodeKind kind) {
    const NodeId id = open(kind);
    nodes_[id].name = name();
}

} // namespace mortise::graphql
