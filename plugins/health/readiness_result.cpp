// SPDX-License-Identifier: Apache-2.0
#include "readiness_result.hpp"

namespace mortise::health {

ReadinessResult overdueResult() {
    return {false, {{"deadline", false, "the checks did not end in time"}}};
}

std::optional<Checks> checksOf(const ReadinessResult& result, bool names) {
    if (!names) return std::nullopt;
    Checks checks;
    for (const CheckOutcome& check : result.checks) checks.emplace(check.name, check.ready ? "ok" : "failed");
    return checks;
}

} // namespace mortise::health
