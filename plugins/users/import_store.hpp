// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "import_table.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace users {

/// What an import is about to store of one user.
struct ImportedUser {
    NewStoredUser user;
    std::optional<NewProfileRow> profile;
};

/// Every query of imports and exports. All on a worker or in a command; they may throw mortise::Busy.
class ImportStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    explicit ImportStore(mortise::Database database) : database_(std::move(database)) {}

    [[nodiscard]] const mortise::Database& database() const noexcept { return database_; }

    /// Imports of that format, the newest first, a bounded number.
    [[nodiscard]] std::vector<ImportRow> known(std::string_view format) const;
    /// Stores that an import has come from `position` to where `row` says. Throws mortise::Error when somebody else has
    /// continued it meanwhile.
    static void advance(const mortise::Transaction& transaction, std::int64_t position, const ImportRow& row);
    /// With what it rejected, in parts.
    void forget(std::string_view id) const;
    /// Those that have ended before the one time, and those that nobody has continued since the other.
    void forgetBefore(mortise::DateTime finished, mortise::DateTime continued) const;

    /// All of them; false: none, since an address or an id is taken.
    [[nodiscard]] bool insert(const mortise::Transaction& transaction, const std::vector<ImportedUser>& list) const;
    /// One of them; why it is not stored.
    enum class Taken { no, email, id };
    [[nodiscard]] static Taken insert(const mortise::Transaction& transaction, const ImportedUser& user);

    static void reject(const mortise::Transaction& transaction, const std::vector<NewReject>& list);
    /// What was rejected behind that line, a bounded number in their order; none: there is nothing more.
    [[nodiscard]] std::vector<RejectedLine> rejectsBehind(std::string_view id, std::int64_t line) const;
    /// In parts.
    void dropRejects(std::string_view id) const;

private:
    mortise::Database database_;
};

} // namespace users
