// SPDX-License-Identifier: Apache-2.0
#include "transaction_retry.hpp"

#include <chrono>
#include <functional>
#include <random>
#include <thread>

namespace mortise::database {

void pauseBeforeRun(const TransactionBody& body, int run) {
    constexpr int maximumPause = 8; // ms, before the second run; twice that before the third
    std::minstd_rand random(static_cast<std::uint32_t>(std::chrono::steady_clock::now().time_since_epoch().count()) ^
                            static_cast<std::uint32_t>(std::hash<std::thread::id>()(std::this_thread::get_id())));
    const std::chrono::milliseconds pause(std::uniform_int_distribution<int>(1, maximumPause << (run - 1))(random));
    if (body.timeLeft() > pause) std::this_thread::sleep_for(pause);
    if (body.timeLeft() <= std::chrono::milliseconds(0))
        throw DatabaseError(DatabaseError::Kind::busy,
                            "the request's deadline passed before its transaction could be run again");
}

} // namespace mortise::database
