// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "verdict.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mortise::rate_limit {

// The header fields that tell a client of one limit: RateLimit and RateLimit-Policy as Structured Fields (RFC 9651)
// with the members of draft-ietf-httpapi-ratelimit-headers-08 (q: quota, w: window, r: remaining, t: seconds until more
// may come), and the older X- fields. Immutable; any thread.
class LimitFields {
public:
    explicit LimitFields(const NamedLimit& limit)
        : policy_('"' + limit.name + "\";q=" + std::to_string(limit.limit.most) +
                  ";w=" + std::to_string(limit.limit.window)),
          most_(std::to_string(limit.limit.most)),
          name_('"' + limit.name + "\";r=") {}

    // Those that are the same in every answer, by name and value.
    std::array<std::pair<std::string_view, std::string_view>, 2> constant() const noexcept {
        return {{{"RateLimit-Policy", policy_}, {"X-RateLimit-Limit", most_}}};
    }

    // field(name, value) for each of the others. `now_ms` is the time of the clock that `standing` is in, `unix_ms` the
    // time of day.
    template<class Field>
    void write(const Standing& standing, std::uint64_t now_ms, std::uint64_t unix_ms, Field field) const {
        const std::uint64_t left = secondsLeft(standing, now_ms);
        std::array<char, longest> text;
        const Number remaining(standing.remaining);
        char* end = std::copy(name_.begin(), name_.end(), text.data());
        end = std::copy(remaining.text().begin(), remaining.text().end(), end);
        end = std::copy(until.begin(), until.end(), end);
        end = std::to_chars(end, text.data() + text.size(), left).ptr;
        field("RateLimit", std::string_view(text.data(), static_cast<std::size_t>(end - text.data())));
        field("X-RateLimit-Remaining", remaining.text());
        // One difference of the two clocks for all seconds, so that the time named stays the same while a window lasts.
        const std::uint64_t boot_s = (unix_ms - now_ms + 500) / 1000;
        field("X-RateLimit-Reset", Number(boot_s + std::max<std::uint64_t>(standing.reset, now_ms / 1000)).text());
    }

    // Rounded up: after so long the next request passes.
    static std::uint64_t secondsLeft(const Standing& standing, std::uint64_t now_ms) noexcept {
        const std::uint64_t now = now_ms / 1000;
        return standing.reset > now ? standing.reset - now : 0;
    }

private:
    class Number {
    public:
        explicit Number(std::uint64_t value) noexcept
            : size_(static_cast<std::size_t>(std::to_chars(digits_, digits_ + sizeof digits_, value).ptr - digits_)) {}
        std::string_view text() const noexcept { return {digits_, size_}; }

    private:
        char digits_[20];
        std::size_t size_;
    };

    static constexpr std::string_view until = ";t=";
    static constexpr std::size_t longest = 300; // a rule's method and pattern, and two numbers

    std::string policy_;
    std::string most_;
    std::string name_;
};

} // namespace mortise::rate_limit
