// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <variant>

namespace mortise::base {

// Numbers are those of the ABI (mortise/service/log.h), so that no table translates them.
enum class Level : std::uint32_t { trace = 10, debug = 20, info = 30, warn = 40, error = 50, fatal = 60 };

// The name of a field, written in the host's source: nothing but a literal becomes one. So no name of a client or a
// plugin is ever among those that are not asked whether they are a secret's.
class FieldName {
public:
    template<std::size_t size>
    consteval FieldName(const char (&literal)[size]) : text_(literal, size - 1) {}
    constexpr std::string_view text() const noexcept { return text_; }

private:
    std::string_view text_;
};

// Of the host's own records. What it tells is chosen here and no secret; text that others gave (a reason, a URL) loses
// what redactText() hides.
struct LogField {
    FieldName name;
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
