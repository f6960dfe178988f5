// SPDX-License-Identifier: Apache-2.0
#include "mariadb_statement.hpp"

#include "database_error.hpp"
#include "sql_tokens.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace mortise::database {

namespace {

constexpr std::array sessionWords{"SET"};
constexpr std::array queryWords{"SELECT", "WITH", "VALUES", "SHOW", "EXPLAIN", "DESCRIBE", "DESC"};
constexpr std::array writeWords{"INSERT", "REPLACE", "UPDATE", "DELETE"};

template<class List>
bool isOneOf(const List& words, const SqlToken& token) {
    return std::any_of(words.begin(), words.end(), [&](const char* word) { return token.is(word); });
}

// FOR UPDATE and LOCK IN SHARE MODE lock; INTO writes a file or a variable.
bool locksOrStores(const std::vector<SqlToken>& tokens) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto next = [&](const char* word) { return i + 1 < tokens.size() && tokens[i + 1].is(word); };
        if (tokens[i].is("INTO") || (tokens[i].is("FOR") && next("UPDATE")) || (tokens[i].is("LOCK") && next("IN")))
            return true;
    }
    return false;
}

} // namespace

bool returnsRows(std::string_view sql) {
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    return std::any_of(tokens.begin(), tokens.end(), [](const SqlToken& token) { return token.is("RETURNING"); });
}

StatementKind statementKind(std::string_view sql) {
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    if (tokens.empty()) return StatementKind::definition;
    if (isOneOf(queryWords, tokens.front()) || isOneOf(writeWords, tokens.front())) return StatementKind::data;
    return isOneOf(sessionWords, tokens.front()) ? StatementKind::session : StatementKind::definition;
}

bool isReadOnlyStatement(std::string_view sql) {
    using Kind = DatabaseError::Kind;
    // MariaDB runs what stands in such a comment.
    if (sql.find("/*!") != std::string_view::npos || sql.find("/*M!") != std::string_view::npos)
        throw DatabaseError(Kind::invalid,
                            "a statement has no comments that MariaDB runs ('/*!'): " + std::string(sql));
    const std::vector<SqlToken> tokens = sqlTokens(sql);
    const auto first =
        std::find_if(tokens.begin(), tokens.end(), [](const SqlToken& token) { return !token.isSign('('); });
    if (first == tokens.end()) throw DatabaseError(Kind::invalid, "the statement is empty");
    if (isOneOf(queryWords, *first)) return !locksOrStores(tokens);
    if (isOneOf(writeWords, *first)) return false;
    throw DatabaseError(Kind::invalid, "a statement is a query, or an INSERT, REPLACE, UPDATE or DELETE, and does not "
                                       "begin or end a transaction or change the schema: " +
                                           std::string(sql));
}

} // namespace mortise::database
