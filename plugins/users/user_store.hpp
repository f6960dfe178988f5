// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "email_key.hpp"
#include "user.hpp"
#include "user_batch.hpp"
#include "user_table.hpp"

#include <mortise/bounded_count.hpp>
#include <mortise/entity_tag.hpp>
#include <mortise/loops.hpp>
#include <mortise/pages.hpp>
#include <mortise/users.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// Every query about users. Reads may run where `reads()` routes do, writes on workers; both may throw mortise::Busy,
/// writes on behalf of a turn mortise::Stale.
class UserStore {
public:
    static void declareMigrations(mortise::Setup& setup);

    /// [control] In `start`: the schema exists.
    void open(const mortise::Database& database, mortise::Loops loops, std::int64_t maximumTotal) {
        database_ = database;
        loops_.emplace(loops);
        counted_.emplace(maximumTotal);
    }
    [[nodiscard]] const mortise::Database& database() const noexcept { return database_; }

    /// visit(const UserView&) of the one user; false: nobody.
    template<typename Visit>
    bool visitView(mortise::Turn turn, std::string_view id, Visit&& visit) const {
        return database_(turn).select<UserView>(users).where(users.id == id && users.removedAt.isNull()).one(visit);
    }

    /// visit(const AccountView&) without the password hash; false: nobody.
    template<typename Visit>
    bool visitById(std::string_view id, Visit&& visit) const {
        return database_.select<AccountView>(users)
            .where(users.id == id && users.removedAt.isNull())
            .one([&](AccountView account) {
                account.passwordHash = {};
                visit(account);
            });
    }

    /// By the ASCII-lowered form, with the password hash.
    template<typename Visit>
    bool visitByEmail(std::string_view email, Visit&& visit) const {
        return database_.select<AccountView>(users).where(users.emailLower == emailKey(email)).one(visit);
    }

    [[nodiscard]] bool emailTaken(mortise::Turn turn, std::string_view email) const;
    /// Those of `keys`, each an emailKey(), that are taken.
    [[nodiscard]] std::vector<std::string> takenKeys(mortise::Turn turn, const std::vector<std::string>& keys) const;

    /// One user, with the profile where that is asked for.
    [[nodiscard]] std::optional<UserDetails> find(mortise::Turn turn, std::string_view id, bool withProfile) const;

    /// A page with the total, exact up to `maximumTotal`; profiles come by one statement more.
    [[nodiscard]] mortise::Listing<UserDetails> list(mortise::Turn turn, const mortise::PageQuery& query,
                                                     bool withProfile) const;

    /// At most `limit` users whose ids come after `id` (empty: from the first on), whether or not that one exists.
    /// Costs the same wherever it begins.
    [[nodiscard]] std::vector<UserDetails> listAfter(mortise::Turn turn, std::string_view id, std::int64_t limit,
                                                     bool withProfile) const;

    /// The new user, and the profile with it. Throws mortise::UniqueConflict when the address is taken.
    static User insert(const mortise::Transaction& transaction, std::string_view id,
                       const mortise::NewUserRecord& user);

    /// All of them, each with an id and a hash, and their profiles: how many were new. An address that is taken throws
    /// mortise::UniqueConflict, or with skipTaken leaves the user out.
    static std::uint64_t insertAll(const mortise::Transaction& transaction, const std::vector<BatchUser>& batch,
                                   bool skipTaken);

    /// Whether the user, at that moment, is an administrator.
    static bool isAdmin(const mortise::Transaction& transaction, std::string_view id);

    /// Changes what is given, if the user as it is at that moment fulfils `condition`, which is about the same
    /// representation as what is returned: the user as it is now. Throws mortise::UniqueConflict, and what is a 404 (no
    /// such user) or 412 (the condition; nothing was changed).
    static UserDetails update(const mortise::Transaction& transaction, std::string_view id, const PatchUser& patch,
                              const mortise::EntityTagList& condition, bool withProfile);

    /// Deletes the user under such a condition. removeSome() deletes some of what other plugins keep for the user,
    /// inside of the transaction, and says whether there may be more: then the user is only marked, nobody sees them
    /// any more, and the result is false: removeMarked() is to be called until it is true.
    bool remove(mortise::Turn turn, std::string_view id, const mortise::EntityTagList& condition,
                const std::function<bool()>& removeSome) const;
    /// True also of a user who is not marked: nothing is deleted then.
    bool removeMarked(std::string_view id, const std::function<bool()>& removeSome) const;
    /// Users who are marked, and whose removal nobody has continued since that time.
    [[nodiscard]] std::vector<std::string> abandonedBefore(mortise::DateTime time, std::int64_t limit) const;

    /// On behalf of no request: at most `limit` users, of that role where there is one, whose ids come after `id`.
    [[nodiscard]] std::vector<ListedUser> listRoles(std::string_view id, std::int64_t limit,
                                                    std::optional<std::string_view> role) const;
    /// On behalf of no request. False: no user has that address.
    bool setRole(std::string_view email, std::string_view role) const;

    /// Another password: its hash and the next token epoch. False: no such user, or its hash is not `expected`.
    bool setPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                         std::string_view passwordHash) const;
    /// Another hash of the same password.
    bool renewPasswordHash(mortise::Turn turn, std::string_view id, std::string_view expected,
                           std::string_view passwordHash) const;

private:
    /// The hash does not change before the transaction ends, nor anything else of the row.
    bool holdHash(mortise::Turn turn, std::string_view id, std::string_view expected) const;

    mortise::Database database_;
    std::optional<mortise::Loops> loops_; ///< from open() on
    mutable mortise::TotalCache totals_;
    mutable std::optional<mortise::BoundedCount> counted_; ///< from open() on
};

} // namespace users
