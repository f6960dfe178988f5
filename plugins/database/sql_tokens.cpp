// SPDX-License-Identifier: Apache-2.0
#include "sql_tokens.hpp"

#include <algorithm>

namespace mortise::database {

namespace {

bool isDigit(char c) noexcept {
    return c >= '0' && c <= '9';
}
// Bytes of UTF-8 sequences are letters.
bool isWordStart(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool isWord(char c) noexcept {
    return isWordStart(c) || isDigit(c) || c == '$';
}

class Reader {
public:
    explicit Reader(std::string_view sql) : sql_(sql) {}

    std::vector<SqlToken> tokens() {
        std::vector<SqlToken> found;
        while (skipBlanks()) found.push_back(next());
        return found;
    }

private:
    char at(std::size_t place) const noexcept { return place < sql_.size() ? sql_[place] : '\0'; }

    // False at the end.
    bool skipBlanks() {
        while (at_ < sql_.size()) {
            if (std::string_view(" \t\r\n\f").find(sql_[at_]) != std::string_view::npos)
                ++at_;
            else if (sql_.compare(at_, 2, "--") == 0)
                at_ = std::min(sql_.find('\n', at_), sql_.size());
            else if (sql_.compare(at_, 2, "/*") == 0)
                skipPast("*/");
            else
                return true;
        }
        return false;
    }
    void skipPast(std::string_view end) {
        const std::size_t found = sql_.find(end, at_ + 2);
        at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
    }

    SqlToken next() {
        const char first = sql_[at_];
        switch (first) {
        case '\'':
            return {SqlToken::Kind::text, quoted('\'')};
        case '"':
        case '`':
            return {SqlToken::Kind::name, quoted(first)};
        case '[':
            return {SqlToken::Kind::name, bracketed()};
        default:
            break;
        }
        if (isWordStart(first)) return {SqlToken::Kind::word, run(isWord)};
        if (isDigit(first)) return {SqlToken::Kind::number, run([](char c) { return isWord(c) || c == '.'; })};
        ++at_;
        return {SqlToken::Kind::sign, std::string(1, first)};
    }
    template<class Belongs>
    std::string run(Belongs&& belongs) {
        const std::size_t begin = at_;
        while (at_ < sql_.size() && belongs(sql_[at_])) ++at_;
        return std::string(sql_.substr(begin, at_ - begin));
    }
    // A doubled quote stands for itself.
    std::string quoted(char quote) {
        std::string text;
        for (++at_; at_ < sql_.size(); ++at_) {
            if (sql_[at_] == quote) {
                if (at(at_ + 1) != quote) break;
                ++at_;
            }
            text += sql_[at_];
        }
        at_ = std::min(at_ + 1, sql_.size());
        return text;
    }
    std::string bracketed() {
        const std::size_t begin = at_ + 1;
        const std::size_t end = std::min(sql_.find(']', begin), sql_.size());
        at_ = std::min(end + 1, sql_.size());
        return std::string(sql_.substr(begin, end - begin));
    }

    std::string_view sql_;
    std::size_t at_ = 0;
};

} // namespace

bool SqlToken::is(std::string_view keyword) const noexcept {
    return kind == Kind::word &&
           std::equal(text.begin(), text.end(), keyword.begin(), keyword.end(), [](char c, char k) {
               return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == k;
           });
}

std::vector<SqlToken> sqlTokens(std::string_view sql) {
    return Reader(sql).tokens();
}

} // namespace mortise::database
