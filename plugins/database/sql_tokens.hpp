// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// A word, name, literal or sign of an SQL text: https://www.sqlite.org/lang.html
struct SqlToken {
    enum class Kind { word, name, text, sign, number };

    Kind kind = Kind::sign;
    std::string text; // of a quoted name or text: what it stands for

    // Whether it is that keyword, given in upper case.
    bool is(std::string_view keyword) const noexcept;
    bool isSign(char sign) const noexcept { return kind == Kind::sign && text.size() == 1 && text[0] == sign; }
    // Whether it can be the name of something: a keyword can, quoted or not.
    bool isName() const noexcept { return kind != Kind::sign && kind != Kind::number; }
};

// Blanks and comments are left out; what is not closed ends with the text.
std::vector<SqlToken> sqlTokens(std::string_view sql);

} // namespace mortise::database
