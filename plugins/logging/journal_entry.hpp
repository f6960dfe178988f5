// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "key_values.hpp"
#include "level.hpp"
#include "line_buffer.hpp"

#include <cstdint>
#include <string_view>

namespace mortise::logging {

// One record as an entry of systemd's journal ("Native Journal Protocol"): FIELD=value lines and, to tell entries apart
// in a block, an empty line. MESSAGE is what `journalctl` shows, with the members as key=value; each member is a field
// of its own too: userAgent is MORTISE_USER_AGENT. Values hold no newline, so the binary form is never needed. [any]
// thread.
class JournalEntry {
public:
    JournalEntry(LineBuffer& out, Level level, std::string_view logger, std::string_view message) noexcept;

    void text(std::string_view name, std::string_view value) noexcept;
    void integer(std::string_view name, std::int64_t value) noexcept;
    void number(std::string_view name, double value) noexcept;
    void boolean(std::string_view name, bool value) noexcept;
    void milliseconds(std::string_view name, std::uint64_t nanoseconds) noexcept;
    // With the empty line; valid as long as the buffer.
    std::string_view finish() noexcept;

private:
    bool field(std::string_view name) noexcept;
    void endField(std::size_t begin) noexcept;

    LineBuffer& out_;
    LineBuffer message_;
    KeyValues members_;
};

} // namespace mortise::logging
