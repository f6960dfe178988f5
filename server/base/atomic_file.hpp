// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace mortise::base {

// Replaces a file so that a reader, or a machine that loses power, sees the old content or the new, never a part.
// Writes to a temporary file beside it; commit() syncs it, renames it over the target and syncs the folder.
// Errors: std::system_error naming the path. Without commit() the target is untouched and the temporary file removed.
class AtomicFile {
public:
    // `mode` is exact (no umask).
    explicit AtomicFile(std::filesystem::path target, mode_t mode = 0644);
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;
    ~AtomicFile();

    void write(std::string_view bytes);
    void commit();

private:
    std::filesystem::path target_;
    std::string temporary_;
    UniqueFd fd_;
};

void writeFileAtomically(const std::filesystem::path& target, std::string_view content, mode_t mode = 0644);

} // namespace mortise::base
