// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string_view>
#include <vector>

namespace mortise::routing {

enum class PartKind { literal, parameter, rest };

struct Part {
    PartKind kind;
    std::string_view text; // of a literal its bytes, otherwise the name; points into the pattern
};

// A route pattern cut into its segments. Throws std::invalid_argument with a sentence that shows the pattern when it is
// outside the grammar of mortise/service/routes.h.
std::vector<Part> parsePattern(std::string_view pattern);

} // namespace mortise::routing
