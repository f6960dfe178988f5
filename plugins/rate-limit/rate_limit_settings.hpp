// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "limit.hpp"

#include <mortise/settings.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mortise::rate_limit {

struct Settings {
    std::uint32_t limit = 100;
    std::chrono::milliseconds window = std::chrono::minutes(15);
    std::string_view algorithm = "fixed";
    mortise::TextList rules;
    mortise::TextList disabledRules;
    mortise::TextList skip{"/health", "/ready", "/metrics"};
    std::uint32_t maxClients = 100'000;
};
MORTISE_SETTINGS(
    Settings, field(limit).min(1).max(most_requests).unit("requests").text("Requests of one client in a window."),
    field(window)
        .min(std::chrono::seconds(1))
        .max(std::chrono::seconds(longest_window))
        .text("Length of the window, in whole seconds."),
    field(algorithm)
        .choices("fixed", "sliding")
        .text("fixed: a window begins with a client's first request; sliding: the window before counts by "
              "the share of it that is not past yet."),
    field(rules).text(
        "Limits of single routes, besides the general one and the built-in ones: method or *, the route's "
        "pattern, requests/time (s, m, h, d); a route without a rate shares the counter of the next one; "
        "at most 32."),
    field(disabledRules)
        .text("Built-in rules that do not hold: login (POST /auth/login 10/15m), registration (POST /auth/register, "
              "POST /api/users 10/1h), password (POST /auth/password 10/15m)."),
    field(skip).text("Paths, or patterns of routes, that never count."),
    field(maxClients)
        .min(1000)
        .max(10'000'000)
        .unit("clients")
        .text("How many are counted apart, at about 32 bytes each; a client takes one more place for each "
              "rule it has met."))

} // namespace mortise::rate_limit
