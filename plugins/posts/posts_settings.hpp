// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <cstdint>

namespace posts {

struct Settings {
    std::uint32_t deepPages = 1;
    std::int64_t maximumTotal = 1'000'000;
};
MORTISE_SETTINGS(
    Settings,
    field(deepPages).min(1).max(64).text(
        "Pages more than 10,000 rows deep in a list that are read at the same time; others wait."),
    field(maximumTotal)
        .min(100)
        .max(1'000'000'000)
        .text("Rows that a list counts for its total; where there are more, total is this number, and what is behind "
              "it is read by cursor (after)."))

} // namespace posts
