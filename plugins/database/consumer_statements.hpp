// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "consumers.hpp"

#include <atomic>
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

    // The consumer's number for a statement of the connector; the same one again for the same statement.
    std::uint32_t add(std::uint32_t statement);

    // The connector's number. Throws DatabaseError (invalid) for a number that this consumer was not given.
    std::uint32_t at(std::uint32_t number) const {
        const std::uint32_t place = number - first_; // wraps where it is below
        if (place >= count_.load(std::memory_order_acquire)) refuse(number);
        return statements_[place];
    }

private:
    [[noreturn]] void refuse(std::uint32_t number) const;

    const std::shared_ptr<Consumers> consumers_;
    const std::string name_;
    const std::size_t limit_;
    const std::uint16_t consumer_;
    const std::uint32_t first_;
    const std::unique_ptr<std::uint32_t[]> statements_; // never moved
    std::atomic<std::uint32_t> count_{0};
    std::mutex mutex_; // of who adds
};

} // namespace mortise::database
