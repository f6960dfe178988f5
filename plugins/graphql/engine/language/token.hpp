// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// The lexical tokens of GraphQL (October 2021, section 2.1.6). A comment is none: it is ignored.
enum class TokenKind : std::uint8_t {
    bang,
    dollar,
    ampersand,
    parenLeft,
    parenRight,
    spread,
    colon,
    equals,
    at,
    bracketLeft,
    bracketRight,
    braceLeft,
    pipe,
    braceRight,
    name,
    integer,
    floating,
    string,
    blockString,
    endOfFile,
    failed, // no token follows: there was an error, which whoever read the token keeps
};

struct Token {
    TokenKind kind = TokenKind::endOfFile;
    std::uint32_t start = 0; // bytes of the source; a string's quotes belong to it
    std::uint32_t end = 0;
};

// How a message of graphql-js names the kind: a punctuator in quotes.
inline std::string_view describe(TokenKind kind) {
    constexpr std::string_view texts[] = {
        "\"!\"", "\"$\"", "\"&\"", "\"(\"", "\")\"", "\"...\"", "\":\"",  "\"=\"",       "\"@\"", "\"[\"", "\"]\"",
        "\"{\"", "\"|\"", "\"}\"", "Name",  "Int",   "Float",   "String", "BlockString", "<EOF>", "<EOF>",
    };
    return texts[static_cast<std::uint8_t>(kind)];
}

} // namespace mortise::graphql
