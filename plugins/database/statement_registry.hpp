// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "statement_text.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

inline DatabaseError tooManyStatements(std::size_t limit) {
    return {DatabaseError::Kind::failed, "more than " + std::to_string(limit) +
                                             " different statements: raise the setting 'statements' of the database"};
}

// Statement texts by number, shared by all connections of an instance. Numbers are never given back. Thread-safe; `at`
// takes no lock.
class StatementRegistry {
public:
    struct Entry {
        std::string sql;
        std::size_t parameters = 0;
        std::optional<std::size_t> columns = 0; // nothing: they are known when it runs
        bool readOnly = false;
        bool isCounted = true; // else the database was not there to say what stands in front of it
    };

    explicit StatementRegistry(std::size_t limit) : entries_(limit) {}

    // Nothing: no statement has that text.
    std::optional<std::uint32_t> find(std::string_view sql) const;
    // Returns its number; that of the one that is there where the text is. Throws DatabaseError at the limit.
    std::uint32_t add(Entry entry);

    // Null: no statement has that number.
    const Entry* at(std::uint32_t number) const noexcept {
        return number < count_.load(std::memory_order_acquire) ? &entries_[number] : nullptr;
    }

private:
    mutable std::mutex mutex_;   // held to look and to enter only: a loop takes it, too
    std::vector<Entry> entries_; // never resized
    std::map<std::string_view, std::uint32_t> numbers_;
    std::atomic<std::uint32_t> count_{0};
};

// Throws DatabaseError (invalid) where a statement is not what it was declared as.
void requireFits(const StatementText& text, const StatementRegistry::Entry& entry);

} // namespace mortise::database
