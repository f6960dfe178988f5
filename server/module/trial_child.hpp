// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"
#include "module/trial_report.hpp"

#include <chrono>
#include <cstddef>
#include <ctime>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace mortise::module {

// The child's side of every trial (see TrialProcess): takes the order, reports the steps, trusts nothing that it calls.
class TrialChild {
public:
    static constexpr int orderMissing = 64; // EX_USAGE

    // Takes the order from descriptor 3 and restricts this process: no core file, little to write, bounded memory, the
    // first to go where memory is short, ended with its parent, nobody looks in. Nothing when there is none, which is
    // then said on standard error. Thread: the only one of its process.
    static std::optional<TrialChild> take();

    std::chrono::milliseconds timeout() const noexcept { return order_.timeout; }
    const std::string& payload() const noexcept { return payload_; }
    // Thread: any; a line is written at once. Ends the process where it is a copy that the tried code made: what a copy
    // comes to is not what this process came to.
    void report(TrialStep step, std::size_t index, std::string text = {}) const;
    // What is written to standard error from here on is not mixed with what was before.
    void separateErrors() const;

    // Whether the tried code has started processes. Those whose parents have ended are this one's children.
    static bool hasStartedProcesses();
    // Ends all of them, also those that left the process group, which would outlive this one.
    static void endDescendants();

private:
    TrialChild(base::UniqueFd reports, TrialOrder order, std::string payload)
        : reports_(std::move(reports)), order_(std::move(order)), payload_(std::move(payload)), process_(getpid()) {}

    base::UniqueFd reports_;
    TrialOrder order_;
    std::string payload_;
    pid_t process_;
};

// The same file at a number that code which closes or writes to low ones does not hit.
base::UniqueFd parkedDescriptor(int descriptor);

// Ends the process by SIGKILL, which code under trial cannot block. Without one (no timers left) the parent's own
// deadline for the child remains.
class TrialDeadline {
public:
    TrialDeadline();
    ~TrialDeadline();
    TrialDeadline(const TrialDeadline&) = delete;
    TrialDeadline& operator=(const TrialDeadline&) = delete;

    // From now on; 0: none. Thread: any, one at a time.
    void set(std::chrono::milliseconds timeout) const;

private:
    timer_t timer_{};
    bool made_ = false;
};

} // namespace mortise::module
