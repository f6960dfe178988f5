// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user.hpp"

#include <mortise/users.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace users {

/// A user of a batch on the way into the table.
struct BatchUser {
    mortise::NewUserRecord record; ///< views of the request's body, and of the hashes once they are there
    std::string_view password;
    std::string emailKey;
    std::string id;
};

/// The users of a POST /api/users/batch that may be new. Of several with one address the first stays.
class UserBatch {
public:
    explicit UserBatch(const std::vector<CreateUser>& users);

    /// Takes out those whose addresses, in the form of emailKey(), are among `taken`.
    void drop(const std::vector<std::string>& taken);

    [[nodiscard]] bool hasDropped() const noexcept { return dropped_ != 0; } ///< also doubles inside of the batch
    [[nodiscard]] std::vector<BatchUser>& users() noexcept { return users_; }
    [[nodiscard]] const std::vector<BatchUser>& users() const noexcept { return users_; }
    [[nodiscard]] std::vector<std::string> emailKeys() const;
    [[nodiscard]] std::vector<std::string_view> passwords() const;

private:
    std::vector<BatchUser> users_;
    std::size_t dropped_ = 0;
};

} // namespace users
