// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/log.hpp"
#include "base/running_code.hpp"

#include <mortise/service/log.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace mortise::host {

// A sink of a plugin. Whoever holds the pointer keeps the plugin's instance alive.
struct LogSink {
    const base::CodeOwner& owner; // kept by the runtime
    mortise_plugin_log_sink table{};
    void* self = nullptr;
};

// Where every record of host and plugins passes: bounded, redacted, handed to the newest sink. Standard error until
// there is one, and for what a sink logs from inside itself. Secrets in text go, whoever wrote it (base::redactText);
// the fields of plugins also by their names, the host's never. Thread: any.
class LogHub final : public base::Log {
public:
    explicit LogHub(base::Level stderrLevel = base::Level::info) : stderrLevel_(stderrLevel) {}

    bool enabled(base::Level level, std::string_view logger) const noexcept override;
    void write(base::Level level, std::string_view logger, std::string_view message,
               std::span<const base::LogField> fields) noexcept override;
    // Of a plugin.
    void write(std::uint32_t level, std::string_view logger, std::string_view message,
               std::span<const mortise_log_field> fields) noexcept;

    // The sink from here on; null: standard error. When it returns, no call into the one before is running, so that its
    // plugin may be stopped.
    void setSink(std::shared_ptr<const LogSink> sink);
    std::shared_ptr<const LogSink> sink() const noexcept;
    // Waits until the sink has put away what it was given, `patience` at most. Not for a loop.
    void flush(std::chrono::milliseconds patience) const noexcept;
    void reopen() const noexcept; // as after a rotation of files

    static constexpr std::size_t fieldLimit = 64;
    static constexpr std::size_t textLimit = 16 * 1024; // bytes of all texts of a record

private:
    // One a setSink(), so that its count is of those who are inside of this sink.
    struct Current {
        std::shared_ptr<const LogSink> sink; // null: standard error
    };
    // What a thread is inside of, or null: a hazard pointer, taken by any thread for the length of a call.
    struct alignas(64) Slot {
        std::atomic<const Current*> current{nullptr};
    };
    class Use;
    static constexpr std::size_t slotCount = 32; // threads beyond that many inside at once take the mutex

    std::shared_ptr<const Current> current() const noexcept;
    bool isUsed(const std::shared_ptr<const Current>& replaced) const noexcept;
    void pass(std::uint32_t level, std::string_view logger, std::string_view message,
              std::span<mortise_log_field> fields) noexcept;

    const base::Level stderrLevel_;
    mutable std::mutex mutex_;
    std::shared_ptr<const Current> current_ = std::make_shared<const Current>(); // under mutex_
    std::vector<std::shared_ptr<const Current>> stuck_; // replaced while a call would not return; under mutex_
    // Of current_, null without a sink: what calls look at without the mutex.
    std::atomic<const Current*> shown_{nullptr};
    mutable std::array<Slot, slotCount> slots_;
};

} // namespace mortise::host
