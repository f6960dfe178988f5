// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

namespace mortise::base {

// Numbers are those of the ABI (mortise/service/log.h), so that no table translates them.
enum class Level : std::uint32_t { trace = 10, debug = 20, info = 30, warn = 40, error = 50, fatal = 60 };

struct LogField {
    std::string_view name;
    std::variant<std::string_view, std::int64_t, double, bool> value;
};

// Where the host's own records go. Every floor is handed a reference; there is no global logger.
// Thread: any. Never blocks, never throws; a record that cannot be kept is dropped and counted by the implementation.
class Log {
public:
    virtual ~Log() = default;
    // Cheap; asked before a record is formatted.
    virtual bool enabled(Level level, std::string_view logger) const noexcept = 0;
    // `logger` is a dotted name ("host.http"); `message` a sentence without a newline. Views are borrowed for the call.
    virtual void write(Level level, std::string_view logger, std::string_view message,
                       std::span<const LogField> fields) noexcept = 0;

    void log(Level level, std::string_view logger, std::string_view message,
             std::initializer_list<LogField> fields = {}) noexcept {
        write(level, logger, message, std::span<const LogField>(fields.begin(), fields.size()));
    }
};

} // namespace mortise::base
