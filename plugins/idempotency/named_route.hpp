// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mortise::idempotency {

/// A route as a setting names it: "POST /api/users/:id".
struct NamedRoute {
    std::string method;
    std::string pattern;

    /// Nothing: it is not a method with a key, POST or PATCH, then blanks and a pattern.
    static std::optional<NamedRoute> parse(std::string_view text);
};

} // namespace mortise::idempotency
