// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/token.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mortise::graphql {

// What a byte can begin (October 2021, section 2.1). Bytes outside of ASCII are `other`.
enum class CharacterClass : std::uint8_t { other, ignored, name, digit, minus, punctuator, quote, comment, dot };

inline constexpr std::array<CharacterClass, 256> characterClasses = [] {
    std::array<CharacterClass, 256> classes{};
    const auto set = [&](std::string_view characters, CharacterClass value) {
        for (const char c : characters) classes[static_cast<unsigned char>(c)] = value;
    };
    set(" \t\n\r,", CharacterClass::ignored);
    set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", CharacterClass::name);
    set("0123456789", CharacterClass::digit);
    set("-", CharacterClass::minus);
    set("!$&():=@[]{|}", CharacterClass::punctuator);
    set("\"", CharacterClass::quote);
    set("#", CharacterClass::comment);
    set(".", CharacterClass::dot);
    return classes;
}();

inline constexpr std::array<TokenKind, 128> punctuators = [] {
    std::array<TokenKind, 128> kinds{};
    constexpr std::string_view characters = "!$&():=@[]{|}";
    constexpr TokenKind values[] = {
        TokenKind::bang,      TokenKind::dollar, TokenKind::ampersand, TokenKind::parenLeft,   TokenKind::parenRight,
        TokenKind::colon,     TokenKind::equals, TokenKind::at,        TokenKind::bracketLeft, TokenKind::bracketRight,
        TokenKind::braceLeft, TokenKind::pipe,   TokenKind::braceRight};
    for (std::size_t i = 0; i < characters.size(); ++i) kinds[static_cast<unsigned char>(characters[i])] = values[i];
    return kinds;
}();

constexpr CharacterClass classOf(char c) {
    return characterClasses[static_cast<unsigned char>(c)];
}

constexpr bool isDigit(char c) {
    return classOf(c) == CharacterClass::digit;
}

constexpr bool isNameStart(char c) {
    return classOf(c) == CharacterClass::name;
}

constexpr bool isNameContinue(char c) {
    return isNameStart(c) || isDigit(c);
}

// The first LF or CR at or after `from`; the text's size when there is none.
constexpr std::size_t findLineEnd(std::string_view text, std::size_t from) {
    while (from < text.size() && text[from] != '\n' && text[from] != '\r') ++from;
    return from;
}

// How many bytes end the line there: CRLF is one end.
constexpr std::size_t lineEndSize(std::string_view text, std::size_t at) {
    return text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1;
}

} // namespace mortise::graphql
