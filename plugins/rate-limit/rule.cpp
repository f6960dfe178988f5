// SPDX-License-Identifier: Apache-2.0
#include "rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>
#include <vector>

namespace mortise::rate_limit {
namespace {

constexpr std::array<std::string_view, 8> methods{"*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t longest_pattern = 200;

[[noreturn]] void refuse(std::string_view rule, std::string_view why) {
    throw std::invalid_argument(std::string("'").append(rule).append("': ").append(why));
}

std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> words;
    for (std::size_t at = 0; (at = text.find_first_not_of(" \t", at)) != std::string_view::npos;) {
        const std::size_t end = std::min(text.find_first_of(" \t", at), text.size());
        words.push_back(text.substr(at, end - at));
        at = end;
    }
    return words;
}

// A whole number from 1 to `most`; 0 when it is none.
std::uint64_t numberOf(std::string_view text, std::uint64_t most) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number <= most ? number : 0;
}

Seconds unitOf(char unit) {
    switch (unit) {
    case 's':
        return 1;
    case 'm':
        return 60;
    case 'h':
        return 3600;
    case 'd':
        return 86'400;
    default:
        return 0;
    }
}

RuleRoute parseRoute(std::string_view text, std::string_view method, std::string_view pattern) {
    if (std::find(methods.begin(), methods.end(), method) == methods.end())
        refuse(text, "the method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, or * for any");
    const bool plain = std::all_of(pattern.begin(), pattern.end(),
                                   [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    if (pattern.front() != '/' || !plain || pattern.size() > longest_pattern)
        refuse(text, "the pattern is a route's, beginning with '/' and at most 200 plain characters long");
    return {std::string(method), std::string(pattern)};
}

void parseRate(std::string_view text, std::string_view rate, Rule& rule) {
    const std::size_t slash = rate.find('/');
    if (slash == std::string_view::npos)
        refuse(text, "the rate is a number of requests, '/' and a time, such as 10/15m");
    rule.maximum = static_cast<std::uint32_t>(numberOf(rate.substr(0, slash), most_requests));
    if (rule.maximum == 0) refuse(text, "the number of requests is 1 to " + std::to_string(most_requests));
    const std::string_view time = rate.substr(slash + 1);
    const Seconds unit = time.empty() ? 0 : unitOf(time.back());
    const std::uint64_t amount = unit == 0 ? 0 : numberOf(time.substr(0, time.size() - 1), longest_window / unit);
    if (amount == 0) refuse(text, "the time is 1s to 30d, a whole number and one of s, m, h, d");
    rule.window = static_cast<Seconds>(amount) * unit;
}

bool hasRoute(const std::vector<Rule>& rules, const std::vector<RuleRoute>& pending, const RuleRoute& route) {
    const auto names = [&](const std::vector<RuleRoute>& routes) {
        return std::find(routes.begin(), routes.end(), route) != routes.end();
    };
    return names(pending) ||
           std::any_of(rules.begin(), rules.end(), [&](const Rule& rule) { return names(rule.routes); });
}

} // namespace

std::vector<Rule> parseRules(const std::vector<std::string>& entries,
                             const std::function<void(const std::string& sentence)>& refuse) {
    constexpr std::size_t maximum_routes = 4 * maximum_rules;
    std::vector<Rule> rules;
    std::vector<RuleRoute> pending; // they wait for the rate that they share
    for (const std::string& text : entries) {
        const std::vector<std::string_view> words = wordsOf(text);
        const bool last = words.size() == 3;
        try {
            if (words.size() != 2 && !last)
                rate_limit::refuse(text,
                                   "a rule is a method, a pattern and a rate, such as 'POST /auth/login 10/15m', or a "
                                   "method and a pattern that share the counter of the next rule");
            RuleRoute route = parseRoute(text, words[0], words[1]);
            if (hasRoute(rules, pending, route)) rate_limit::refuse(text, "'" + route.name() + "' has a rule already");
            if (pending.size() == maximum_routes) rate_limit::refuse(text, "too many routes share a counter");
            pending.push_back(std::move(route));
            if (!last) continue;
            Rule rule;
            parseRate(text, words[2], rule);
            rule.routes = std::exchange(pending, {});
            rules.push_back(std::move(rule));
        } catch (const std::invalid_argument& fault) {
            refuse(fault.what());
        }
        if (last) pending.clear();
    }
    if (!pending.empty())
        refuse("'" + pending.back().name() +
               "': no rate follows; a rule ends with one, such as 'POST /auth/login 10/15m'");
    if (rules.size() > maximum_rules) {
        refuse(std::to_string(rules.size()) + " are too many: at most 32");
        rules.resize(maximum_rules);
    }
    return rules;
}

} // namespace mortise::rate_limit
