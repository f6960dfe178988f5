// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mariadb_options.hpp"
#include "mariadb_session.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace mortise::database {

// The right to migrate a database, which one process has at a time: a row with owner and expiry. It is taken by
// compare-and-set and renewed by a thread on a connection of its own, however long a statement takes; who was killed
// leaves it to others at its expiry, and may take it again itself at once.
class MariadbMigrationLock {
public:
    using Milliseconds = std::chrono::milliseconds;
    // Waits that long; false: it is not to be waited any more.
    using Pause = std::function<bool(Milliseconds)>;

    // Waits at most options.migrationWait. `owner` is this process's own. Throws DriverError, and ConnectError where
    // another one has it.
    MariadbMigrationLock(std::unique_ptr<MariadbSession> session, const MariadbOptions& options, std::string owner,
                         const Pause& pause);
    MariadbMigrationLock(const MariadbMigrationLock&) = delete;
    MariadbMigrationLock& operator=(const MariadbMigrationLock&) = delete;
    ~MariadbMigrationLock();

    // Throws ConnectError once it could not be renewed: somebody else may have it then.
    void requireHeld() const;
    // What a statement adds to a FROM in order to come to nothing where the lock is another one's.
    std::string condition() const;

private:
    bool take();
    void renew();
    void keep();
    void lose(const std::string& reason);

    const std::unique_ptr<MariadbSession> session_; // after the constructor the thread's, and the destructor's
    const MariadbOptions& options_;
    const std::string owner_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool ended_ = false;
    std::string lost_; // why; empty: it is held
    std::thread thread_;
};

} // namespace mortise::database
