// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

namespace users {

/// The number of users at one version of the data. Counting costs more the more users there are; the version changes
/// with every commit, so what is found is exact. Safe for concurrent use.
class TotalCache {
public:
    [[nodiscard]] std::optional<std::int64_t> find(std::uint64_t version) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (version_ != version) return std::nullopt;
        return total_;
    }

    void store(std::uint64_t version, std::int64_t total) {
        const std::lock_guard<std::mutex> lock(mutex_);
        version_ = version;
        total_ = total;
    }

private:
    mutable std::mutex mutex_;
    std::optional<std::uint64_t> version_;
    std::int64_t total_ = 0;
};

} // namespace users
