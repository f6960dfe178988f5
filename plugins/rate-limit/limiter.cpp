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

Limiter::Limits Limiter::limitsOf(std::string_view route) const noexcept {
    const std::size_t blank = std::min(route.find(' '), route.size());
    const std::string_view method = route.substr(0, blank);
    const std::string_view pattern = blank < route.size() ? route.substr(blank + 1) : std::string_view();
    Limits limits;
    if (skips(pattern, pattern)) return limits;
    limits.set(0);
    for (const Limited& limited : routes_)
        if (limited.route.applies(method, pattern)) limits.set(limited.limit);
    return limits;
}

Verdict Limiter::checkTwins(CounterStore& store, const Client& client, std::string_view route,
                            const std::vector<std::string_view>& twins, Seconds now) const noexcept {
    Limits counted = limitsOf(route); // by the request itself
    for (const std::string_view twin : twins) {
        const Limits limits = limitsOf(twin);
        for (std::size_t limit = 0; limit < limits.size(); ++limit) {
            if (!limits[limit]) continue;
            if (counted[limit]) {
                counted.reset(limit);
                continue;
            }
            const Verdict verdict{static_cast<std::uint8_t>(limit),
                                  store.count(client, static_cast<std::uint8_t>(limit), now)};
            if (verdict.standing.refused) return verdict;
        }
    }
    return {};
}

} // namespace mortise::rate_limit
