// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "level.hpp"
#include "line_buffer.hpp"
#include "numbers.hpp"

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
    // The same with a name that is known here: taken as it is, neither escaped nor compared with the names of every
    // line.
    template<std::size_t N>
    void text(const char (&name)[N], std::string_view value) noexcept {
        if (knownKey(name)) quoted(value);
    }
    template<std::size_t N>
    void integer(const char (&name)[N], std::int64_t value) noexcept {
        if (knownKey(name)) appendInteger(out_, value);
    }
    template<std::size_t N>
    void milliseconds(const char (&name)[N], std::uint64_t nanoseconds) noexcept {
        if (knownKey(name)) appendMilliseconds(out_, nanoseconds);
    }
    // With the newline; valid as long as the buffer.
    std::string_view finish() noexcept;

private:
    bool key(std::string_view name) noexcept;
    template<std::size_t N>
    bool knownKey(const char (&name)[N]) noexcept {
        if (out_.room() < N + 4 + value_room) return out_.close();
        out_.put(",\"");
        out_.put(name);
        out_.put("\":");
        return true;
    }
    void quoted(std::string_view value) noexcept;
    template<class Put>
    void member(std::string_view name, Put&& put) noexcept;

    // Enough for any number, and for the quotes of a text.
    static constexpr std::size_t value_room = 32;

    LineBuffer& out_;
};

} // namespace mortise::logging
