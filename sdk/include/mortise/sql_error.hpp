// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/http_error.hpp>
#include <mortise/service/exchange.h>

#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// What a database could not do: MORTISE_SQL_FAILURE_… of service/database.h.
enum class SqlFailure : std::uint32_t {
    other,
    unique,
    foreignKey,
    notNull,
    check,
    tooLong,
    deadlock,
    busy,
    readOnly,
    lost,
    unknownOutcome,
    full,
    corrupt,
};

// What each failure comes to where nobody catches it. One that breaks a rule for a field which the request's body has
// is a 400 that names the field, see detail/uncaught.hpp.
struct SqlFailureRule {
    SqlFailure kind;
    mortise_status status; // at the C boundary
    std::uint32_t code;
    unsigned retryAfter;      // seconds, 0 for none
    std::string_view message; // for the client
};
inline constexpr SqlFailureRule sqlFailureRules[] = {
    {SqlFailure::other, MORTISE_ERROR, 500, 0, "Internal server error"},
    {SqlFailure::unique, MORTISE_CONFLICT, 409, 0, "Resource already exists"},
    {SqlFailure::foreignKey, MORTISE_ERROR, 409, 0, "Resource is in use"},
    {SqlFailure::notNull, MORTISE_ERROR, 500, 0, "Internal server error"},
    {SqlFailure::check, MORTISE_ERROR, 500, 0, "Internal server error"},
    {SqlFailure::tooLong, MORTISE_ERROR, 500, 0, "Internal server error"},
    {SqlFailure::deadlock, MORTISE_BUSY, 503, 1, "Service unavailable"},
    {SqlFailure::busy, MORTISE_BUSY, 503, 1, "Service unavailable"},
    {SqlFailure::readOnly, MORTISE_ERROR, 503, 10, "Service unavailable"},
    {SqlFailure::lost, MORTISE_BUSY, 503, 1, "Service unavailable"},
    {SqlFailure::unknownOutcome, MORTISE_ERROR, 503, 0, "It is not known whether the request was carried out"},
    {SqlFailure::full, MORTISE_ERROR, 503, 10, "Service unavailable"},
    {SqlFailure::corrupt, MORTISE_ERROR, 500, 0, "Internal server error"},
};

// The rule of a kind, that of `other` for one that is not known.
constexpr const SqlFailureRule& sqlFailureRule(SqlFailure kind) noexcept {
    for (const SqlFailureRule& rule : sqlFailureRules)
        if (rule.kind == kind) return rule;
    return sqlFailureRules[0];
}

// A database failed in a way that it can tell. Of kind busy, deadlock or lost, leaving a handler on an event loop, it
// makes the host call again on a worker.
class SqlError : public HttpError {
public:
    // `constraint`: mortise_sql_failure.name.
    SqlError(SqlFailure kind, std::string_view constraint, const std::string& text)
        : SqlError(sqlFailureRule(kind), constraint, text) {}

    SqlFailure kind() const noexcept { return kind_; }
    // As declared; "table.column" of a value that is missing or too long; empty where it is not known.
    const std::string& constraint() const noexcept { return constraint_; }

private:
    SqlError(const SqlFailureRule& rule, std::string_view constraint, const std::string& text)
        : HttpError(rule.code, std::string(rule.message), rule.retryAfter, text, rule.status,
                    rule.kind == SqlFailure::unknownOutcome ? MORTISE_CODE_OUTCOME_UNKNOWN : ""),
          kind_(rule.kind),
          constraint_(constraint) {}

    SqlFailure kind_;
    std::string constraint_;
};

// A unique constraint would be broken.
class UniqueConflict : public SqlError {
public:
    explicit UniqueConflict(const std::string& text = "unique conflict", std::string_view constraint = {})
        : SqlError(SqlFailure::unique, constraint, text) {}
};

} // namespace v1
} // namespace mortise
