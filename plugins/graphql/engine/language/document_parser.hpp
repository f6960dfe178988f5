// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/lexer.hpp"
#include "language/parser.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// Parses one source by recursive descent; its depth is bounded by TextLimits::nesting. A fault turns the token at hand
// into `failed`, which no rule accepts: every rule then returns, and the first fault stays.
class DocumentParser {
public:
    // The source is within limits.bytes.
    DocumentParser(std::string_view source, const TextLimits& limits);

    ParseResult parseDocument();
    ParseResult parseValue(bool isConstant);
    ParseResult parseType();

private:
    // Counts one level more as long as it lives.
    class Level {
    public:
        explicit Level(DocumentParser& parser) : parser_(parser) { parser_.enterLevel(); }
        ~Level() { --parser_.depth_; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        DocumentParser& parser_;
    };

    // Tokens
    void advance();
    bool peek(TokenKind kind) const { return token_.kind == kind; }
    bool hasFailed() const { return token_.kind == TokenKind::failed; }
    bool isKeyword(const Token& token, std::string_view word) const {
        return token.kind == TokenKind::name && lexer_.text(token) == word;
    }
    // Whether a name or a string means this.
    bool means(const Token& token, std::string_view word) const;
    bool accept(TokenKind kind);
    bool acceptKeyword(std::string_view word);
    void expect(TokenKind kind);
    void expectKeyword(std::string_view word);
    void failUnexpected(const Token& token);
    void fail(ErrorKind kind, std::string message, std::uint32_t offset);
    void failSyntax(std::string message, std::uint32_t offset);
    void enterLevel();
    bool peekDescription() const { return peek(TokenKind::string) || peek(TokenKind::blockString); }

    // Nodes
    NodeId open(NodeKind kind) { return open(kind, token_.start); }
    NodeId open(NodeKind kind, std::uint32_t offset);
    void close(NodeId id) { nodes_[id].end = static_cast<NodeId>(nodes_.size()); }
    // Puts a node before one that is closed, and last, and makes it its parent.
    void wrap(NodeId id, NodeKind kind);
    Span spanOf(const Token& token) const { return {token.start, token.end - token.start}; }
    ParseResult result();

    // Items until `last`, at least one.
    template<class Item>
    void untilClosed(TokenKind last, Item item) {
        do item();
        while (!accept(last) && !hasFailed());
    }
    // Nothing, or items between two tokens.
    template<class Item>
    bool optionalMany(TokenKind first, TokenKind last, Item item) {
        if (!accept(first)) return false;
        untilClosed(last, item);
        return true;
    }
    // Items with a delimiter between them and maybe before the first.
    template<class Item>
    void delimited(TokenKind delimiter, Item item) {
        accept(delimiter);
        do item();
        while (accept(delimiter));
    }

    // Executable definitions
    void definition();
    void operation();
    OperationKind operationKind();
    void variableDefinition();
    void skipDescription();
    void selectionSet();
    void selection();
    void field();
    void fragment();
    void fragmentDefinition();
    Span fragmentName();
    Span name();
    void arguments(bool isConstant);
    bool directives(bool isConstant);
    void namedValue(NodeKind kind, bool isConstant);

    // Values and types
    void value(bool isConstant);
    void leaf(NodeKind kind);
    void nameValue();
    void variable(bool isConstant);
    void list(bool isConstant);
    void object(bool isConstant);
    void type();
    void namedType(NodeKind kind = NodeKind::namedType);

    // Type system definitions
    bool typeSystemDefinition(const Token& keyword, bool isExtension);
    void extension();
    void description();
    void schemaDefinition(bool isExtension);
    void rootOperation();
    // Opens a node for a definition or an extension and reads as far as its name.
    NodeId openType(NodeKind kind, bool isExtension, std::string_view keyword);
    // Closes it; an extension that adds nothing is a fault.
    void closeType(NodeId id, bool addsSomething);
    void scalarType(bool isExtension);
    void fieldsType(NodeKind kind, bool isExtension, std::string_view keyword);
    void unionType(bool isExtension);
    void enumType(bool isExtension);
    void inputType(bool isExtension);
    void fieldDefinition();
    void inputValueDefinition();
    void argumentDefinitions();
    void enumValueDefinition();
    void directiveDefinition();
    void directiveLocation();

    Lexer lexer_;
    const std::uint32_t tokenLimit_;
    const std::uint32_t nestingLimit_;
    Token token_{TokenKind::endOfFile, 0, 0};
    std::uint32_t tokens_ = 0;
    std::uint32_t depth_ = 0;
    std::vector<Node> nodes_;
};

} // namespace mortise::graphql
