// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "line_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace mortise::logging {

// Members as people read them: ` key=value key="quoted value"`. `before` and `after` stand around each key.
class KeyValues {
public:
    KeyValues(LineBuffer& out, std::string_view before, std::string_view after) noexcept
        : out_(out), before_(before), after_(after) {}

    void text(std::string_view name, std::string_view value) noexcept;
    void integer(std::string_view name, std::int64_t value) noexcept;
    void number(std::string_view name, double value) noexcept;
    void boolean(std::string_view name, bool value) noexcept;
    void milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept;

private:
    bool key(std::string_view name) noexcept;

    LineBuffer& out_;
    std::string_view before_;
    std::string_view after_;
};

} // namespace mortise::logging
