// SPDX-License-Identifier: Apache-2.0
#pragma once

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

// {"status":"ready"} and, for whom `names` is set, "checks":{"database":"ok"}.
std::string readyBody(const ReadinessResult& result, bool names);
// {"error":"Not ready"} with "checks" likewise ("failed" or "ok") and the request's id. Reasons are for the log only.
std::string notReadyBody(const ReadinessResult& result, bool names, std::string_view request_id);

} // namespace mortise::health
