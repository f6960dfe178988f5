// SPDX-License-Identifier: Apache-2.0
#include "limiter.hpp"

#include <algorithm>

namespace mortise::rate_limit {

Limiter::Limiter(std::vector<std::string> skip, const std::vector<Rule>& rules) : skip_(std::move(skip)) {
    for (std::size_t i = 0; i < rules.size(); ++i)
        for (const RuleRoute& route : rules[i].routes) routes_.push_back({route, static_cast<std::uint8_t>(1 + i)});
}

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
    std::uint8_t counted = 0; // the last one; the routes of a rule stand together
    for (const Limited& limited : routes_) {
        if (verdict.standing.refused) break;
        if (limited.limit == counted || !limited.route.applies(method, route)) continue;
        counted = limited.limit;
        verdict = Verdict::tighter(verdict, {counted, store.count(client, counted, now)});
    }
    return verdict;
}

} // namespace mortise::rate_limit
