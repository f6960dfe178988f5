// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_trace.hpp"

#include "base/random.hpp"
#include "base/sha256.hpp"
#include "dispatch/host_names.hpp"
#include "http/field_block.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace mortise::dispatch {
namespace {

constexpr std::size_t keptStateBytes = 1024;

// Zeros are no id (sections 3.2.2.3 and 3.2.2.4).
template<std::size_t size>
void takeId(std::uint8_t (&id)[size], const std::uint8_t* bytes) noexcept {
    std::memcpy(id, bytes, size);
    if (std::all_of(id, id + size, [](std::uint8_t byte) { return byte == 0; })) id[size - 1] = 1;
}

} // namespace

TraceIds::TraceIds() {
    base::fillRandom(key_.data(), key_.size());
}

void TraceIds::make(mortise_exchange first, mortise_trace& trace) const {
    // A pseudo-random function: key and message have one size each, so that no message is the beginning of another.
    std::array<char, sizeof key_ + sizeof first> message;
    std::memcpy(message.data(), key_.data(), key_.size());
    std::memcpy(message.data() + key_.size(), &first, sizeof first);
    const base::Sha256Digest digest = base::sha256({message.data(), message.size()});
    takeId(trace.trace_id, digest.data());
    takeId(trace.span_id, digest.data() + sizeof trace.trace_id);
}

void StatedTrace::read(std::span<const mortise_field> fields, std::uint64_t first) {
    const mortise_field* stated = nullptr;
    for (const mortise_field& field : fields) {
        if (!http::equalsIgnoreCase(text(field.name), "traceparent")) continue;
        if (stated != nullptr) return; // several: none of them counts
        stated = &field;
    }
    if (stated == nullptr) return;
    const std::optional<TraceParent> parent = TraceParent::parse(text(stated->value));
    if (!parent) return;
    keep(*parent);
    const std::string_view state = readState(fields);
    state_.store(state.data(), std::memory_order_relaxed);
    stateSize_.store(state.size(), std::memory_order_relaxed);
    of_.store(first, std::memory_order_release);
}

void StatedTrace::keep(const TraceParent& parent) noexcept {
    std::array<std::uint64_t, 3> words;
    static_assert(sizeof words == sizeof parent.traceId + sizeof parent.parentId);
    std::memcpy(words.data(), parent.traceId.data(), sizeof parent.traceId);
    std::memcpy(words.data() + 2, parent.parentId.data(), sizeof parent.parentId);
    for (std::size_t i = 0; i < words.size(); ++i) ids_[i].store(words[i], std::memory_order_relaxed);
    flags_.store((parent.flags & TraceParent::sampledFlag) != 0 ? MORTISE_TRACE_SAMPLED : 0, std::memory_order_relaxed);
}

// Of all fields of that name, in their order (section 3.3.1); empty when they say nothing valid.
std::string_view StatedTrace::readState(std::span<const mortise_field> fields) {
    if (joined_.capacity() > keptStateBytes) std::string().swap(joined_);
    std::size_t count = 0;
    std::string_view state;
    for (const mortise_field& field : fields) {
        if (!http::equalsIgnoreCase(text(field.name), "tracestate")) continue;
        if (++count == 1) {
            state = text(field.value);
            continue;
        }
        if (count == 2) joined_.assign(state);
        joined_.append(1, ',').append(text(field.value));
        state = joined_;
    }
    return isTraceState(state) ? state : std::string_view();
}

bool StatedTrace::copy(std::uint64_t first, mortise_trace& trace) const noexcept {
    if (of_.load(std::memory_order_acquire) != first) return false;
    std::array<std::uint64_t, 3> words;
    for (std::size_t i = 0; i < words.size(); ++i) words[i] = ids_[i].load(std::memory_order_acquire);
    std::memcpy(trace.trace_id, words.data(), sizeof trace.trace_id);
    std::memcpy(trace.parent_id, words.data() + 2, sizeof trace.parent_id);
    trace.flags = flags_.load(std::memory_order_acquire);
    trace.state = {state_.load(std::memory_order_acquire), stateSize_.load(std::memory_order_acquire)};
    return true;
}

void writeTraceParent(mortise_trace& trace) noexcept {
    TraceParent mine;
    std::memcpy(mine.traceId.data(), trace.trace_id, sizeof trace.trace_id);
    std::memcpy(mine.parentId.data(), trace.span_id, sizeof trace.span_id);
    mine.flags = (trace.flags & MORTISE_TRACE_SAMPLED) != 0 ? TraceParent::sampledFlag : 0;
    const auto text = mine.write();
    static_assert(sizeof trace.traceparent == TraceParent::size + 1);
    std::memcpy(trace.traceparent, text.data(), text.size());
    trace.traceparent[text.size()] = '\0';
}

} // namespace mortise::dispatch
