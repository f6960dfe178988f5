// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "database_error.hpp"
#include "sqlite_options.hpp"
#include "statement_registry.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>

namespace mortise::database {

// Whether a statement has found the database damaged or could not read it. Other statements that succeed say nothing
// of the pages that it read, so it stays so until the whole file was read. Thread-safe.
class Damage {
public:
    // What a statement came to; only damage, and failed input and output, are kept.
    void note(const DatabaseError& failure) noexcept;

    // Throws what was noted last, unless a connection of its own, which has no page in its cache, reads the whole file
    // within `limit` and finds it right.
    void check(const SqliteOptions& options, const StatementRegistry& registry, std::chrono::milliseconds limit);

private:
    std::mutex mutex_;
    std::optional<DatabaseError> found_;
    std::uint64_t times_ = 0; // that something was noted
};

} // namespace mortise::database
