// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "http/name_set.hpp"

#include <mortise/service/exchange.h>
#include <mortise/text/trace_context.hpp>

#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mortise::dispatch {

// Ids of traces and spans (W3C Trace Context, level 1) without a place to keep them: the same for the same request,
// whenever and on whatever thread it is asked for. Thread: any.
class TraceIds {
public:
    // Takes a fresh key. Throws std::system_error when the kernel gives no random bytes.
    TraceIds();
    // Both, never zeros, by the request's first handle. Throws std::runtime_error when OpenSSL cannot allocate.
    void make(mortise_exchange first, mortise_trace& trace) const;

private:
    std::array<char, 32> key_;
};

// What the caller of a request stated. Hardly any does, so that it costs the others nothing: it is not reset between
// two requests of a slot, but says of which it is.
class StatedTrace {
public:
    // Names of fields that there must be for a trace to be stated.
    static constexpr http::NameSet names = [] {
        http::NameSet one;
        one.add("traceparent");
        return one;
    }();

    // [loop] Before a handle of the request is handed out. Takes over what the fields of the request say, if it is
    // valid and said once; `first` is the serial of its first handle.
    void read(std::span<const mortise_field> fields, std::uint64_t first);
    // [any] False: nothing of that request. Right as long as the request is still there when this has returned.
    bool copy(std::uint64_t first, mortise_trace& trace) const noexcept;

private:
    void keep(const TraceParent& parent) noexcept;
    std::string_view readState(std::span<const mortise_field> fields);

    std::atomic<std::uint64_t> of_{0};
    std::array<std::atomic<std::uint64_t>, 3> ids_{}; // the trace's, the parent's
    std::atomic<std::uint32_t> flags_{0};
    std::atomic<const char*> state_{nullptr};
    std::atomic<std::uint64_t> stateSize_{0};
    std::string joined_; // state of several fields
};

// Fills trace.traceparent by what it says.
void writeTraceParent(mortise_trace& trace) noexcept;

} // namespace mortise::dispatch
