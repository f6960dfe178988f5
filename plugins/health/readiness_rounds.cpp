// SPDX-License-Identifier: Apache-2.0
#include "readiness_rounds.hpp"

#include <utility>

namespace mortise::health {

ReadinessRounds::Asked ReadinessRounds::ask(Clock::time_point now, Waiter waiter) {
    Result answer;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (closed_ || (last_ && !running_ && now - last_at_ < settings_.cache)) {
            answer = last_;
        } else if (running_ && (overdue_ || waiters_.size() >= settings_.most_waiting)) {
            answer = std::make_shared<const ReadinessResult>(overdueResult());
        } else {
            waiters_.push_back(std::move(waiter));
            if (running_) return {Step::wait};
            running_ = true;
            overdue_ = false;
            return {Step::run, ++round_};
        }
    }
    waiter(answer);
    return {Step::answered};
}

void ReadinessRounds::finish(std::uint64_t round, ReadinessResult result, Clock::time_point now) {
    const auto told = std::make_shared<const ReadinessResult>(std::move(result));
    std::vector<Waiter> waiters;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (round != round_ || closed_) return;
        running_ = false;
        last_ = told;
        last_at_ = now;
        waiters.swap(waiters_);
    }
    for (const Waiter& waiter : waiters) waiter(told);
}

void ReadinessRounds::expire(std::uint64_t round) {
    std::vector<Waiter> waiters;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        if (round != round_ || !running_ || closed_) return;
        overdue_ = true;
        waiters.swap(waiters_);
    }
    const auto told = std::make_shared<const ReadinessResult>(overdueResult());
    for (const Waiter& waiter : waiters) waiter(told);
}

void ReadinessRounds::close(ReadinessResult result) {
    const auto told = std::make_shared<const ReadinessResult>(std::move(result));
    std::vector<Waiter> waiters;
    {
        const std::lock_guard<std::mutex> guard(mutex_);
        closed_ = true;
        last_ = told;
        waiters.swap(waiters_);
    }
    for (const Waiter& waiter : waiters) waiter(told);
}

} // namespace mortise::health
