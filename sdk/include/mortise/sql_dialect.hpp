// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace mortise {
inline namespace v1 {

// The SQL that a database understands; the numbers are MORTISE_SQL_DIALECT_… of service/database.h.
enum class SqlDialect : std::uint32_t { unknown = 0, sqlite = 1, mariadb = 2 };

// As migrations name it; empty of unknown.
constexpr std::string_view dialectName(SqlDialect dialect) noexcept {
    return dialect == SqlDialect::sqlite ? "sqlite" : dialect == SqlDialect::mariadb ? "mariadb" : "";
}

// The text of a statement, and what it is in dialects that need other words, with the same parameters and columns:
// sqlText("… ON CONFLICT (name) DO NOTHING").on(SqlDialect::mariadb, "… ON DUPLICATE KEY UPDATE name = name"). Borrows.
class SqlTexts {
public:
    template<class Text, std::enable_if_t<std::is_convertible_v<const Text&, std::string_view>, int> = 0>
    constexpr SqlTexts(const Text& sql) noexcept : texts_{std::string_view(sql)} {}

    constexpr SqlTexts on(SqlDialect dialect, std::string_view sql) const noexcept {
        SqlTexts more = *this;
        more.texts_[place(dialect)] = sql;
        return more;
    }
    constexpr std::string_view text(SqlDialect dialect) const noexcept {
        const std::string_view own = texts_[place(dialect)];
        return own.empty() ? texts_[0] : own;
    }

private:
    static constexpr std::size_t place(SqlDialect dialect) noexcept {
        return dialect == SqlDialect::sqlite || dialect == SqlDialect::mariadb ? static_cast<std::size_t>(dialect) : 0;
    }

    std::array<std::string_view, 3> texts_; // of every dialect, then by SqlDialect
};
constexpr SqlTexts sqlText(std::string_view sql) noexcept {
    return sql;
}

} // namespace v1
} // namespace mortise
