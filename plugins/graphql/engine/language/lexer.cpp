// SPDX-License-Identifier: Apache-2.0
#include "language/lexer.hpp"

#include "language/character_class.hpp"
#include "language/escape.hpp"
#include "language/string_literal.hpp"
#include "language/utf8.hpp"

#include <array>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t longestShown = 200; // bytes of a token in a message

// The characters of a string that are not simply part of it.
constexpr std::array<bool, 256> endsPlainText = [] {
    std::array<bool, 256> ends{};
    for (const unsigned char c : {'"', '\\', '\n', '\r'}) ends[c] = true;
    return ends;
}();

} // namespace

Token Lexer::next() {
    const char* const begin = source_.data();
    const char* const end = begin + source_.size();
    const char* here = begin + position_;
    if (hasFailed()) return {TokenKind::failed, position_, position_};
    while (here != end) {
        const auto start = static_cast<std::uint32_t>(here - begin);
        switch (classOf(*here)) {
        case CharacterClass::ignored:
            ++here;
            continue;
        case CharacterClass::name: {
            do ++here;
            while (here != end && isNameContinue(*here));
            position_ = static_cast<std::uint32_t>(here - begin);
            return {TokenKind::name, start, position_};
        }
        case CharacterClass::punctuator:
            position_ = start + 1;
            return {punctuators[static_cast<unsigned char>(*here)], start, position_};
        case CharacterClass::comment:
            while (here != end && *here != '\n' && *here != '\r') ++here;
            continue;
        case CharacterClass::dot:
            if (at(start + 1) != '.' || at(start + 2) != '.') return readOther(start);
            position_ = start + 3;
            return {TokenKind::spread, start, position_};
        case CharacterClass::quote:
            return at(start + 1) == '"' && at(start + 2) == '"' ? readBlockString(start) : readString(start);
        case CharacterClass::digit:
        case CharacterClass::minus:
            return readNumber(start);
        case CharacterClass::other:
            if (!source_.substr(start).starts_with(byteOrderMark)) return readOther(start);
            here += byteOrderMark.size();
            continue;
        }
    }
    position_ = static_cast<std::uint32_t>(source_.size());
    return {TokenKind::endOfFile, position_, position_};
}

Token Lexer::peek() {
    const std::uint32_t before = position_;
    const Token token = next();
    position_ = before;
    return token;
}

void Lexer::fail(ErrorKind kind, std::string message, std::uint32_t offset) {
    if (!hasFailed()) error_ = Error{kind, std::move(message), {offset}, {}, 0};
}

Token Lexer::failAt(std::uint32_t offset, std::string message) {
    fail(ErrorKind::syntax, "Syntax Error: " + std::move(message), offset);
    return {TokenKind::failed, offset, offset};
}

std::string Lexer::showCharacter(std::uint32_t offset) const {
    if (offset >= source_.size()) return "<EOF>";
    const char32_t point = codePointAt(source_, offset);
    if (point == U'"') return "'\"'";
    if (point >= 0x20 && point <= 0x7E) return std::string("\"") + static_cast<char>(point) + '"';
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text = "U+";
    for (int shift = 20; shift >= 0; shift -= 4)
        if (shift < 16 || point >> shift != 0) text += digits[point >> shift & 0xF];
    return text;
}

std::string Lexer::meaning(const Token& token) const {
    const std::string_view written = text(token);
    if (token.kind == TokenKind::string) return resolveEscapes(written.substr(1, written.size() - 2));
    if (token.kind == TokenKind::blockString) return dedentBlockString(written.substr(3, written.size() - 6));
    return std::string(written);
}

std::string Lexer::describe(const Token& token) const {
    std::string shown(graphql::describe(token.kind));
    if (token.kind < TokenKind::name || token.kind > TokenKind::blockString) return shown;
    return shown + " \"" + shorten(meaning(token)) + '"';
}

std::string Lexer::shorten(std::string text) {
    if (text.size() <= longestShown) return text;
    text.resize(cutUtf8(text, longestShown).size());
    return text + "…";
}

Token Lexer::readOther(std::uint32_t start) {
    if (source_[start] == '\'')
        return failAt(start, "Unexpected single quote character ('), did you mean to use a double quote (\")?");
    return failAt(start, "Unexpected character: " + showCharacter(start) + '.');
}

bool Lexer::skipDigits(std::uint32_t& offset) {
    if (!isDigit(at(offset))) {
        failAt(offset, "Invalid number, expected digit but got: " + showCharacter(offset) + '.');
        return false;
    }
    do ++offset;
    while (isDigit(at(offset)));
    return true;
}

Token Lexer::readNumber(std::uint32_t start) {
    constexpr auto failed = Token{TokenKind::failed, 0, 0};
    std::uint32_t offset = start;
    TokenKind kind = TokenKind::integer;
    if (at(offset) == '-') ++offset;
    if (at(offset) == '0') {
        ++offset;
        if (isDigit(at(offset)))
            return failAt(offset, "Invalid number, unexpected digit after 0: " + showCharacter(offset) + '.');
    } else if (!skipDigits(offset)) {
        return failed;
    }
    if (at(offset) == '.') {
        kind = TokenKind::floating;
        if (!skipDigits(++offset)) return failed;
    }
    if (at(offset) == 'e' || at(offset) == 'E') {
        kind = TokenKind::floating;
        ++offset;
        if (at(offset) == '+' || at(offset) == '-') ++offset;
        if (!skipDigits(offset)) return failed;
    }
    if (at(offset) == '.' || classOf(at(offset)) == CharacterClass::name)
        return failAt(offset, "Invalid number, expected digit but got: " + showCharacter(offset) + '.');
    position_ = offset;
    return {kind, start, offset};
}

Token Lexer::readString(std::uint32_t start) {
    for (std::size_t offset = start + 1;;) {
        while (offset < source_.size() && !endsPlainText[static_cast<unsigned char>(source_[offset])]) ++offset;
        const auto here = static_cast<std::uint32_t>(offset);
        if (at(offset) == '"') {
            position_ = here + 1;
            return {TokenKind::string, start, position_};
        }
        if (at(offset) != '\\') return failAt(here, "Unterminated string.");
        const Escape escape = Escape::read(source_, offset);
        if (!escape.isValid)
            return failAt(here, std::string(escape.isUnicode ? "Invalid Unicode escape sequence: \""
                                                             : "Invalid character escape sequence: \"") +
                                    sliceUtf16(source_, offset, escape.size) + "\".");
        offset += escape.size;
    }
}

Token Lexer::readBlockString(std::uint32_t start) {
    for (std::size_t offset = start + 3;;) {
        offset = source_.find("\"\"\"", offset);
        if (offset == std::string_view::npos)
            return failAt(static_cast<std::uint32_t>(source_.size()), "Unterminated string.");
        // \""" is text.
        if (source_[offset - 1] != '\\') {
            position_ = static_cast<std::uint32_t>(offset) + 3;
            return {TokenKind::blockString, start, position_};
        }
        offset += 3;
    }
}

} // namespace mortise::graphql
