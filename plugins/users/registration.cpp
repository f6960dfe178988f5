// SPDX-License-Identifier: Apache-2.0
#include "registration.hpp"

namespace users {
namespace {

mortise::HttpError taken() {
    return {409, "User already exists"};
}

} // namespace

void Registration::needFree(mortise::Turn turn, const CreateUser& body) const {
    if (store_.emailTaken(turn, body.email)) throw taken();
}

std::string_view Registration::hashOf(const mortise::HashResult& hashed) {
    if (!hashed.ok()) throw mortise::Error("the password could not be hashed", hashed.status);
    return hashed.hash;
}

User Registration::insert(const mortise::Transaction& transaction, const CreateUser& body,
                          std::string_view passwordHash) const {
    try {
        return UserStore::insert(transaction, crypto_.uuid7(), {body.name, body.email, passwordHash, body.profile});
    } catch (const mortise::UniqueConflict&) {
        throw taken();
    }
}

} // namespace users
