// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::database {

// Statement texts by number, shared by all connections of an instance. Numbers are never given back. Thread-safe; `at`
// takes no lock.
class StatementRegistry {
public:
    struct Entry {
        std::string sql;
        std::size_t parameters = 0;
        bool readOnly = false;
    };

    explicit StatementRegistry(std::size_t limit) : entries_(limit) {}

    // Returns the number of `sql`; asks `describe` for its entry when the text is new. Throws DatabaseError at the
    // limit.
    std::uint32_t add(std::string_view sql, const std::function<Entry()>& describe);

    // Null: no statement has that number.
    const Entry* at(std::uint32_t number) const noexcept {
        return number < count_.load(std::memory_order_acquire) ? &entries_[number] : nullptr;
    }

private:
    std::mutex mutex_;
    std::vector<Entry> entries_; // never resized
    std::map<std::string_view, std::uint32_t> numbers_;
    std::atomic<std::uint32_t> count_{0};
};

} // namespace mortise::database
