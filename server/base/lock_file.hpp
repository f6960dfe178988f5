// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"

#include <sys/types.h>

#include <filesystem>
#include <optional>

namespace mortise::base {

// An exclusive lock held by this process (flock) on a file that carries the holder's process id. The kernel lets go of
// it when the process ends in whatever way; the file stays. Not inherited by exec.
class LockFile {
public:
    struct Attempt;

    // Never waits. Errors other than "held": std::system_error naming the path.
    static Attempt tryAcquire(const std::filesystem::path& path);

private:
    explicit LockFile(UniqueFd fd) noexcept : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

struct LockFile::Attempt {
    std::optional<LockFile> lock; // none: held by another
    pid_t holder = 0;             // that other's process id; 0 when it could not be read
};

} // namespace mortise::base
