// SPDX-License-Identifier: Apache-2.0
#include "limiter.hpp"

#include <algorithm>

namespace mortise::rate_limit {

bool Limiter::skips(std::string_view path, std::string_view route) const noexcept {
    return std::any_of(skip_.begin(), skip_.end(),
                       [&](const std::string& skipped) { return skipped == path || skipped == route; });
}

Verdict Limiter::note(CounterStore& store, const Client& client, Seconds now) const noexcept {
    Verdict verdict{0, store.count(client, 0, now)};
    verdict.standing.refused = false;
    return verdict;
}

Verdict Limiter::check(CounterStore& store, const Client& client, std::string_view method, std::string_view route,
                       Seconds now) const noexcept {
    Verdict verdict{0, store.count(client, 0, now)};
    for (std::size_t i = 0; i < rules_.size() && !verdict.standing.refused; ++i) {
        if (!rules_[i].applies(method, route)) continue;
        const auto index = static_cast<std::uint8_t>(1 + i);
        verdict = Verdict::tighter(verdict, {index, store.count(client, index, now)});
    }
    return verdict;
}

} // namespace mortise::rate_limit
