// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user_table.hpp"

#include <mortise/plugin.hpp>
#include <mortise/sql.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace users {

/// `users` as an import fills it and an export reads it: nothing is filled in, least of all a time of creation that is
/// 1970-01-01.
struct StoredUser {
    std::string id, name, email, emailLower, passwordHash, role;
    mortise::DateTime createdAt, updatedAt;
    std::optional<mortise::DateTime> removedAt;
};
MORTISE_TABLE_NAMED(storedUsers, "users", StoredUser, column(id).key().uuid(), column(name), column(email),
                    column(emailLower).unique("users_email_lower"), column(passwordHash), column(role),
                    column(createdAt), column(updatedAt), column(removedAt))

struct NewStoredUser {
    std::string_view id, name, email, emailLower, passwordHash, role;
    mortise::DateTime createdAt, updatedAt;
};
MORTISE_DESCRIBE(NewStoredUser, field(id), field(name), field(email), field(emailLower), field(passwordHash),
                 field(role), field(createdAt), field(updatedAt))

/// How far an import has come; of one that has ended for a day.
struct ImportRow {
    std::string id, format;
    std::int64_t position = 0, line = 0; ///< of the file, where it goes on
    std::int64_t prefixHash = 0;         ///< of all before that
    std::int64_t imported = 0, rejected = 0, skipped = 0;
    mortise::DateTime continuedAt;
    std::optional<mortise::DateTime> finishedAt;
};
MORTISE_TABLE_NAMED(imports, "user_imports", ImportRow, column(id).key().uuid(), column(format), column(position),
                    column(line), column(prefixHash), column(imported), column(rejected), column(skipped),
                    column(continuedAt).updatedAt(), column(finishedAt))
MORTISE_DESCRIBE(ImportRow, field(id), field(format), field(position), field(line), field(prefixHash), field(imported),
                 field(rejected), field(skipped), field(continuedAt), field(finishedAt))

/// What an import rejected, until it is in a file of its own.
struct RejectRow {
    std::string importId;
    std::int64_t line = 0;
    std::string reason;
    std::optional<std::string> record;
};
MORTISE_TABLE_NAMED(rejects, "user_import_rejects", RejectRow, column(importId).key().references(imports.id),
                    column(line).key(), column(reason), column(record))

struct NewReject {
    std::string_view importId;
    std::int64_t line = 0;
    std::string_view reason;
    std::optional<std::string_view> record;
};
MORTISE_DESCRIBE(NewReject, field(importId), field(line), field(reason), field(record))

/// A line of the file of rejects.
struct RejectedLine {
    std::int64_t line = 0;
    std::string reason;
    std::optional<std::string> record;
};
MORTISE_DESCRIBE(RejectedLine, field(line), field(reason), field(record))

} // namespace users
