// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace mortise::host {

// Who may touch a request while a task for it is in the worker pool. The loop issues a ticket with each task:
//
//   idle --issue--> queued --begin--> running <--enterPlugin / leavePlugin--> plugin --takeOver--> taken
//
// queued, plugin, taken: the loop's (it may revoke the task, or answer in the plugin's place); running: the worker's.
// Numbers are never used again: a task of an earlier request in the same slot finds out that it is over.
class WorkerTicket {
public:
    enum class Back { mine, taken, over }; // what a worker finds when its plugin has returned

    // [loop] For a task about to be submitted; nobody has one yet. Returns its number.
    std::uint64_t issue() noexcept {
        const std::uint64_t number = (word_.load() >> bits) + 1;
        word_.store(number << bits | queued);
        return number;
    }
    // [loop] True: the task had not begun, and will not.
    bool revoke() noexcept { return change(word_.load() >> bits, queued, idle); }
    // [loop] True: the worker is in a plugin and keeps its hands off from here on, but the plugin reads the request
    // until the worker is back.
    bool takeOver() noexcept { return change(word_.load() >> bits, plugin, taken); }
    // [loop] The request is over, whoever still runs.
    void clear() noexcept { word_.store((word_.load() >> bits) << bits | idle); }
    // [any]
    bool isRunning() const noexcept { return (word_.load() & mask) == running; }
    bool isTaken() const noexcept { return (word_.load() & mask) == taken; }

    // [worker] False: revoked; nothing may be touched.
    bool begin(std::uint64_t number) noexcept { return change(number, queued, running); }
    // [worker] After begin().
    void enterPlugin() noexcept { word_.store((word_.load() >> bits) << bits | plugin); }
    Back leavePlugin(std::uint64_t number) noexcept {
        if (change(number, plugin, running)) return Back::mine;
        return change(number, taken, idle) ? Back::taken : Back::over;
    }
    void end(std::uint64_t number) noexcept { change(number, running, idle); }

private:
    static constexpr unsigned bits = 3;
    static constexpr std::uint64_t mask = (1 << bits) - 1;
    enum State : std::uint64_t { idle, queued, running, plugin, taken };

    bool change(std::uint64_t number, State from, State to) noexcept {
        std::uint64_t expected = number << bits | from;
        return word_.compare_exchange_strong(expected, number << bits | to);
    }

    // Sequentially consistent: enterPlugin() against Generation::end() is a handshake over two words.
    std::atomic<std::uint64_t> word_{0}; // number << bits | state
};

} // namespace mortise::host
