// SPDX-License-Identifier: Apache-2.0
#include "host/log_hub.hpp"

#include "base/clock.hpp"
#include "base/redaction.hpp"
#include "base/sensitive_names.hpp"
#include "base/text.hpp"
#include "host/module_names.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <forward_list>
#include <iterator>
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

// While it lives the sink of the moment stays, and its plugin. It costs one atomic exchange where nobody collides: the
// slot says what is looked at before `shown_` is read again, and setSink() changes `shown_` before it reads the slots,
// so one of the two sees the other (all sequentially consistent).
class LogHub::Use {
public:
    explicit Use(const LogHub& hub) noexcept {
        const Current* seen = insideSink ? nullptr : hub.shown_.load();
        if (seen == nullptr) return;
        const std::size_t first = slotOfThisThread();
        for (std::size_t i = 0; i < slotCount && slot_ == nullptr; ++i) {
            Slot& slot = hub.slots_[(first + i) % slotCount];
            const Current* none = nullptr;
            if (slot.current.compare_exchange_strong(none, seen)) slot_ = &slot;
        }
        if (slot_ == nullptr) {
            held_ = hub.current();
            sink_ = held_->sink.get();
            return;
        }
        for (const Current* now = hub.shown_.load(); now != seen; now = hub.shown_.load()) {
            seen = now;
            slot_->current.store(seen);
            if (seen == nullptr) slot_ = nullptr; // given back
            if (seen == nullptr) return;
        }
        sink_ = seen->sink.get();
    }
    ~Use() {
        if (slot_ != nullptr) slot_->current.store(nullptr, std::memory_order_release);
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

    // Null: standard error. It is while a sink runs on this thread, too.
    const LogSink* sink() const noexcept { return sink_; }

private:
    // Where this thread looks first: threads that differ hardly meet.
    static std::size_t slotOfThisThread() noexcept {
        const auto where = static_cast<std::uint64_t>(reinterpret_cast<std::uintptr_t>(&insideSink));
        return static_cast<std::size_t>((where * 0x9e3779b97f4a7c15u) >> 59);
    }
    static_assert(slotCount == 1u << 5, "the five bits of slotOfThisThread()");

    Slot* slot_ = nullptr;
    const LogSink* sink_ = nullptr;
    std::shared_ptr<const Current> held_; // without a slot
};

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
        shown_.store(current_->sink == nullptr ? nullptr : current_.get());
    }
    // Nobody can take the old one any more; those who have it are in a call that never blocks.
    const auto deadline = std::chrono::steady_clock::now() + longestCall;
    while (isUsed(replaced) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    // One that blocks all the same keeps it until the next sink at least.
    std::vector<std::shared_ptr<const Current>> over; // let go without the mutex: a plugin may go with it
    const std::lock_guard lock(mutex_);
    stuck_.push_back(std::move(replaced));
    const auto used =
        std::stable_partition(stuck_.begin(), stuck_.end(), [this](const auto& one) { return isUsed(one); });
    over.assign(std::make_move_iterator(used), std::make_move_iterator(stuck_.end()));
    stuck_.erase(used, stuck_.end());
}

bool LogHub::isUsed(const std::shared_ptr<const Current>& replaced) const noexcept {
    if (replaced.use_count() > 1) return true;
    return std::any_of(slots_.begin(), slots_.end(),
                       [&replaced](const Slot& slot) { return slot.current.load() == replaced.get(); });
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
    const Use use(*this);
    const LogSink* const to = use.sink();
    if (to == nullptr || to->table.level == nullptr) return level >= stderrLevel_;
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
    const Use use(*this);
    const LogSink* to = use.sink();
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
