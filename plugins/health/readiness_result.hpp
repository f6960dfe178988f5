// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::health {

struct CheckOutcome {
    std::string name; // an instance's name, "draining", "loop"
    bool ready;
    std::string text; // why not, for the log
};

// What one round of checks found.
struct ReadinessResult {
    bool ready = false;
    std::vector<CheckOutcome> checks;
};

// The result of a round that did not end in time.
ReadinessResult overdueResult();

using Checks = std::map<std::string, std::string_view>;

struct Ready {
    std::string_view status = "ready";
    std::optional<Checks> checks;
};
MORTISE_DESCRIBE(Ready, field(status).example("ready"),
                 field(checks).text("For clients that may know: each check, ok or failed"))

struct NotReady {
    std::string_view error = "Not ready";
    std::optional<Checks> checks;
    std::string requestId;
};
MORTISE_DESCRIBE(NotReady, field(error).example("Not ready"),
                 field(checks).text("For clients that may know: each check, ok or failed"),
                 field(requestId).text("As in X-Request-Id and in the log"))

// Whether each check holds, by name; nothing unless `names` is set. Reasons are for the log only.
std::optional<Checks> checksOf(const ReadinessResult& result, bool names);

} // namespace mortise::health
