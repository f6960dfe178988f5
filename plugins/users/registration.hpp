// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user_store.hpp"

#include <mortise/crypto.hpp>
#include <mortise/passwords.hpp>

#include <string_view>
#include <utility>

namespace users {

/// Makes one user, for POST /api/users and for the mutation createUser alike: needFree(), hash() and, within a
/// transaction, insert(). Lives as long as the instance.
class Registration {
public:
    Registration(const UserStore& store, mortise::Passwords passwords, mortise::Crypto crypto) noexcept
        : store_(store), passwords_(passwords), crypto_(crypto) {}

    /// [worker] Throws what is a 409 where the address is taken: that one costs no hash.
    void needFree(mortise::Turn turn, const CreateUser& body) const;
    /// [worker] Returns at once; done(const mortise::HashResult&) comes once, on a worker. Throws mortise::Busy.
    template<typename Done>
    void hash(const CreateUser& body, Done&& done) const {
        passwords_.hash(body.password, std::forward<Done>(done));
    }
    /// The hash. Throws where there is none.
    static std::string_view hashOf(const mortise::HashResult& hashed);
    /// The new user, and the profile with it. Throws what is a 409 where the address was taken meanwhile.
    [[nodiscard]] User insert(const mortise::Transaction& transaction, const CreateUser& body,
                              std::string_view passwordHash) const;

private:
    const UserStore& store_;
    mortise::Passwords passwords_;
    mortise::Crypto crypto_;
};

} // namespace users
