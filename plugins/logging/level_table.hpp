// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "level.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::logging {

// The lowest level that is kept, by logger. "host=debug" holds for "host" and for "host.http"; the longest name wins.
// Immutable once built.
class LevelTable {
public:
    // `overrides` are "logger=level". Entries that are not are left out, with a sentence each in `faults`.
    LevelTable(Level standard, std::span<const std::string> overrides, std::vector<std::string>& faults);

    Level of(std::string_view logger) const noexcept;

private:
    struct Entry {
        std::string logger;
        Level level;
    };
    Level standard_;
    std::vector<Entry> entries_; // longest first
};

} // namespace mortise::logging
