// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>

#include <initializer_list>
#include <type_traits>

namespace mortise {
inline namespace v1 {

// One typed field of a log record; text is borrowed for the call. The host redacts: a value by the name of its
// field, and what is a secret inside of a text.
struct LogField : mortise_log_field {
    LogField(std::string_view key, std::string_view value) noexcept
        : mortise_log_field{v1::view(key), MORTISE_LOG_FIELD_TEXT, 0, 0, 0, v1::view(value)} {}
    LogField(std::string_view key, const char* value) noexcept : LogField(key, std::string_view(value)) {}
    LogField(std::string_view key, const std::string& value) noexcept : LogField(key, std::string_view(value)) {}
    template<class N, std::enable_if_t<std::is_arithmetic_v<N>, int> = 0>
    LogField(std::string_view key, N value) noexcept
        : mortise_log_field{v1::view(key), kindOf<N>(), 0, 0, 0, mortise_view{}} {
        if constexpr (std::is_floating_point_v<N>)
            number = value;
        else
            integer = static_cast<std::int64_t>(value);
    }

private:
    template<class N>
    static constexpr std::uint32_t kindOf() {
        return std::is_same_v<N, bool>       ? MORTISE_LOG_FIELD_BOOLEAN
               : std::is_floating_point_v<N> ? MORTISE_LOG_FIELD_NUMBER
                                             : MORTISE_LOG_FIELD_INTEGER;
    }
};
static_assert(sizeof(LogField) == sizeof(mortise_log_field), "fields travel as an array of the C struct");

// Writes records: log().info("message", {{"key", value}, …}). Any thread; never blocks. Copies are cheap; `logger` is
// borrowed and is best a literal.
class Log {
public:
    using Fields = std::initializer_list<LogField>;

    explicit Log(const detail::Runtime& runtime, std::string_view logger = {}, mortise_exchange exchange = 0) noexcept
        : runtime_(&runtime), logger_(logger), exchange_(exchange) {}

    // "tokens" of the instance "auth" is the logger "auth.tokens".
    Log named(std::string_view logger) const noexcept { return Log(*runtime_, logger, exchange_); }
    // Adds the request's id to every record.
    Log of(mortise_exchange exchange) const noexcept { return Log(*runtime_, logger_, exchange); }

    bool enabled(std::uint32_t level) const noexcept {
        const auto& service = runtime_->log;
        return service.table.enabled != nullptr && service.table.enabled(service.self, level, view(logger_)) != 0;
    }
    void write(std::uint32_t level, std::string_view message, Fields fields = {}) const noexcept {
        const auto& service = runtime_->log;
        if (service.table.write == nullptr) return;
        service.table.write(service.self, level, view(logger_), view(message), fields.begin(),
                            static_cast<std::uint32_t>(fields.size()), exchange_);
    }
    void trace(std::string_view message, Fields fields = {}) const noexcept {
        write(MORTISE_LOG_TRACE, message, fields);
    }
    void debug(std::string_view message, Fields fields = {}) const noexcept {
        write(MORTISE_LOG_DEBUG, message, fields);
    }
    void info(std::string_view message, Fields fields = {}) const noexcept { write(MORTISE_LOG_INFO, message, fields); }
    void warn(std::string_view message, Fields fields = {}) const noexcept { write(MORTISE_LOG_WARN, message, fields); }
    void error(std::string_view message, Fields fields = {}) const noexcept {
        write(MORTISE_LOG_ERROR, message, fields);
    }
    void fatal(std::string_view message, Fields fields = {}) const noexcept {
        write(MORTISE_LOG_FATAL, message, fields);
    }

private:
    const detail::Runtime* runtime_;
    std::string_view logger_;
    mortise_exchange exchange_;
};

} // namespace v1
} // namespace mortise
