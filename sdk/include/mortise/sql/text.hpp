// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/fixed_text.hpp>
#include <mortise/detail/snake_case.hpp>
#include <mortise/enumeration.hpp>
#include <mortise/sql/dialect.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// How a column is called: by its member in snake case, or by the name that was given.
struct SqlName {
    std::string_view member;
    std::string_view given;
};

inline void putName(std::string& out, const SqlName& name) {
    StringText text{out};
    if (name.given.empty())
        putSnakeCase(text, name.member);
    else
        out.append(name.given);
}

// The text of one statement as it is put together. Names stand in backticks, which both databases know; in double
// quotes SQLite would take a wrong name for a text.
class SqlText {
public:
    explicit SqlText(SqlDialect dialect) noexcept : dialect_(dialect) {}

    SqlDialect dialect() const noexcept { return dialect_; }
    SqlText& put(std::string_view text) {
        text_.append(text);
        return *this;
    }
    SqlText& table(std::string_view name) {
        text_.append(1, '`').append(name).push_back('`');
        return *this;
    }
    SqlText& column(const SqlName& name) {
        text_.push_back('`');
        putName(text_, name);
        text_.push_back('`');
        return *this;
    }
    // With its table where the statement is about several.
    SqlText& column(std::string_view table, const SqlName& name) {
        if (isQualified) this->table(table).put(".");
        return column(name);
    }

    const std::string& text() const noexcept { return text_; }

    bool isQualified = false;

private:
    SqlDialect dialect_;
    std::string text_;
};

// `begin` before the first, `, ` before each further one.
class SqlList {
public:
    SqlList(SqlText& out, std::string_view begin) : out_(out), next_(begin) {}

    SqlText& next() {
        nameLast();
        out_.put(next_);
        next_ = ", ";
        ++count_;
        return out_;
    }
    SqlText& text() noexcept { return out_; } // of the one that `next` began
    // From now on each is called c0, c1, …; `nameLast` calls the last so.
    void giveNames() noexcept { hasNames_ = true; }
    void nameLast() {
        if (hasNames_ && count_ != 0) out_.put(" AS c").put(std::to_string(count_ - 1));
    }

private:
    SqlText& out_;
    std::string_view next_;
    unsigned count_ = 0;
    bool hasNames_ = false;
};

} // namespace detail
} // namespace v1
} // namespace mortise
