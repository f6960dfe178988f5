// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace mortise::base {

// Nanoseconds of CLOCK_MONOTONIC. Thread: any.
std::uint64_t monotonicNs() noexcept;

// Milliseconds since the Unix epoch, UTC. Thread: any.
std::int64_t wallMs() noexcept;

// "2026-01-02T03:04:05.678Z" (RFC 3339, no terminator). Years 0 to 9999; what lies outside is clamped.
constexpr std::size_t iso8601Size = 24;
void formatIso8601(std::int64_t wall_ms, char* out) noexcept;
std::string iso8601(std::int64_t wall_ms);

// "Fri, 02 Jan 2026 03:04:05 GMT" (IMF-fixdate, RFC 9110 section 5.6.7, no terminator).
constexpr std::size_t httpDateSize = 29;
void formatHttpDate(std::int64_t wall_seconds, char* out) noexcept;
std::string httpDate(std::int64_t wall_seconds);

} // namespace mortise::base
