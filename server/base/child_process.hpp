// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mortise::base {

struct ChildSettings {
    std::string program;                                 // a path, not searched for
    std::vector<std::string> arguments;                  // without argv[0]
    std::optional<std::vector<std::string>> environment; // "NAME=value"; nothing: this process's own
    std::vector<int> descriptors;                        // become 3, 4, ... in the child; stay the caller's
    std::size_t captureBytes = 64 * 1024;                // kept of each stream; the rest is read and dropped
    std::chrono::steady_clock::time_point deadline;      // then the child and its process group are killed
};

enum class ChildEnding { exited, signalled, timedOut };

struct ChildResult {
    ChildEnding ending = ChildEnding::exited;
    int code = 0; // exit status, or signal number (timedOut: SIGKILL)
    std::string output;
    std::string errors;
    bool outputCut = false;
    bool errorsCut = false;

    bool succeeded() const noexcept { return ending == ChildEnding::exited && code == 0; }
    // "exited with status 3", "was ended by signal 11 (Segmentation fault)", "did not finish in time and was killed".
    std::string describe() const;
};

// Runs a program to its end in a session of its own: stdin is /dev/null, stdout and stderr are captured, no other
// descriptor than those named gets through, no signal is blocked or ignored. Whatever the child leaves in its process
// group is killed. The fault is that the program could not be started. Blocks until the end or the deadline. Thread:
// any; SIGCHLD must not be ignored.
Outcome<ChildResult> runChild(const ChildSettings& settings);

} // namespace mortise::base
