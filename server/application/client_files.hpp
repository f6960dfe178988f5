// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/outcome.hpp"
#include "base/unique_fd.hpp"
#include "host/command_frame.hpp"

#include <csignal>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace mortise::application {

// Files that a command wants of whoever called it: opened with the caller's rights, and only those that the caller has
// named, since whoever asks may have fewer rights. A new file gets its name when it is committed; what is not is
// removed by the destructor. Thread: one at a time.
//
// The opener of a named pipe waits for its other end. Meanwhile, and only then, the signals that cancel a command end
// the process.
class ClientFiles {
public:
    // `arguments` of the command; live longer.
    explicit ClientFiles(std::span<const std::string> arguments) noexcept : arguments_(arguments) {}
    ~ClientFiles();
    ClientFiles(const ClientFiles&) = delete;
    ClientFiles& operator=(const ClientFiles&) = delete;

    // SIGINT, SIGTERM and SIGHUP, which the caller blocks.
    static sigset_t cancellingSignals() noexcept;

    // The descriptor stays this object's. A fault is a message that names the path. Without `mayWait` a named pipe is
    // not opened.
    base::Outcome<int> open(std::uint64_t number, std::string_view path, host::CommandFileMode mode, bool mayWait);
    base::Outcome<bool> commit(std::uint64_t number);

private:
    struct File {
        base::UniqueFd descriptor;
        std::string path;
        std::string temporary{}; // empty: what is written has its name already
        bool replaces = false;
    };

    bool isNamed(std::string_view path, bool alsoBeside) const;
    base::Outcome<File> create(std::string path, bool replaces, bool mayWait) const;

    const std::span<const std::string> arguments_;
    std::map<std::uint64_t, File> files_;
};

} // namespace mortise::application
