// SPDX-License-Identifier: Apache-2.0
#include "host/log_hub.hpp"

#include "base/clock.hpp"
#include "base/redaction.hpp"
#include "base/sensitive_names.hpp"
#include "base/text.hpp"
#include "host/module_names.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <forward_list>
#include <new>
#include <string>
#include <thread>
#include <utility>

namespace mortise::host {
namespace {

// Set while a sink runs on this thread, so that its own records do not come back to it.
thread_local bool insideSink = false;

constexpr std::chrono::seconds longestCall{1};           // into a sink
constexpr std::size_t readLimit = 4 * LogHub::textLimit; // bytes of a text; what is behind is lost in any case

class InsideSink {
public:
    InsideSink(const LogSink& sink, const char* function) noexcept : running_(sink.owner, function) {
        insideSink = true;
    }
    ~InsideSink() { insideSink = false; }
    InsideSink(const InsideSink&) = delete;
    InsideSink& operator=(const InsideSink&) = delete;

private:
    const base::RunningCode running_;
};

std::string_view levelName(std::uint32_t level) noexcept {
    if (level >= MORTISE_LOG_FATAL) return "fatal";
    if (level >= MORTISE_LOG_ERROR) return "error";
    if (level >= MORTISE_LOG_WARN) return "warning";
    if (level >= MORTISE_LOG_INFO) return "info";
    return level >= MORTISE_LOG_DEBUG ? "debug" : "trace";
}

void appendValue(std::string& line, const mortise_log_field& field) {
    switch (field.kind) {
    case MORTISE_LOG_FIELD_INTEGER:
        line += std::to_string(field.integer);
        break;
    case MORTISE_LOG_FIELD_NUMBER:
        line += std::to_string(field.number);
        break;
    case MORTISE_LOG_FIELD_BOOLEAN:
        line += field.integer != 0 ? "true" : "false";
        break;
    default:
        line += base::printable(text(field.text), LogHub::textLimit);
        break;
    }
}

// One line: "info host: message (name=value, ...)".
void writeToStderr(const mortise_log_record& record) noexcept {
    try {
        std::string line = base::iso8601(record.time_ms);
        line.append(" ").append(levelName(record.level)).append(" ").append(text(record.logger)).append(": ");
        line += base::printable(text(record.message), LogHub::textLimit);
        for (std::uint32_t i = 0; i < record.field_count; ++i) {
            line.append(i == 0 ? " (" : ", ").append(base::printable(text(record.fields[i].name))).append("=");
            appendValue(line, record.fields[i]);
        }
        line += record.field_count == 0 ? "\n" : ")\n";
        [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
    } catch (...) {
        // Out of memory while logging: there is nobody left to tell.
    }
}

} // namespace

std::shared_ptr<const LogHub::Current> LogHub::current() const noexcept {
    const std::lock_guard lock(mutex_);
    return current_;
}

std::shared_ptr<const LogSink> LogHub::sink() const noexcept {
    return current()->sink;
}

void LogHub::setSink(std::shared_ptr<const LogSink> sink) {
    auto replaced = std::make_shared<const Current>(Current{std::move(sink)});
    {
        const std::lock_guard lock(mutex_);
        current_.swap(replaced);
    }
    // Nobody can take the old one any more; those who have it are in a call that never blocks.
    const auto deadline = std::chrono::steady_clock::now() + longestCall;
    while (replaced.use_count() > 1 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
}

void LogHub::flush(std::chrono::milliseconds patience) const noexcept {
    const auto held = current();
    const LogSink* const to = held->sink.get();
    if (to == nullptr || to->table.flush == nullptr || insideSink) return;
    const InsideSink inside(*to, "flush");
    to->table.flush(to->self, static_cast<std::uint64_t>(patience.count()));
}

void LogHub::reopen() const noexcept {
    const auto held = current();
    const LogSink* const to = held->sink.get();
    if (to == nullptr || to->table.reopen == nullptr || insideSink) return;
    const InsideSink inside(*to, "reopen");
    to->table.reopen(to->self);
}

bool LogHub::enabled(base::Level level, std::string_view logger) const noexcept {
    const auto held = current();
    const LogSink* const to = held->sink.get();
    if (to == nullptr || to->table.level == nullptr || insideSink) return level >= stderrLevel_;
    const InsideSink inside(*to, "level");
    return static_cast<std::uint32_t>(level) >= to->table.level(to->self, view(logger));
}

void LogHub::write(base::Level level, std::string_view logger, std::string_view message,
                   std::span<const base::LogField> fields) noexcept {
    std::array<mortise_log_field, fieldLimit> converted{};
    const std::size_t count = fields.size() < fieldLimit ? fields.size() : fieldLimit;
    for (std::size_t i = 0; i < count; ++i) {
        mortise_log_field& to = converted[i];
        to.name = view(fields[i].name.text());
        if (const auto* value = std::get_if<std::string_view>(&fields[i].value)) {
            to.kind = MORTISE_LOG_FIELD_TEXT;
            to.text = view(*value);
        } else if (const auto* integer = std::get_if<std::int64_t>(&fields[i].value)) {
            to.kind = MORTISE_LOG_FIELD_INTEGER;
            to.integer = *integer;
        } else if (const auto* number = std::get_if<double>(&fields[i].value)) {
            to.kind = MORTISE_LOG_FIELD_NUMBER;
            to.number = *number;
        } else {
            to.kind = MORTISE_LOG_FIELD_BOOLEAN;
            to.integer = std::get<bool>(fields[i].value) ? 1 : 0;
        }
    }
    pass(static_cast<std::uint32_t>(level), logger, message, std::span(converted.data(), count));
}

void LogHub::write(std::uint32_t level, std::string_view logger, std::string_view message,
                   std::span<const mortise_log_field> fields) noexcept {
    std::array<mortise_log_field, fieldLimit> checked;
    const std::size_t count = fields.size() < fieldLimit ? fields.size() : fieldLimit;
    for (std::size_t i = 0; i < count; ++i) {
        checked[i] = fields[i];
        if (!base::isSensitiveName(text(fields[i].name))) continue;
        checked[i].kind = MORTISE_LOG_FIELD_TEXT;
        checked[i].text = view(base::redactedText);
    }
    pass(level, logger, message, std::span(checked.data(), count));
}

void LogHub::pass(std::uint32_t level, std::string_view logger, std::string_view message,
                  std::span<mortise_log_field> fields) noexcept {
    const auto held = current();
    const LogSink* to = insideSink ? nullptr : held->sink.get();
    if (to != nullptr && to->table.write == nullptr) to = nullptr;
    if (to == nullptr && level < static_cast<std::uint32_t>(stderrLevel_)) return;
    if (to != nullptr && to->table.level != nullptr) {
        const InsideSink inside(*to, "level");
        if (level < to->table.level(to->self, view(logger))) return;
    }
    std::size_t left = textLimit;
    const auto bound = [&left](std::string_view whole) {
        const std::string_view cut = whole.substr(0, left);
        left -= cut.size();
        return view(cut);
    };
    // Redacted before it is cut, which may take away by what a secret is known.
    std::forward_list<std::string> changed;
    const auto redact = [&changed](std::string_view whole) -> std::string_view {
        try {
            std::string storage;
            const std::string_view shown = base::redactText(whole.substr(0, readLimit), storage);
            return shown.data() == storage.data() ? changed.emplace_front(std::move(storage)) : shown;
        } catch (const std::bad_alloc&) {
            return base::redactedText;
        }
    };
    const mortise_view boundedMessage = bound(redact(message));
    for (std::size_t i = 0; i < fields.size(); ++i) {
        fields[i].name = bound(text(fields[i].name));
        if (fields[i].kind == MORTISE_LOG_FIELD_TEXT) fields[i].text = bound(redact(text(fields[i].text)));
    }
    const mortise_log_record record{sizeof(mortise_log_record),
                                    level,
                                    base::wallMs(),
                                    view(logger),
                                    boundedMessage,
                                    fields.data(),
                                    static_cast<std::uint32_t>(fields.size()),
                                    0};
    if (to == nullptr) return writeToStderr(record);
    const InsideSink inside(*to, "write");
    to->table.write(to->self, &record);
}

} // namespace mortise::host
