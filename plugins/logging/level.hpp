// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace mortise::logging {

// Numbers of mortise/service/log.h; a level in between counts as the next lower one.
using Level = std::uint32_t;
inline constexpr Level level_trace = 10;
inline constexpr Level level_debug = 20;
inline constexpr Level level_info = 30;
inline constexpr Level level_warn = 40;
inline constexpr Level level_error = 50;
inline constexpr Level level_fatal = 60;
inline constexpr Level level_silent = 0xFFFFFFFFu; // above every record

constexpr std::string_view labelOf(Level level) noexcept {
    if (level >= level_fatal) return "fatal";
    if (level >= level_error) return "error";
    if (level >= level_warn) return "warn";
    if (level >= level_info) return "info";
    if (level >= level_debug) return "debug";
    return "trace";
}

constexpr std::optional<Level> levelOf(std::string_view label) noexcept {
    if (label == "trace") return level_trace;
    if (label == "debug") return level_debug;
    if (label == "info") return level_info;
    if (label == "warn") return level_warn;
    if (label == "error") return level_error;
    if (label == "fatal") return level_fatal;
    if (label == "silent") return level_silent;
    return std::nullopt;
}

// RFC 5424 section 6.2.1.
constexpr int severityOf(Level level) noexcept {
    if (level >= level_fatal) return 2;
    if (level >= level_error) return 3;
    if (level >= level_warn) return 4;
    if (level >= level_info) return 6;
    return 7;
}

} // namespace mortise::logging
