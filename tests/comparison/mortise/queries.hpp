// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema.hpp"

#include <utility>

namespace comparison {

std::optional<UserWithPosts> userWithPosts(const mortise::Database& db, const std::string& id);
User userWithProfile(const mortise::Database& db, const std::string& name, const std::string& email,
                     const std::string& bio);
std::uint64_t createMany(const mortise::Database& db, const std::vector<NewTag>& list);
std::pair<User, Post> returning(const mortise::Database& db, const std::string& id, const std::string& name,
                                const std::string& email, const std::string& title);

} // namespace comparison
