// SPDX-License-Identifier: Apache-2.0
#include "host/instance.hpp"
#include "host/module_names.hpp"
#include "host/runtime.hpp"
#include "host/services.hpp"

#include <array>
#include <cstring>
#include <string>

namespace mortise::host {
namespace {

// "users" or "users.import".
std::string loggerName(const Instance& caller, mortise_view suffix) {
    return suffix.size == 0 ? caller.name() : caller.name() + "." + std::string(text(suffix));
}

std::uint32_t enabled(void* self, std::uint32_t level, mortise_view logger) noexcept {
    Instance& caller = callerOf(self);
    LogHub& log = caller.runtime().log();
    if (logger.size == 0) return log.enabled(static_cast<base::Level>(level), caller.name()) ? 1 : 0;
    return log.enabled(static_cast<base::Level>(level), loggerName(caller, logger)) ? 1 : 0;
}

// In hexadecimal digits, as they stand in what is to be sent.
bool copyTraceId(const Instance& caller, mortise_exchange id,
                 char (&out)[2 * sizeof mortise_trace::trace_id]) noexcept {
    constexpr std::size_t version = 3; // "00-"
    mortise_trace trace;
    if (caller.runtime().requests().copyTrace(id, trace) != MORTISE_OK) return false;
    std::memcpy(out, trace.traceparent + version, sizeof out);
    return true;
}

void write(void* self, std::uint32_t level, mortise_view logger, mortise_view message, const mortise_log_field* fields,
           std::uint32_t count, mortise_exchange id) noexcept {
    Instance& caller = callerOf(self);
    std::array<mortise_log_field, LogHub::fieldLimit> all;
    std::size_t size = 0;
    if (fields == nullptr) count = 0;
    for (; size < count && size + 2 < all.size(); ++size) all[size] = fields[size];
    char requestId[Requests::requestIdBytes];
    const std::size_t length = id == 0 ? 0 : caller.runtime().requests().copyRequestId(id, requestId);
    if (length != 0) all[size++] = {view("requestId"), MORTISE_LOG_FIELD_TEXT, 0, 0, 0, view({requestId, length})};
    char traceId[2 * sizeof mortise_trace::trace_id];
    if (length != 0 && caller.runtime().settings().traceIds && copyTraceId(caller, id, traceId))
        all[size++] = {view("traceId"), MORTISE_LOG_FIELD_TEXT, 0, 0, 0, view({traceId, sizeof traceId})};
    caller.runtime().log().write(level, loggerName(caller, logger), text(message), std::span(all.data(), size));
}

} // namespace

const mortise_log_table& logService() noexcept {
    static constexpr mortise_log_table table{sizeof(mortise_log_table), 0, enabled, write};
    return table;
}

} // namespace mortise::host
