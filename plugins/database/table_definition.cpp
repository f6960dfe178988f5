// SPDX-License-Identifier: Apache-2.0
#include "table_definition.hpp"

#include "sql_tokens.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mortise::database {

namespace {

using Kind = DeclaredConstraint::Kind;

// Between the outer parentheses of a CREATE TABLE: https://www.sqlite.org/lang_createtable.html. Commas between the
// constraints of a table may be left out.
class Definition {
public:
    explicit Definition(std::string_view createTable) : tokens_(sqlTokens(createTable)) {}

    std::vector<DeclaredConstraint> constraints() {
        while (at_ < tokens_.size() && !tokens_[at_].isSign('(')) {
            if (tokens_[at_++].is("VIRTUAL")) return {};
        }
        ++at_;
        beginPart();
        while (at_ < tokens_.size() && !tokens_[at_].isSign(')')) step();
        return std::move(found_);
    }

private:
    bool isAt(std::string_view keyword) const noexcept { return at_ < tokens_.size() && tokens_[at_].is(keyword); }
    bool takeSign(char sign) noexcept {
        if (at_ >= tokens_.size() || !tokens_[at_].isSign(sign)) return false;
        ++at_;
        return true;
    }
    std::string takeName() {
        return at_ < tokens_.size() && tokens_[at_].isName() ? tokens_[at_++].text : std::string();
    }

    // A column begins with its name, a constraint of the table with one of these words.
    void beginPart() {
        column_.clear();
        name_.clear();
        for (const char* const word : {"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
            if (isAt(word)) return;
        column_ = takeName();
    }
    void step() {
        if (takeSign(',')) return beginPart();
        if (takeSign('(')) return skipParentheses();
        const SqlToken& token = tokens_[at_++];
        if (token.is("CONSTRAINT"))
            name_ = takeName();
        else if (token.is("PRIMARY"))
            add(Kind::primaryKey, "KEY");
        else if (token.is("UNIQUE"))
            add(Kind::unique, "");
        else if (token.is("CHECK"))
            add(Kind::check, "");
        else if (token.is("FOREIGN"))
            addReference("KEY");
        else if (token.is("REFERENCES"))
            addReference("");
        else if (token.is("RESTRICT") && !found_.empty())
            found_.back().restricts = true;
    }
    // The first '(' is behind already.
    void skipParentheses() {
        for (std::size_t depth = 1; at_ < tokens_.size() && depth != 0; ++at_) {
            if (tokens_[at_].isSign('(')) ++depth;
            if (tokens_[at_].isSign(')')) --depth;
        }
    }
    // (a, b COLLATE NOCASE DESC): the first word of each.
    std::vector<std::string> takeColumns() {
        std::vector<std::string> columns;
        if (!takeSign('(')) return columns;
        columns.push_back(takeName());
        while (at_ < tokens_.size() && !takeSign(')')) {
            if (takeSign('('))
                skipParentheses();
            else if (takeSign(','))
                columns.push_back(takeName());
            else
                ++at_;
        }
        return columns;
    }
    void add(Kind kind, std::string_view second) {
        if (!second.empty() && isAt(second)) ++at_;
        DeclaredConstraint constraint{kind, std::exchange(name_, {}), {}, {}, {}, false};
        if (kind == Kind::check) {
            if (takeSign('(')) skipParentheses();
        } else if (column_.empty()) {
            constraint.columns = takeColumns();
        } else {
            constraint.columns = {column_};
        }
        found_.push_back(std::move(constraint));
    }
    void addReference(std::string_view second) {
        if (!second.empty() && isAt(second)) ++at_;
        DeclaredConstraint constraint{Kind::foreignKey, std::exchange(name_, {}), {}, {}, {}, false};
        if (second.empty()) {
            constraint.columns = {column_};
        } else {
            constraint.columns = takeColumns();
            if (isAt("REFERENCES")) ++at_;
        }
        constraint.parent = takeName();
        constraint.parentColumns = takeColumns();
        found_.push_back(std::move(constraint));
    }

    std::vector<SqlToken> tokens_;
    std::size_t at_ = 0;
    std::string column_; // empty: a constraint of the table
    std::string name_;   // of the constraint that comes next
    std::vector<DeclaredConstraint> found_;
};

} // namespace

std::vector<DeclaredConstraint> declaredConstraints(std::string_view createTable) {
    return Definition(createTable).constraints();
}

bool isSameName(std::string_view left, std::string_view right) noexcept {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char l, char r) { return lower(l) == lower(r); });
}

} // namespace mortise::database
