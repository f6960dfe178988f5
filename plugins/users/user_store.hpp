// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "email_key.hpp"
#include "total_cache.hpp"
#include "user.hpp"
#include "user_version.hpp"

#include <mortise/draft/database.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// The strong entity tag of what clients see of a user.
template<typename Text>
std::string tagOf(const BasicUser<Text>& user) {
    return mortise::entityTagText(userVersion(user.id, user.name, user.email, user.createdAt.unixMilliseconds));
}

/// Every SQL text about users. Reads may run where `reads()` routes do, writes on workers; both may throw
/// mortise::Busy, writes on behalf of a turn mortise::Stale.
class UserStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    /// [control] In `start`: the schema exists.
    void open(const mortise::Database& database);

    /// visit(const UserView&) of the one user; false: nobody.
    template<typename Visit>
    bool visitView(std::string_view id, Visit&& visit) const {
        bool found = false;
        database_.read(viewById_, mortise::bind(id), [&](const mortise::Row& row) {
            found = true;
            visit(UserView{row.text(0), row.text(1), row.text(2), {row.integer(3)}});
            return false;
        });
        return found;
    }

    /// visit(const mortise_user&) with the role and without the password hash; false: nobody.
    template<typename Visit>
    bool visitById(std::string_view id, Visit&& visit) const {
        return visitUser(byId_, id, visit);
    }

    /// By the ASCII-lowered form, with the password hash.
    template<typename Visit>
    bool visitByEmail(std::string_view email, Visit&& visit) const {
        return visitUser(byEmail_, emailKey(email), visit);
    }

    [[nodiscard]] bool emailTaken(std::string_view email) const;

    struct Listing {
        std::vector<User> users;
        std::int64_t total = 0; ///< of all pages, at the moment that `users` shows
    };
    [[nodiscard]] Listing list(std::int64_t offset, std::int64_t limit) const;

    /// At most `limit` users whose ids come after `id` (empty: from the first on), whether or not that one exists.
    /// Costs the same wherever it begins.
    [[nodiscard]] std::vector<User> listAfter(std::string_view id, std::int64_t limit) const;

    /// Durable when it returns. Throws mortise::UniqueConflict when the address is taken.
    void insert(mortise::Turn turn, std::string_view id, std::string_view name, std::string_view email,
                std::string_view passwordHash, mortise::DateTime now) const;

    enum class Outcome {
        done,
        missing,   ///< no such user
        unmatched, ///< the user's tag does not fulfil the condition: nothing was changed
    };
    struct Change {
        Outcome outcome = Outcome::missing;
        std::optional<User> user; ///< of `done`: as it is now
    };
    /// Changes what is given, if the user as it is at that moment fulfils `condition`. Throws mortise::UniqueConflict.
    [[nodiscard]] Change update(mortise::Turn turn, std::string_view id, const std::optional<std::string_view>& name,
                                const std::optional<std::string_view>& email, const mortise::EntityTagList& condition,
                                mortise::DateTime now) const;

    [[nodiscard]] Outcome remove(mortise::Turn turn, std::string_view id,
                                 const mortise::EntityTagList& condition) const;

    /// On behalf of no request. False: no user has that address.
    bool setRole(std::string_view email, std::string_view role, mortise::DateTime now) const;

    /// Another password: its hash and the next token epoch. False: no such user, or its hash is not `expected`.
    bool setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                         std::string_view passwordHash, mortise::DateTime now) const;
    /// Another hash of the same password.
    bool renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                           std::string_view passwordHash, mortise::DateTime now) const;

private:
    /// Columns: id, name, email, role, created_at, password_hash, token_epoch.
    template<typename Visit>
    bool visitUser(const mortise::Statement& statement, std::string_view key, Visit& visit) const {
        bool found = false;
        database_.read(statement, mortise::bind(key), [&](const mortise::Row& row) {
            found = true;
            mortise_user user{};
            user.struct_size = sizeof user;
            user.id = mortise::view(row.text(0));
            user.name = mortise::view(row.text(1));
            user.email = mortise::view(row.text(2));
            user.role = mortise::view(row.text(3));
            user.created_ms = row.integer(4);
            user.password_hash = mortise::view(row.text(5));
            user.token_epoch = row.integer(6);
            visit(user);
            return false;
        });
        return found;
    }

    /// `statement` where the hash is to change; nothing of the row changes where it is to stay.
    bool storeHash(const mortise::Statement& statement, mortise::Turn turn, std::string_view id,
                   std::string_view expected, std::string_view passwordHash, mortise::DateTime now) const;
    [[nodiscard]] std::int64_t count() const;
    static Change check(std::optional<User> user, const mortise::EntityTagList& condition);

    mortise::Database database_;
    mortise::Statement viewById_, byId_, byEmail_, idByEmail_, page_, slice_, count_;
    mortise::Statement insert_, update_, remove_, setRole_, setHash_, renewHash_, holdHash_;
    mutable TotalCache totals_;
};

} // namespace users
