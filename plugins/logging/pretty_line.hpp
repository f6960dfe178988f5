// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_values.hpp"
#include "level.hpp"
#include "line_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace mortise::logging {

// One record for people: `12:05:21.123 INFO  users: User created id=…`, in local time. [any] thread.
class PrettyLine {
public:
    PrettyLine(LineBuffer& out, bool colour, Level level, std::int64_t time_ms, std::string_view logger,
               std::string_view message) noexcept;

    void text(std::string_view name, std::string_view value) noexcept { members_.text(name, value); }
    void integer(std::string_view name, std::int64_t value) noexcept { members_.integer(name, value); }
    void number(std::string_view name, double value) noexcept { members_.number(name, value); }
    void boolean(std::string_view name, bool value) noexcept { members_.boolean(name, value); }
    void milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept {
        members_.milliseconds(name, nanoseconds);
    }
    // With the newline; valid as long as the buffer.
    std::string_view finish() noexcept;

private:
    LineBuffer& out_;
    bool colour_;
    KeyValues members_;
};

} // namespace mortise::logging
