// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mortise::module {

struct ModuleTrialSettings {
    std::string program;                       // calls runModuleTrial()
    std::vector<std::string> childArguments;   // before the file names
    std::chrono::milliseconds timeout{10'000}; // for each file
};

// Loads files in a child process that is thrown away afterwards: constructors, entry, handshake, and
// whether they say what the manifest says. For each file
// nothing, when it passed, or what it did, as a sentence that starts with a verb. A file that ends the child, hangs,
// prints on standard output, forks or leaves a process behind did not pass; those after it are tried in another child.
// Success is only believed with a number that the tried code does not know: by mistake nobody passes.
std::vector<std::optional<std::string>> tryModules(const ModuleTrialSettings& settings,
                                                   std::span<const std::string> files);

// The child's side. Takes its orders from descriptor 3 and reports there. Returns only when those are missing, with an
// exit status: otherwise the process ends here, so that no destructor of what was tried runs.
// Thread: the only one of its process.
int runModuleTrial(std::span<const std::string> files);

} // namespace mortise::module
