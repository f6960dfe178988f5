// SPDX-License-Identifier: Apache-2.0
#include "user_batch.hpp"

#include "email_key.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace users {

UserBatch::UserBatch(const std::vector<CreateUser>& users) {
    std::unordered_set<std::string> seen;
    users_.reserve(users.size());
    for (const CreateUser& user : users) {
        std::string key = emailKey(user.email);
        if (seen.insert(key).second)
            users_.push_back({{user.name, user.email, {}, user.profile}, user.password, std::move(key), {}});
        else
            ++dropped_;
    }
}

void UserBatch::drop(const std::vector<std::string>& taken) {
    const std::unordered_set<std::string_view> keys(taken.begin(), taken.end());
    const auto gone = std::remove_if(users_.begin(), users_.end(),
                                     [&](const BatchUser& user) { return keys.count(user.emailKey) != 0; });
    dropped_ += static_cast<std::size_t>(users_.end() - gone);
    users_.erase(gone, users_.end());
}

std::vector<std::string> UserBatch::emailKeys() const {
    std::vector<std::string> keys;
    keys.reserve(users_.size());
    for (const BatchUser& user : users_) keys.push_back(user.emailKey);
    return keys;
}

std::vector<std::string_view> UserBatch::passwords() const {
    std::vector<std::string_view> passwords;
    passwords.reserve(users_.size());
    for (const BatchUser& user : users_) passwords.push_back(user.password);
    return passwords;
}

} // namespace users
