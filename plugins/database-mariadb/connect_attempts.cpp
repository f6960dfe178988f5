// SPDX-License-Identifier: Apache-2.0
#include "connect_attempts.hpp"

#include <mysql/errmsg.h>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <utility>

namespace mortise::mariadb {

namespace {

// Many more than a pool connects at a time: a resolver that does not respond takes no more threads than that.
constexpr std::size_t mostLate = 256;

} // namespace

class ConnectAttempts::Attempt {
public:
    Attempt(ServerAddress server, const Deadline& deadline) : server_(std::move(server)), deadline_(deadline) {}

    void run() noexcept {
        std::unique_ptr<Session> session;
        std::exception_ptr failure;
        try {
            session = std::make_unique<Session>(server_, deadline_);
        } catch (...) {
            failure = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        if (!left_) session_ = std::move(session);
        failure_ = failure;
        over_ = true;
        ended_.notify_one();
    }
    // False: it is late, and nobody waits for it any more.
    bool wait() {
        std::unique_lock lock(mutex_);
        left_ = !ended_.wait_until(lock, deadline_.at(), [this] { return over_; });
        return !left_;
    }
    bool isOver() {
        const std::lock_guard lock(mutex_);
        return over_;
    }
    // Once it is over.
    std::unique_ptr<Session> take() {
        if (failure_) std::rethrow_exception(failure_);
        return std::move(session_);
    }

private:
    const ServerAddress server_;
    const Deadline deadline_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;
    bool left_ = false;
    std::unique_ptr<Session> session_;
    std::exception_ptr failure_;
};

ConnectAttempts::~ConnectAttempts() {
    for (Running& one : late_) one.thread.join();
}

std::unique_ptr<Session> ConnectAttempts::connect(const ServerAddress& server, const Deadline& deadline) {
    {
        const std::lock_guard lock(mutex_);
        if (late_.size() >= mostLate)
            throw DriverError(CR_UNKNOWN_HOST, "HY000", "too many attempts to connect have not ended yet").asLost();
    }
    std::list<Running> one(1);
    const auto attempt = std::make_shared<Attempt>(server, deadline);
    one.front().attempt = attempt;
    one.front().thread = std::thread(&Attempt::run, attempt.get());
    if (!attempt->wait()) {
        leave(one);
        throw DriverError(CR_SERVER_LOST, "08S01", "the database did not respond in time").asLate();
    }
    one.front().thread.join();
    return attempt->take();
}

void ConnectAttempts::leave(std::list<Running>& late) {
    const std::lock_guard lock(mutex_);
    for (auto one = late_.begin(); one != late_.end();) {
        if (!one->attempt->isOver()) {
            ++one;
            continue;
        }
        one->thread.join();
        one = late_.erase(one);
    }
    late_.splice(late_.end(), late);
}

} // namespace mortise::mariadb
