// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "level.hpp"
#include "line_buffer.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::logging {

// What every JSON line of this process says after its time: ,"pid":1,"hostname":"h","msg":"
std::string makeJsonIdentity(std::int64_t pid, std::string_view hostname);

// One record as one JSON object: level, time, pid, hostname, msg, then members in the order of the calls.
// What does not fit is left out from there on, and "truncated":true says so. [any] thread, one line per object.
class JsonLine {
public:
    // `identity` is makeJsonIdentity's. `logger` empty: none is told.
    JsonLine(LineBuffer& out, std::string_view identity, Level level, std::int64_t time_ms, std::string_view logger,
             std::string_view message) noexcept;

    void text(std::string_view name, std::string_view value) noexcept;
    void integer(std::string_view name, std::int64_t value) noexcept;
    void number(std::string_view name, double value) noexcept;
    void boolean(std::string_view name, bool value) noexcept;
    void milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept;
    // With the newline; valid as long as the buffer.
    std::string_view finish() noexcept;

private:
    bool key(std::string_view name) noexcept;
    void quoted(std::string_view value) noexcept;
    template<class Put>
    void member(std::string_view name, Put&& put) noexcept;

    LineBuffer& out_;
};

} // namespace mortise::logging
