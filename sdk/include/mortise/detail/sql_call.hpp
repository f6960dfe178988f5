// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/service.hpp>
#include <mortise/error.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/database.h>
#include <mortise/sql_row.hpp>

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace mortise {
inline namespace v1 {
namespace detail {

// The constraint that a failure names.
inline std::string_view nameOf(const mortise_sql_failure& failure) noexcept {
    return {failure.name, lesser(failure.name_length, sizeof failure.name)};
}
// What a provider leaves behind `out`, which may be null.
inline void writeFailure(mortise_sql_failure* out, SqlFailure kind, std::string_view name) noexcept {
    if (out == nullptr) return;
    *out = {};
    out->kind = static_cast<std::uint32_t>(kind);
    mortise_error text{out->name, sizeof out->name, 0};
    tell(&text, name);
    out->name_length = text.length;
}

// As guard, and leaves the failure of an SqlError.
template<class Call>
mortise_status guardSql(mortise_sql_failure* failure, mortise_error* error, Call&& call) noexcept {
    return guard(error, [&] {
        try {
            return call();
        } catch (const SqlError& caught) {
            writeFailure(failure, caught.kind(), caught.constraint());
            throw;
        } catch (...) {
            writeFailure(failure, SqlFailure::other, {}); // not what a body left
            throw;
        }
    });
}

// Throws what a call of mortise.database/1 came to; returns on success.
inline void raiseSql(mortise_status status, const char* what, const mortise_sql_failure& failure,
                     std::string_view message) {
    const mortise_status known = peerStatus(status, MORTISE_BUSY, MORTISE_CONFLICT, MORTISE_INVALID, MORTISE_STALE,
                                            MORTISE_UNSUPPORTED, MORTISE_UNAUTHORIZED, MORTISE_REFUSED);
    const auto kind = static_cast<SqlFailure>(failure.kind);
    const SqlFailureRule& rule = sqlFailureRule(kind);
    if (rule.kind == SqlFailure::other || rule.status != known) return raise(known, what, message);
    std::string text = what;
    if (!message.empty()) text.append(": ").append(message);
    if (kind == SqlFailure::unique) throw UniqueConflict(text, nameOf(failure));
    throw SqlError(kind, nameOf(failure), text);
}

// Where one call leaves why it failed.
class SqlCall {
public:
    mortise_sql_failure* failure() noexcept { return &failure_; }
    mortise_error* error() noexcept { return text_.raw(); }
    void finish(mortise_status status, const char* what) const { raiseSql(status, what, failure_, text_.text()); }

private:
    mortise_sql_failure failure_{};
    ErrorText text_;
};

inline void needRegistered(bool registered) {
    if (!registered)
        throw Invalid("a statement was not registered: assign what Database::statement() returns to it in start()");
}

// What `reader.read` shows, as described structs.
template<class T, class Reader, class Statement, class Parameters>
std::optional<T> firstOf(Reader& reader, const Statement& statement, const Parameters& parameters) {
    std::optional<T> found;
    reader.read(statement, parameters, [&](const Row& row) {
        found = rowAs<T>(row);
        return false;
    });
    return found;
}
template<class T, class Reader, class Statement, class Parameters>
std::vector<T> allOf(Reader& reader, const Statement& statement, const Parameters& parameters) {
    std::vector<T> found;
    reader.read(statement, parameters, [&](const Row& row) { found.push_back(rowAs<T>(row)); });
    return found;
}

} // namespace detail
} // namespace v1
} // namespace mortise
