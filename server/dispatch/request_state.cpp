// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_state.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mortise::dispatch {
void RequestState::reset() noexcept {
    pinned = nullptr;
    generation.store(nullptr, std::memory_order_relaxed);
    pipeline = nullptr;
    cursor = nullptr;
    malformed = recovered = over = deadlineLogged = responding = streaming = headSettled = false;
    turnOrphaned = responseTurnOrphaned = false;
    owesFinish = nullptr;
    responseTurn = {};
    detached = nullptr;
    wanted = EndReason::none;
    turnFilter = nullptr;
    recorded = Recorded::nothing;
    resumedOk = calledOnWorker = isLent = false;
    if (verdict.kind != Verdict::Kind::none) verdict.clear();
    deadlineMs.store(0, std::memory_order_relaxed);
    bodyAskedMs = 0;
    if (!principal.isNone()) principal.clear();
    slots.clear();
    transformable = true;
    if (transformation != nullptr) std::exchange(transformation, nullptr)->abandon();
    streamBytes = 0;
    closeStream();
    giveBack();
    data.reset();
}

// Word by word, so that a reader that comes too late reads nonsense, but not a torn object: it asks again afterwards
// whether the request is open.
void RequestState::keepRequestId(std::string_view id) noexcept {
    const std::size_t size = std::min(id.size(), requestIdBytes);
    std::uint64_t word = 0;
    std::size_t at = 0;
    for (; at + sizeof word <= size; at += sizeof word) {
        std::memcpy(&word, id.data() + at, sizeof word);
        requestId_[at / sizeof word].store(word, std::memory_order_release);
    }
    if (at < size) {
        word = 0;
        std::memcpy(&word, id.data() + at, size - at);
        requestId_[at / sizeof word].store(word, std::memory_order_release);
    }
    requestIdSize_.store(size, std::memory_order_release);
}

std::size_t RequestState::copyRequestId(char (&out)[requestIdBytes]) const noexcept {
    const std::size_t size = requestIdSize_.load(std::memory_order_relaxed);
    for (std::size_t at = 0; at < size; at += 8) {
        const std::uint64_t word = requestId_[at / 8].load(std::memory_order_acquire);
        std::memcpy(out + at, &word, sizeof word);
    }
    return size;
}

std::shared_ptr<Stream> RequestState::streamFor(std::uint64_t serial) const {
    if (streamOf_.load(std::memory_order_acquire) != serial) return nullptr;
    const std::lock_guard lock(streamMutex_);
    return streamOf_.load(std::memory_order_relaxed) == serial ? stream_ : nullptr;
}

std::shared_ptr<Stream> RequestState::stream() const {
    if (!hasStream()) return nullptr;
    const std::lock_guard lock(streamMutex_);
    return stream_;
}

void RequestState::openStream(std::uint64_t serial, std::shared_ptr<Stream> stream) {
    const std::lock_guard lock(streamMutex_);
    stream_ = std::move(stream);
    streamOf_.store(serial, std::memory_order_release);
}

void RequestState::closeStream() noexcept {
    if (!hasStream()) return;
    std::shared_ptr<Stream> gone; // freed without the lock
    const std::lock_guard lock(streamMutex_);
    streamOf_.store(0, std::memory_order_relaxed);
    gone.swap(stream_);
}

void Principal::assign(const mortise_principal& theirs) {
    const mortise_principal from = readStruct(theirs);
    text_.clear();
    roles_.clear();
    std::size_t size = from.id.size + from.name.size;
    for (std::uint32_t i = 0; i < from.role_count; ++i) size += from.roles[i].size;
    text_.reserve(size); // views into it must not move
    const auto keep = [this](mortise_view view) {
        const std::size_t at = text_.size();
        text_.append(text(view));
        return mortise_view{text_.data() + at, view.size};
    };
    principal_.struct_size = sizeof(mortise_principal);
    principal_.id = keep(from.id);
    principal_.name = keep(from.name);
    for (std::uint32_t i = 0; i < from.role_count; ++i) roles_.push_back(keep(from.roles[i]));
    principal_.roles = roles_.data();
    principal_.role_count = static_cast<std::uint32_t>(roles_.size());
}

void Principal::clear() noexcept {
    principal_ = {};
    text_.clear();
    roles_.clear();
}

bool Principal::hasRole(std::string_view role) const noexcept {
    return std::any_of(roles_.begin(), roles_.end(), [role](mortise_view one) { return text(one) == role; });
}

} // namespace mortise::dispatch
