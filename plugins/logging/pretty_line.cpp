// SPDX-License-Identifier: Apache-2.0
#include "pretty_line.hpp"

#include "escape.hpp"

#include <ctime>

namespace mortise::logging {

namespace {

constexpr std::string_view dim = "\x1b[2m";
constexpr std::string_view reset = "\x1b[0m";

struct Look {
    std::string_view label; // five wide
    std::string_view colour;
};

Look lookOf(Level level) noexcept {
    if (level >= level_fatal) return {"FATAL", "\x1b[1;35m"};
    if (level >= level_error) return {"ERROR", "\x1b[31m"};
    if (level >= level_warn) return {"WARN ", "\x1b[33m"};
    if (level >= level_info) return {"INFO ", "\x1b[32m"};
    if (level >= level_debug) return {"DEBUG", "\x1b[36m"};
    return {"TRACE", "\x1b[90m"};
}

void appendClock(LineBuffer& out, std::int64_t time_ms) noexcept {
    const std::int64_t milliseconds = ((time_ms % 1000) + 1000) % 1000;
    const auto seconds = static_cast<std::time_t>((time_ms - milliseconds) / 1000);
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    const auto two = [](char* at, int value) {
        at[0] = static_cast<char>('0' + value / 10 % 10);
        at[1] = static_cast<char>('0' + value % 10);
    };
    char text[] = "00:00:00.000";
    two(text, parts.tm_hour);
    two(text + 3, parts.tm_min);
    two(text + 6, parts.tm_sec);
    text[9] = static_cast<char>('0' + milliseconds / 100);
    two(text + 10, static_cast<int>(milliseconds % 100));
    out.put({text, sizeof text - 1});
}

} // namespace

PrettyLine::PrettyLine(LineBuffer& out, bool colour, Level level, std::int64_t time_ms, std::string_view logger,
                       std::string_view message) noexcept
    : out_(out),
      colour_(colour),
      members_(out, colour ? dim : std::string_view(), colour ? reset : std::string_view()) {
    const Look look = lookOf(level);
    if (colour_) out_.put(dim);
    appendClock(out_, time_ms);
    if (colour_) out_.put(reset);
    out_.put(' ');
    if (colour_) out_.put(look.colour);
    out_.put(look.label);
    if (colour_) out_.put(reset);
    out_.put(' ');
    if (!logger.empty()) {
        appendEscaped(out_, logger, Quotes::plain);
        out_.put(": ");
    }
    appendEscaped(out_, message, Quotes::plain);
}

std::string_view PrettyLine::finish() noexcept {
    if (out_.cut()) {
        if (colour_) out_.putLast(reset);
        out_.putLast(" [truncated]");
    }
    out_.putLast("\n");
    return out_.text();
}

} // namespace mortise::logging
