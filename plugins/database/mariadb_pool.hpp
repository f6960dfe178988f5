// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "connect_pause.hpp"
#include "mariadb_options.hpp"
#include "mariadb_session.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace mortise::database {

// The connections of all threads: made when needed, at most `connectionLimit` of the server's URL, the last used first.
// Who finds none free waits in the order of coming. Transactions have all but one: a read inside of a body, which has a
// connection already, would else wait for those that wait as it does. One that is lost is closed and made anew by who
// needs it next; while the server cannot be reached only one tries at a time, after a pause that grows. Thread-safe.
class MariadbPool {
public:
    using Milliseconds = std::chrono::milliseconds;
    using Clock = std::chrono::steady_clock;
    enum class Use { read, transaction };

    // Gives the connection back at its end, or closes it where it is lost.
    class Lease {
    public:
        Lease(MariadbPool& pool, Use use, std::unique_ptr<MariadbSession> session, bool used)
            : pool_(&pool), use_(use), session_(std::move(session)), used_(used) {}
        Lease(Lease&& other) noexcept
            : pool_(std::exchange(other.pool_, nullptr)),
              use_(other.use_),
              session_(std::move(other.session_)),
              used_(other.used_) {}
        Lease& operator=(Lease&&) = delete;
        ~Lease() {
            if (pool_ != nullptr) pool_->giveBack(use_, std::move(session_));
        }
        MariadbSession& session() const noexcept { return *session_; }
        // Whether it was there before: its server may have ended since.
        bool wasUsed() const noexcept { return used_; }
        // It is in a state that nobody knows, and is closed.
        void close() noexcept { session_.reset(); }

    private:
        MariadbPool* pool_;
        Use use_;
        std::unique_ptr<MariadbSession> session_;
        bool used_;
    };

    // `driver` is asked for each connection. `report` takes what an operator has to know of the server, on any thread.
    // All outlive it.
    MariadbPool(std::function<SqlDriver()> driver, const MariadbOptions& options, const StatementRegistry& registry,
                const std::function<void(const std::string&)>& report);

    // Waits at most `wait`, and for a free connection no longer than `poolTimeout`, past which it throws DatabaseError
    // (busy). Throws ConnectError where a connection cannot be made, at once where that was tried a moment ago.
    Lease lease(Use use, Milliseconds wait);

    // How long the next try to connect has to wait.
    Milliseconds pause() const { return pause_.remaining(); }
    // Waits for all leases; nothing is leased from its call on. False: some did not come back in time.
    bool close(Clock::time_point deadline);

private:
    struct Waiter {
        Use use;
        bool granted = false;
        std::condition_variable turn;
    };

    bool isFree(Use use) const noexcept;
    void take(Use use) noexcept;
    void grant() noexcept;
    void enter(Use use, Milliseconds wait);
    std::unique_ptr<MariadbSession> idle();
    std::unique_ptr<MariadbSession> connect(Clock::time_point deadline);
    bool isClosed() const noexcept;
    void giveBack(Use use, std::unique_ptr<MariadbSession> session) noexcept;

    const std::function<SqlDriver()> driver_;
    const MariadbOptions& options_;
    const StatementRegistry& registry_;
    const std::function<void(const std::string&)>& report_;
    ConnectPause pause_;
    mutable std::mutex mutex_;
    std::condition_variable returned_;
    std::deque<Waiter*> waiting_; // bounded by the threads of the process, each of which waits at most once
    std::vector<std::unique_ptr<MariadbSession>> idle_;
    std::size_t leased_ = 0;
    std::size_t transactions_ = 0; // of leased_
    bool closed_ = false;
    bool warned_ = false;
};

} // namespace mortise::database
