// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "user.hpp"

#include <mortise/plugin.hpp>

#include <chrono>
#include <cstdint>

namespace users {

struct Settings {
    std::int64_t maxIncludedRows = 2000;
    std::int64_t maximumBatch = 100;
    std::chrono::milliseconds removalInterval = std::chrono::minutes(5);
    std::chrono::milliseconds importChunk = std::chrono::milliseconds(50);
    std::uint32_t deepPages = 1;
    std::int64_t maximumTotal = 1'000'000;
};
MORTISE_SETTINGS(
    Settings,
    field(maxIncludedRows)
        .min(100)
        .max(100'000)
        .text("Rows that one request may include with users (profiles, posts); past it 400."),
    field(maximumBatch)
        .min(1)
        .max(maxBatch)
        .text("Users that one POST /api/users/batch may have; past it 400. Their passwords are to be hashed "
              "within server.request_timeout."),
    field(removalInterval)
        .min(std::chrono::seconds(1))
        .max(std::chrono::hours(24))
        .text("How often it is looked for what deleted users left, where a server ended before it was "
              "deleted."),
    field(importChunk)
        .min(std::chrono::milliseconds(10))
        .max(std::chrono::seconds(1))
        .text("How long one transaction of an import may keep other writes waiting; where some wait, the next ones "
              "take a tenth of it, and 20 users at most."),
    field(deepPages).min(1).max(64).text(
        "Pages more than 10,000 rows deep in a list that are read at the same time; others wait."),
    field(maximumTotal)
        .min(100)
        .max(1'000'000'000)
        .text("Rows that a list counts for its total; where there are more, total is this number, and what is behind "
              "it is read by cursor (after)."))

} // namespace users
