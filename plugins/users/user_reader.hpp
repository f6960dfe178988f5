// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "author.hpp"
#include "user_store.hpp"

#include <mortise/columns.hpp>

#include <optional>
#include <string_view>
#include <vector>

namespace users {

/// Reads users for GraphQL: of each row the members that are selected, and its id; the others are as in a new one. Runs
/// where reads of UserStore do, and throws what they throw. Lives as long as the store.
class UserReader {
public:
    explicit UserReader(const UserStore& store) noexcept : store_(store) {}

    [[nodiscard]] std::optional<User> find(mortise::Turn turn, std::string_view id,
                                           mortise::Columns<User> columns) const;
    /// A page in the order of UserStore::list(). A deep one is read as there, with its total.
    [[nodiscard]] std::vector<User> page(mortise::Turn turn, const mortise::PageQuery& query,
                                         mortise::Columns<User> columns) const;
    /// For each of the ids, in their order, by one statement.
    [[nodiscard]] std::vector<std::optional<Profile>>
    profilesOf(mortise::Turn turn, const std::vector<std::string_view>& ids, mortise::Columns<Profile> columns) const;
    /// Those of these ids that there are, in any order, by one statement. Whoever is being removed still has posts, and
    /// is the author of them without a name.
    [[nodiscard]] std::vector<Author> authorsOf(mortise::Turn turn, const std::vector<std::string_view>& ids,
                                                mortise::Columns<Author> columns) const;

private:
    const UserStore& store_;
};

} // namespace users
