// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"
#include "host/upload_store.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::host {

// Bytes that belong to a file of a request. The first step of a file makes it, also without bytes.
struct UploadStep {
    std::uint32_t file = 0;
    std::string bytes;
};

// The files of one request on the disk. Shared by its loop and by the worker that writes for it, one at a time; whoever
// lets go last gives files and space back to the store.
class UploadFiles {
public:
    explicit UploadFiles(UploadStore& store) noexcept : store_(store) {}
    ~UploadFiles();
    UploadFiles(const UploadFiles&) = delete;
    UploadFiles& operator=(const UploadFiles&) = delete;

    // [loop] Counts into the space of all uploads; false past it.
    bool take(std::uint64_t bytes) noexcept;
    // [worker] 0, or an errno. `last`: nothing comes behind, so the file is closed and can be moved.
    int write(const std::vector<UploadStep>& steps, bool last) noexcept;
    // By file, once everything is written.
    const std::vector<std::string>& paths() const noexcept { return paths_; }

private:
    int beginFile();
    int endFile() noexcept;

    UploadStore& store_;
    std::uint64_t taken_ = 0;
    base::UniqueFd file_; // the last one of paths_, while it is written
    std::vector<std::string> paths_;
};

} // namespace mortise::host
