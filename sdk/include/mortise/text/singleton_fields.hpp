// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Header-only C++17 without the plugin interface. Thread: any.

// What a field of a request or a response may not do. `once`: its grammar is one value and no list, so that a second
// line, even an equal one, lets two readers choose differently (RFC 9110 section 5.3). `header`: it counts before the
// content is read, so it may not come as a trailer (RFC 9110 section 6.5.1). No list of the specifications: each says
// so of itself. Lists, among them Cookie (RFC 9113 section 8.2.3 splits it) and what every proxy on the way adds to,
// may repeat.
struct FieldRule {
    std::string_view name; // lower case
    bool once;
    bool header;
};

inline constexpr std::array<FieldRule, 56> fieldRules{{
    // Message framing and routing: RFC 9110 sections 7.2, 7.6, 7.8, 8.6, 10.1.4; RFC 9112 section 6.
    {"content-length", true, true},
    {"host", true, true},
    {"max-forwards", true, true},
    {"connection", false, true},
    {"forwarded", false, true}, // RFC 7239
    {"keep-alive", false, true},
    {"proxy-connection", false, true},
    {"te", false, true},
    {"trailer", false, true},
    {"transfer-encoding", false, true},
    {"upgrade", false, true},
    {"via", false, true},
    {"x-forwarded-for", false, true},
    {"x-forwarded-host", false, true},
    {"x-forwarded-port", false, true},
    {"x-forwarded-proto", false, true},
    {"x-real-ip", false, true},
    // Who asks: RFC 9110 section 11, RFC 6265 section 5.4, RFC 9449 section 4.3 (DPoP).
    {"authorization", true, true},
    {"dpop", true, true},
    {"proxy-authorization", true, true},
    {"cookie", false, true},
    {"proxy-authenticate", false, true},
    {"set-cookie", false, true},
    {"www-authenticate", false, true},
    // How it is to be handled: RFC 9110 sections 10.1.1, 13.1 and 14.2; RFC 9111 section 5; RFC 6454 section 7.3
    // (Origin); RFC 6455 sections 11.3.1 and 11.3.5; the Fetch standard; draft-ietf-httpapi-idempotency-key-header.
    {"access-control-request-method", true, true},
    {"idempotency-key", true, true},
    {"if-modified-since", true, true},
    {"if-range", true, true},
    {"if-unmodified-since", true, true},
    {"origin", true, true},
    {"range", true, true},
    {"sec-websocket-key", true, true},
    {"sec-websocket-version", true, true},
    {"access-control-request-headers", false, true},
    {"cache-control", false, true},
    {"expect", false, true},
    {"if-match", false, true},
    {"if-none-match", false, true},
    {"pragma", false, true},
    // Control of responses: RFC 9110 sections 6.6.1, 10.2 and 12.5.5, RFC 9111 section 5.
    {"age", true, true},
    {"date", true, true},
    {"expires", true, true},
    {"location", true, true},
    {"retry-after", true, true},
    {"vary", false, true},
    {"warning", false, true},
    // The content: RFC 9110 sections 8.3, 8.7, 8.8 and 14.4, RFC 6266. A coding is a list, but nobody sends it in two
    // lines, and one reader that sees only the first decodes other bytes.
    {"content-disposition", true, true},
    {"content-encoding", true, true},
    {"content-location", true, true},
    {"content-range", true, true},
    {"content-type", true, true},
    {"etag", true, false},
    {"last-modified", true, false},
    // Its context: RFC 9110 section 10.1.
    {"from", true, false},
    {"referer", true, false},
    {"user-agent", true, false},
}};

namespace detail {

constexpr char lowerOf(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool isRuleOf(std::string_view lower, std::string_view name) noexcept {
    if (lower.size() != name.size()) return false;
    for (std::size_t i = 0; i < lower.size(); ++i)
        if (lower[i] != lowerOf(name[i])) return false;
    return true;
}

} // namespace detail

// Its place in fieldRules, or fieldRules.size() when a field of that name (in any case) has no rule.
constexpr std::size_t fieldRuleOf(std::string_view name) noexcept {
    std::size_t at = 0;
    while (at < fieldRules.size() && !detail::isRuleOf(fieldRules[at].name, name)) ++at;
    return at;
}

constexpr bool isSingletonField(std::string_view name) noexcept {
    const std::size_t rule = fieldRuleOf(name);
    return rule < fieldRules.size() && fieldRules[rule].once;
}

constexpr bool isHeaderOnlyField(std::string_view name) noexcept {
    const std::size_t rule = fieldRuleOf(name);
    return rule < fieldRules.size() && fieldRules[rule].header;
}

// Bytes of the longest name that has a rule: a longer one has none.
constexpr std::size_t longestFieldRule() noexcept {
    std::size_t longest = 0;
    for (const FieldRule& rule : fieldRules)
        if (rule.name.size() > longest) longest = rule.name.size();
    return longest;
}

} // namespace v1
} // namespace mortise
