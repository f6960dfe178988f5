// SPDX-License-Identifier: Apache-2.0
#include "statement_registry.hpp"

#include "database_error.hpp"

#include <utility>

namespace mortise::database {

std::uint32_t StatementRegistry::add(std::string_view sql, const std::function<Entry()>& describe) {
    const std::lock_guard lock(mutex_);
    if (const auto found = numbers_.find(sql); found != numbers_.end()) return found->second;
    const std::uint32_t number = count_.load(std::memory_order_relaxed);
    if (number == entries_.size())
        throw DatabaseError(DatabaseError::Kind::failed, "more than " + std::to_string(entries_.size()) +
                                                             " statements are registered (the setting 'statements')");
    entries_[number] = describe();
    numbers_.emplace(entries_[number].sql, number);
    count_.store(number + 1, std::memory_order_release);
    return number;
}

} // namespace mortise::database
