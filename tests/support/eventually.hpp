// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <thread>

namespace mortise::tests {

// Far beyond what any machine needs: only a test that fails waits this long.
inline constexpr std::chrono::seconds patience{30};

// Polls until the condition holds; false when it does not within `patience`.
template<class Condition>
bool eventually(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::yield();
    }
    return true;
}

} // namespace mortise::tests
