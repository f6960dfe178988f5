// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Totals at one version of the data (Database::dataVersion), each under a key of the caller's. Counting costs more the
// more rows there are; the version changes with every commit, so what is found is exact. Safe for concurrent use.
class TotalCache {
public:
    // Nobody can fill more memory than so many totals take by asking for ever others.
    static constexpr std::size_t limit = 1024;

    std::optional<std::int64_t> find(std::uint64_t version, std::string_view key) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (version_ != version) return std::nullopt;
        const auto found = totals_.find(key);
        return found == totals_.end() ? std::nullopt : std::optional<std::int64_t>(found->second);
    }
    void store(std::uint64_t version, std::string_view key, std::int64_t total) {
        const std::lock_guard<std::mutex> lock(mutex_);
        if (version_ != version || totals_.size() >= limit) totals_.clear();
        version_ = version;
        totals_.insert_or_assign(std::string(key), total);
    }

private:
    mutable std::mutex mutex_;
    std::optional<std::uint64_t> version_;
    std::map<std::string, std::int64_t, std::less<>> totals_;
};

} // namespace v1
} // namespace mortise
