// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/view.hpp>
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
    // [any] Never blocks, never logs; drops and counts what does not fit. Borrowed for the call.
    virtual void write(const mortise_log_record& record) noexcept = 0;
    // [control] Until what was taken is written, or the deadline.
    virtual void flush(std::chrono::milliseconds deadline) noexcept = 0;
    // [control] After a rotation from outside.
    virtual void reopen() noexcept = 0;
};

} // namespace v1
} // namespace mortise
