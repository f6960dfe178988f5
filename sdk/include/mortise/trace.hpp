// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/runtime.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/request.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// Where a request stands in a trace (W3C Trace Context): the caller's trace, or one that begins here. Ids are zeros
// under a host that gives none. What it views is borrowed from the request.
class Trace {
public:
    Trace() noexcept = default;
    explicit Trace(const mortise_trace& raw) noexcept : raw_(raw) {}

    std::string traceId() const { return hex(raw_.trace_id, sizeof raw_.trace_id); }    // 32 digits
    std::string parentId() const { return hex(raw_.parent_id, sizeof raw_.parent_id); } // 16 digits; zeros at a root
    std::string spanId() const { return hex(raw_.span_id, sizeof raw_.span_id); }       // 16 digits, of this request
    // False: the caller stated no trace, or an invalid one.
    bool continues() const noexcept {
        for (const std::uint8_t byte : raw_.parent_id)
            if (byte != 0) return true;
        return false;
    }
    bool sampled() const noexcept { return (raw_.flags & MORTISE_TRACE_SAMPLED) != 0; }
    // For the fields traceparent and tracestate of requests that are made for this one; empty: none.
    std::string traceparent() const { return raw_.traceparent; }
    std::string_view state() const noexcept { return text(raw_.state); }

private:
    static std::string hex(const std::uint8_t* bytes, std::size_t count) {
        std::string digits;
        digits.reserve(2 * count);
        for (std::size_t i = 0; i < count; ++i) {
            digits.push_back("0123456789abcdef"[bytes[i] >> 4]);
            digits.push_back("0123456789abcdef"[bytes[i] & 15]);
        }
        return digits;
    }

    mortise_trace raw_{};
};

namespace detail {

// trace of mortise.exchange/1.
inline Trace traceOf(const Runtime& runtime, mortise_exchange exchange) noexcept {
    const auto& service = runtime.exchange;
    mortise_trace raw{};
    if (service.table.trace == nullptr || peerStatus(service.table.trace(service.self, exchange, &raw)) != MORTISE_OK)
        return Trace();
    return Trace(raw);
}

} // namespace detail
inline Trace Request::trace() const noexcept {
    return detail::traceOf(*runtime_, exchange_);
}
inline Trace Deferred::trace() const noexcept {
    return state_ ? detail::traceOf(*state_->runtime, state_->exchange) : Trace();
}

} // namespace v1
} // namespace mortise
