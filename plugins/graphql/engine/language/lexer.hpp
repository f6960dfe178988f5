// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "language/token.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mortise::graphql {

// Cuts a source into tokens, one at a time. The source is valid UTF-8, has fewer than 2^32-1 bytes and outlives this.
// Allocates nothing but an error.
class Lexer {
public:
    explicit Lexer(std::string_view source) : source_(source) {}

    std::string_view source() const { return source_; }
    std::string_view text(const Token& token) const { return source_.substr(token.start, token.end - token.start); }

    // The next token; at the end again and again endOfFile, after a fault `failed`.
    Token next();
    // The same without going on.
    Token peek();

    // Keeps the fault that ends the reading; only the first counts.
    void fail(ErrorKind kind, std::string message, std::uint32_t offset);
    bool hasFailed() const { return error_.has_value(); }
    const std::optional<Error>& error() const { return error_; }

    // A token as graphql-js's messages show it: its kind, and what it means in quotes when its kind does not say so.
    std::string describe(const Token& token) const;
    // A text as messages show it: cut after 200 bytes.
    static std::string shorten(std::string text);
    // What a name, number or string means.
    std::string meaning(const Token& token) const;

private:
    Token readNumber(std::uint32_t start);
    Token readString(std::uint32_t start);
    Token readBlockString(std::uint32_t start);
    Token readOther(std::uint32_t start);
    // Passes over digits, at least one; false when there is none.
    bool skipDigits(std::uint32_t& offset);
    Token failAt(std::uint32_t offset, std::string message);
    // A character as messages show it: in quotes, or its number.
    std::string showCharacter(std::uint32_t offset) const;
    char at(std::size_t offset) const { return offset < source_.size() ? source_[offset] : '\0'; }

    std::string_view source_;
    std::uint32_t position_ = 0;
    std::optional<Error> error_;
};

} // namespace mortise::graphql
