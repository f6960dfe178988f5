// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/unique_fd.hpp"
#include "base/worker_pool.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mortise::host {

// What is left of a request's files: whatever was not moved away, one perhaps still open, and the space they count.
struct UploadLeftovers {
    std::vector<std::string> paths;
    base::UniqueFd open;
    std::uint64_t bytes = 0;
};

// Where uploaded files lie until their requests are over: one folder, whose space is bounded. A file is named by nobody
// but us, and gone with its request, unless whoever handled that moved it away. Thread: any.
class UploadStore {
public:
    struct Settings {
        std::string directory; // absolute; made when the first file comes
        std::uint64_t space = 4ULL << 30;
    };

    // Files are removed on `workers`, which is used by discard() and sweep() only, and may be gone before the store.
    UploadStore(Settings settings, base::WorkerPool& workers) : settings_(std::move(settings)), workers_(workers) {}
    ~UploadStore() { removeDoomed(); }
    UploadStore(const UploadStore&) = delete;
    UploadStore& operator=(const UploadStore&) = delete;

    // Removes what a process that was killed has left. Only while no other process has the folder.
    void clear() noexcept;

    // Counts `bytes` more; false, and nothing is counted, past the space.
    bool take(std::uint64_t bytes) noexcept;
    std::uint64_t used() const noexcept { return used_.load(std::memory_order_relaxed); }

    // Blocks: makes a new file (mode 0600), and the folder (0700) where it is not there. Returns a descriptor, or -1
    // with errno.
    int create(std::string& path);
    // The files go soon, those that are still there, and their space with them.
    void discard(UploadLeftovers&& files) noexcept;
    // What no worker has taken over so far.
    void sweep() noexcept;

private:
    void removeDoomed() noexcept;
    void remove(UploadLeftovers& files) noexcept;

    const Settings settings_;
    base::WorkerPool& workers_;
    std::atomic<std::uint64_t> used_{0};
    std::mutex mutex_;
    std::vector<UploadLeftovers> doomed_; // under mutex_
};

} // namespace mortise::host
