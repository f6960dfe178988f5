// SPDX-License-Identifier: Apache-2.0
#include "statement_registry.hpp"

#include <utility>

namespace mortise::database {

std::optional<std::uint32_t> StatementRegistry::find(std::string_view sql) const {
    const std::lock_guard lock(mutex_);
    const auto found = numbers_.find(sql);
    return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

std::uint32_t StatementRegistry::add(Entry entry) {
    const std::lock_guard lock(mutex_);
    if (const auto found = numbers_.find(entry.sql); found != numbers_.end()) return found->second;
    const std::uint32_t number = count_.load(std::memory_order_relaxed);
    if (number == entries_.size()) throw tooManyStatements(entries_.size());
    entries_[number] = std::move(entry);
    numbers_.emplace(entries_[number].sql, number);
    count_.store(number + 1, std::memory_order_release);
    return number;
}

void requireFits(const StatementText& text, const StatementRegistry::Entry& entry) {
    using Kind = DatabaseError::Kind;
    if (text.forUpdate && !entry.readOnly)
        throw DatabaseError(Kind::invalid, "only a SELECT can lock the rows that it reads");
    if (!text.counts || !entry.isCounted) return;
    if (text.counts->parameters != entry.parameters)
        throw DatabaseError(Kind::invalid, "the statement takes " + std::to_string(entry.parameters) +
                                               " parameters, but is declared with " +
                                               std::to_string(text.counts->parameters));
    if (entry.columns && text.counts->columns != *entry.columns)
        throw DatabaseError(Kind::invalid, "the statement gives " + std::to_string(*entry.columns) +
                                               " columns, but is declared with " +
                                               std::to_string(text.counts->columns));
}

} // namespace mortise::database
