// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/child_process.hpp"
#include "base/outcome.hpp"
#include "module/trial_report.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::module {

// The parent's side of every trial: code that may crash, hang or end its process is called in a child that is thrown
// away afterwards.
struct TrialProcess {
    std::string program; // mortised itself
    std::vector<std::string> arguments;
    std::chrono::milliseconds timeout{}; // of one call; the child keeps it itself
    std::string_view payload;            // given to the child behind its order; may hold secrets: it is in memory only
    std::vector<std::string> secrets;    // that stand in it: whatever the child says, they are not repeated
    std::chrono::steady_clock::time_point deadline; // of the whole child
};

struct TrialRun {
    std::vector<TrialReport> reports; // believed: they carry a number that the tried code does not know
    base::ChildResult child;
    std::chrono::steady_clock::duration elapsed{};
    std::string said; // on standard error behind the last announced step, cut to what can be shown

    // What ended the child, while or after `during` ran: "did not return from X within 2 s", "crashed while X ran:
    // ...". `what` names what was called; `over`: it had returned.
    std::string endingText(const std::string& what, const std::string& during, bool over,
                           std::chrono::milliseconds timeout) const;
    bool missed(std::chrono::milliseconds timeout) const noexcept; // the child was ended by a deadline
};

// Runs the child to its end. It sees no variable of this process's environment but what its loader needs, and cannot
// look into this process. The fault is that it could not be run. Blocks. Thread: any.
base::Outcome<TrialRun> runTrial(const TrialProcess& process);

} // namespace mortise::module
