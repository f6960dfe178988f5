// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/extensions.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/guard.hpp>
#include <mortise/service/log.h>

#include <chrono>

namespace mortise {
inline namespace v1 {

// For a plugin to derive from: mortise.plugin.log_sink/1. Records come bounded and redacted. None of this throws.
class LogSink {
public:
    virtual ~LogSink() = default;
    // [any] The lowest level (MORTISE_LOG_…) that is kept for a logger.
    virtual std::uint32_t level(std::string_view logger) noexcept = 0;
    // [any] Never blocks; drops and counts what does not fit. What it logs goes to standard error. Borrowed for the
    // call.
    virtual void write(const mortise_log_record& record) noexcept = 0;
    // [control] Until what was taken is written, or the deadline.
    virtual void flush(std::chrono::milliseconds deadline) noexcept = 0;
    // [control] After a rotation from outside.
    virtual void reopen() noexcept = 0;
};

namespace detail {

template<class T>
struct InterfaceId<LogSink, T> {
    static constexpr std::string_view value = MORTISE_LOG_SINK_EXTENSION;
};

// The C table behind it. T is the author's class; `self` is a T*.
template<class T>
const mortise_plugin_log_sink* logSinkTable() noexcept {
    static constexpr mortise_plugin_log_sink table = {
        sizeof(mortise_plugin_log_sink),
        0,
        [](void* self, mortise_view logger) { return as<LogSink, T>(self).level(text(logger)); },
        [](void* self, const mortise_log_record* record) { as<LogSink, T>(self).write(*record); },
        [](void* self, std::uint64_t deadline) {
            as<LogSink, T>(self).flush(std::chrono::milliseconds(static_cast<std::int64_t>(deadline)));
        },
        [](void* self) { as<LogSink, T>(self).reopen(); },
    };
    return &table;
}

} // namespace detail
} // namespace v1
} // namespace mortise
