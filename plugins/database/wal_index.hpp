// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

struct sqlite3;

namespace mortise::database {

// The state of a database in write-ahead mode, read from the header of the index that SQLite shares between all
// connections of all processes: no lock, no system call. SQLite's own numbers (PRAGMA data_version,
// SQLITE_FCNTL_DATA_VERSION) are counted per connection, so they cannot be compared across threads.
class WalIndex {
public:
    // `database` is in write-ahead mode, has read once, and stays open as long as this object.
    explicit WalIndex(sqlite3* database);

    // [any thread] Equal numbers: nobody committed in between. Never newer than what a read sees that begins
    // afterwards. Where the index is of an unknown version every call gives another number, so that nothing is taken
    // for unchanged.
    std::uint64_t state() const noexcept;

    bool known() const noexcept { return header_ != nullptr; }

private:
    const std::uint32_t* header_ = nullptr;
    mutable std::atomic<std::uint64_t> unknown_{0};
};

} // namespace mortise::database
