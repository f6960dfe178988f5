// SPDX-License-Identifier: Apache-2.0
#include "consumers.hpp"

#include "database_error.hpp"

#include <limits>
#include <utility>

namespace mortise::database {

std::uint16_t Consumers::begin(std::string name) {
    constexpr std::size_t limit = std::numeric_limits<std::uint16_t>::max();
    const std::lock_guard lock(mutex_);
    if (names_.size() == limit)
        throw DatabaseError(DatabaseError::Kind::failed,
                            "more than " + std::to_string(limit) + " plugin instances use the database");
    do ++last_;
    while (last_ == 0 || names_.contains(last_));
    names_.emplace(last_, std::move(name));
    return last_;
}

void Consumers::end(std::uint16_t number) {
    const std::lock_guard lock(mutex_);
    names_.erase(number);
}

std::optional<std::string> Consumers::name(std::uint16_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = names_.find(number);
    return found == names_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace mortise::database
