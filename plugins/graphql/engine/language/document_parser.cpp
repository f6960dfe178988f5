// SPDX-License-Identifier: Apache-2.0
#include "language/document_parser.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::uint32_t firstNodes = 4096; // reserved at once at the highest

} // namespace

DocumentParser::DocumentParser(std::string_view source, const TextLimits& limits)
    : lexer_(source), tokenLimit_(limits.tokens), nestingLimit_(std::min(limits.nesting, highestNesting)) {
    // A third of the bytes is more than nearly every document has nodes; a denser one grows.
    const auto nodes = static_cast<std::uint32_t>(source.size() / 3);
    nodes_.reserve(std::min({nodes, tokenLimit_, firstNodes}) + std::size_t{8});
}

void DocumentParser::advance() {
    token_ = lexer_.next();
    if (token_.kind < TokenKind::endOfFile && ++tokens_ > tokenLimit_)
        fail(ErrorKind::limit, "The document has more than " + std::to_string(tokenLimit_) + " tokens.", token_.start);
}

bool DocumentParser::means(const Token& token, std::string_view word) const {
    const bool isText =
        token.kind == TokenKind::name || token.kind == TokenKind::string || token.kind == TokenKind::blockString;
    return isText && lexer_.meaning(token) == word;
}

bool DocumentParser::accept(TokenKind kind) {
    if (token_.kind != kind) return false;
    advance();
    return true;
}

bool DocumentParser::acceptKeyword(std::string_view word) {
    if (!isKeyword(token_, word)) return false;
    advance();
    return true;
}

void DocumentParser::expect(TokenKind kind) {
    if (!accept(kind) && !hasFailed())
        failSyntax("Expected " + std::string(describe(kind)) + ", found " + lexer_.describe(token_) + '.',
                   token_.start);
}

void DocumentParser::expectKeyword(std::string_view word) {
    if (!acceptKeyword(word) && !hasFailed())
        failSyntax("Expected \"" + std::string(word) + "\", found " + lexer_.describe(token_) + '.', token_.start);
}

void DocumentParser::failUnexpected(const Token& token) {
    if (!hasFailed()) failSyntax("Unexpected " + lexer_.describe(token) + '.', token.start);
}

void DocumentParser::fail(ErrorKind kind, std::string message, std::uint32_t offset) {
    lexer_.fail(kind, std::move(message), offset);
    token_.kind = TokenKind::failed;
}

void DocumentParser::failSyntax(std::string message, std::uint32_t offset) {
    fail(ErrorKind::syntax, "Syntax Error: " + std::move(message), offset);
}

void DocumentParser::enterLevel() {
    if (++depth_ > nestingLimit_ && !hasFailed())
        fail(ErrorKind::limit, "The document nests deeper than " + std::to_string(nestingLimit_) + " levels.",
             token_.start);
}

NodeId DocumentParser::open(NodeKind kind, std::uint32_t offset) {
    const auto id = static_cast<NodeId>(nodes_.size());
    Node& node = nodes_.emplace_back();
    node.kind = kind;
    node.offset = offset;
    node.end = id + 1;
    return id;
}

void DocumentParser::wrap(NodeId id, NodeKind kind) {
    Node parent;
    parent.kind = kind;
    parent.offset = nodes_[id].offset;
    parent.end = nodes_[id].end;
    nodes_.insert(nodes_.begin() + id, parent);
    for (NodeId i = id; i < nodes_.size(); ++i) ++nodes_[i].end;
}

ParseResult DocumentParser::result() {
    if (lexer_.hasFailed()) return {{}, lexer_.error()};
    close(0);
    return {Document(lexer_.source(), std::move(nodes_)), std::nullopt};
}

ParseResult DocumentParser::parseDocument() {
    open(NodeKind::document);
    advance();
    untilClosed(TokenKind::endOfFile, [this] { definition(); });
    return result();
}

ParseResult DocumentParser::parseValue(bool isConstant) {
    open(NodeKind::document);
    advance();
    value(isConstant);
    expect(TokenKind::endOfFile);
    return result();
}

ParseResult DocumentParser::parseType() {
    open(NodeKind::document);
    advance();
    type();
    expect(TokenKind::endOfFile);
    return result();
}

void DocumentParser::definition() {
    if (peek(TokenKind::braceLeft)) return operation();
    const bool isDescribed = peekDescription();
    const Token keyword = isDescribed ? lexer_.peek() : token_;
    if (keyword.kind == TokenKind::failed) {
        token_.kind = TokenKind::failed;
        return;
    }
    if (isDescribed && keyword.kind == TokenKind::braceLeft)
        return failSyntax("Unexpected description, descriptions are not supported on shorthand queries.", token_.start);
    if (keyword.kind != TokenKind::name) return failUnexpected(keyword);
    const std::string_view word = lexer_.text(keyword);
    if (word == "query" || word == "mutation" || word == "subscription") return operation();
    if (word == "fragment") return fragmentDefinition();
    if (typeSystemDefinition(keyword, false)) return;
    if (isDescribed)
        return failSyntax("Unexpected description, only GraphQL definitions support descriptions.", token_.start);
    if (word == "extend") return extension();
    failUnexpected(keyword);
}

void DocumentParser::operation() {
    const NodeId id = open(NodeKind::operation);
    if (!peek(TokenKind::braceLeft)) {
        skipDescription();
        nodes_[id].flags = static_cast<std::uint8_t>(operationKind());
        if (peek(TokenKind::name)) nodes_[id].name = name();
        optionalMany(TokenKind::parenLeft, TokenKind::parenRight, [this] { variableDefinition(); });
        directives(false);
    }
    selectionSet();
    close(id);
}

OperationKind DocumentParser::operationKind() {
    const Token token = token_;
    expect(TokenKind::name);
    const std::string_view word = lexer_.text(token);
    if (word == "query") return OperationKind::query;
    if (word == "mutation") return OperationKind::mutation;
    if (word == "subscription") return OperationKind::subscription;
    failUnexpected(token);
    return OperationKind::query;
}

void DocumentParser::variableDefinition() {
    const NodeId id = open(NodeKind::variableDefinition);
    skipDescription();
    expect(TokenKind::dollar);
    nodes_[id].name = name();
    expect(TokenKind::colon);
    type();
    if (accept(TokenKind::equals)) value(true);
    directives(true);
    close(id);
}

void DocumentParser::skipDescription() {
    if (peekDescription()) advance();
}

void DocumentParser::selectionSet() {
    const Level level(*this);
    const NodeId id = open(NodeKind::selectionSet);
    expect(TokenKind::braceLeft);
    untilClosed(TokenKind::braceRight, [this] { selection(); });
    close(id);
}

void DocumentParser::selection() {
    if (peek(TokenKind::spread)) return fragment();
    field();
}

void DocumentParser::field() {
    const NodeId id = open(NodeKind::field);
    Span own = name();
    if (accept(TokenKind::colon)) {
        nodes_[id].value = own;
        own = name();
    }
    nodes_[id].name = own;
    arguments(false);
    directives(false);
    if (peek(TokenKind::braceLeft)) selectionSet();
    close(id);
}

void DocumentParser::fragment() {
    const NodeId id = open(NodeKind::inlineFragment);
    expect(TokenKind::spread);
    const bool hasCondition = acceptKeyword("on");
    if (!hasCondition && peek(TokenKind::name)) {
        nodes_[id].kind = NodeKind::fragmentSpread;
        nodes_[id].name = name();
        directives(false);
        return close(id);
    }
    if (hasCondition) namedType();
    directives(false);
    selectionSet();
    close(id);
}

void DocumentParser::fragmentDefinition() {
    const NodeId id = open(NodeKind::fragmentDefinition);
    skipDescription();
    expectKeyword("fragment");
    nodes_[id].name = fragmentName();
    expectKeyword("on");
    namedType();
    directives(false);
    selectionSet();
    close(id);
}

Span DocumentParser::fragmentName() {
    if (means(token_, "on")) failUnexpected(token_);
    return name();
}

Span DocumentParser::name() {
    const Span span = spanOf(token_);
    expect(TokenKind::name);
    return span;
}

void DocumentParser::arguments(bool isConstant) {
    optionalMany(TokenKind::parenLeft, TokenKind::parenRight,
                 [this, isConstant] { namedValue(NodeKind::argument, isConstant); });
}

bool DocumentParser::directives(bool isConstant) {
    const bool hasSome = peek(TokenKind::at);
    while (peek(TokenKind::at)) {
        const NodeId id = open(NodeKind::directive);
        advance();
        nodes_[id].name = name();
        arguments(isConstant);
        close(id);
    }
    return hasSome;
}

void DocumentParser::namedValue(NodeKind kind, bool isConstant) {
    const NodeId id = open(kind);
    nodes_[id].name = name();
    expect(TokenKind::colon);
    value(isConstant);
    close(id);
}

} // namespace mortise::graphql
