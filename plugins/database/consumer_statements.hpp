// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consumers.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

namespace mortise::database {

// The statements that one consumer registered, by the numbers that it knows them by. Those are nobody else's, and none
// is 0: the upper half is the consumer's own number, the lower counts its statements. Thread-safe; `at` takes no lock.
class ConsumerStatements {
public:
    // `limit`: how many different statements there can be, at most 65536.
    ConsumerStatements(std::shared_ptr<Consumers> consumers, std::string name, std::size_t limit);
    ConsumerStatements(const ConsumerStatements&) = delete;
    ConsumerStatements& operator=(const ConsumerStatements&) = delete;
    ~ConsumerStatements();

    struct Declared {
        std::uint32_t statement = 0; // the connector's number
        bool forUpdate = false;      // only in a transaction
        std::string name;            // for logs and counters
        bool operator==(const Declared&) const = default;
    };
    struct Counters {
        std::uint64_t runs = 0; // those that failed, too
        std::uint64_t failures = 0;
        std::uint64_t rows = 0; // given, or matched by a write
        std::chrono::nanoseconds duration{0};
    };
    class Entry {
    public:
        const Declared& declared() const noexcept { return declared_; }
        void count(std::chrono::nanoseconds duration, std::uint64_t rows, bool failed) noexcept {
            runs_.fetch_add(1, std::memory_order_relaxed);
            rows_.fetch_add(rows, std::memory_order_relaxed);
            duration_.fetch_add(duration.count(), std::memory_order_relaxed);
            if (failed) failures_.fetch_add(1, std::memory_order_relaxed);
        }
        Counters counters() const noexcept {
            return {runs_.load(std::memory_order_relaxed), failures_.load(std::memory_order_relaxed),
                    rows_.load(std::memory_order_relaxed),
                    std::chrono::nanoseconds(duration_.load(std::memory_order_relaxed))};
        }

    private:
        friend ConsumerStatements;
        Declared declared_;
        std::atomic<std::uint64_t> runs_{0};
        std::atomic<std::uint64_t> failures_{0};
        std::atomic<std::uint64_t> rows_{0};
        std::atomic<std::int64_t> duration_{0};
    };

    // The consumer's number for a statement of the connector; the same one again for an equal one.
    std::uint32_t add(Declared declared);
    const std::string& consumer() const noexcept { return name_; }

    // Throws DatabaseError (invalid) for a number that this consumer was not given.
    Entry& at(std::uint32_t number) const {
        const std::uint32_t place = number - first_; // wraps where it is below
        if (place >= count_.load(std::memory_order_acquire)) refuse(number);
        return entries_[place];
    }

private:
    [[noreturn]] void refuse(std::uint32_t number) const;

    const std::shared_ptr<Consumers> consumers_;
    const std::string name_;
    const std::size_t limit_;
    const std::uint16_t consumer_;
    const std::uint32_t first_;
    const std::unique_ptr<Entry[]> entries_; // never moved
    std::atomic<std::uint32_t> count_{0};
    std::mutex mutex_; // of who adds
};

} // namespace mortise::database
