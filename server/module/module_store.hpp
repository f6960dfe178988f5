// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "base/outcome.hpp"
#include "module/module.hpp"

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace mortise::module {

struct ModuleStoreSettings {
    std::string cacheDirectory;              // private copies and verdicts; empty: a temporary folder of this process
    std::string program;                     // of the child that tries new files: this very daemon
    std::vector<std::string> childArguments; // before the file names
    std::string buildId;                     // of the host: verdicts of another build do not count
    std::chrono::milliseconds verifyTimeout{10'000}; // for each file
};

// Loads plugin files. Never runs code of a file that has not passed, in this order: the ELF checks and its manifest (no
// code runs); the verdict cached for this content and this build, or else a try in a child process (constructors,
// entry, handshake, comparison with the manifest). What is loaded is a private copy, named by its content; copies and
// verdicts that no process used for a week go. Thread: one at a time.
class ModuleStore {
public:
    ModuleStore(base::Log& log, ModuleStoreSettings settings);
    ~ModuleStore();
    ModuleStore(const ModuleStore&) = delete;
    ModuleStore& operator=(const ModuleStore&) = delete;

    // One outcome for each path, in order. A fault is a sentence that starts with the path. All files that need a try
    // share one child; one that ends it is named, and the rest goes on in a further child.
    // A file whose content was loaded before is the same Module, whatever its path.
    std::vector<base::Outcome<std::shared_ptr<const Module>>> load(std::span<const std::string> paths);

    // For the next load(): a reload may change it.
    void setVerifyTimeout(std::chrono::milliseconds timeout) noexcept;

    // Files that are mapped, and those of them that nobody holds any more.
    std::size_t mapped() const noexcept;
    std::size_t retired() const noexcept;

    // The child's side: tries the files and reports on descriptor 3. Ends the process, so that no destructor of what
    // was tried runs; returns an exit status only when nobody gave it that descriptor.
    static int runChild(std::span<const std::string> files);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// `<name>.so` in the first of the folders that has it; otherwise a fault that lists where it was looked for and the
// nearest name that is there.
base::Outcome<std::string> findPluginFile(std::span<const std::string> folders, const std::string& name);
// Names of all plugin files in the folders, sorted.
std::vector<std::string> availablePlugins(std::span<const std::string> folders);

} // namespace mortise::module
