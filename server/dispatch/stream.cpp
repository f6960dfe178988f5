// SPDX-License-Identifier: Apache-2.0
#include "dispatch/stream.hpp"

#include <utility>

namespace mortise::dispatch {

Stream::Put Stream::put(std::string_view data, std::chrono::steady_clock::time_point deadline) {
    const auto now = std::chrono::steady_clock::now();
    std::unique_lock lock(mutex_);
    if (worker_ == std::this_thread::get_id()) return Put::inside;
    const auto hasRoom = [&] {
        const std::size_t here = raw_.size() + waiting_.size();
        return here == 0 || here + data.size() <= limitBytes;
    };
    const auto isOver = [&] { return broken_ || ended_; };
    const auto mustWork = [&] {
        return deadline > now && transformer_ != nullptr && !working_ && !hasRoom() && !raw_.empty();
    };
    room_.wait_until(lock, deadline, [&] { return isOver() || (hasRoom() && !working_) || mustWork(); });
    if (isOver()) return Put::broken;
    if (mustWork()) {
        touchedMs_ = environment_.clockMs();
        work(lock);
        return Put::worked;
    }
    if (!hasRoom()) return Put::full;
    touchedMs_ = environment_.clockMs();
    if (transformer_ == nullptr) {
        waiting_.append(data);
        return Put::taken;
    }
    raw_.append(data);
    // Whoever waited on a worker must not depend on another one.
    if (!working_ && (!expected_ || deadline > now)) work(lock);
    return Put::taken;
}

std::string Stream::take(bool& ended, bool& complete) {
    std::string taken;
    {
        const std::lock_guard lock(mutex_);
        taken = std::exchange(waiting_, {});
        // Whoever cuts it waits for no transformer.
        ended = ended_ && (broken_ || (transformer_ == nullptr && !working_));
        complete = complete_;
    }
    room_.notify_all();
    return taken;
}

void Stream::putBack(std::string_view data) {
    const std::lock_guard lock(mutex_);
    waiting_.insert(0, data);
}

void Stream::end(bool complete) {
    {
        std::unique_lock lock(mutex_);
        if (!ended_) complete_ = complete; // an abort stands
        ended_ = true;
        touchedMs_ = environment_.clockMs();
        if (transformer_ != nullptr && !working_ && !expected_) work(lock);
    }
    room_.notify_all();
}

void Stream::cut(std::unique_ptr<Transformer>& gone) {
    broken_ = true;
    raw_.clear();
    if (!working_) gone = std::move(transformer_);
}

void Stream::abort() {
    std::unique_ptr<Transformer> gone; // freed without the lock
    {
        const std::lock_guard lock(mutex_);
        cut(gone);
        ended_ = true;
        complete_ = false;
        waiting_.clear();
    }
    room_.notify_all();
}

void Stream::breakOff() {
    std::unique_ptr<Transformer> gone;
    {
        const std::lock_guard lock(mutex_);
        cut(gone);
    }
    room_.notify_all();
}

std::optional<std::uint64_t> Stream::quietSinceMs() {
    const std::lock_guard lock(mutex_);
    if (!waiting_.empty()) return std::nullopt;
    return touchedMs_;
}

std::size_t Stream::attach(std::unique_ptr<Transformer> transformer) {
    std::size_t waits = 0;
    {
        const std::lock_guard lock(mutex_);
        if (broken_) return 0; // nobody reads it
        raw_ = std::exchange(waiting_, {});
        transformer_ = std::move(transformer);
        expected_ = true;
        waits = raw_.size();
    }
    room_.notify_all(); // a writer that waits for room makes it now
    return waits;
}

std::unique_ptr<Transformer> Stream::detach() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(expected_, false) || transformer_ == nullptr) return nullptr;
    waiting_ = std::exchange(raw_, {});
    return std::move(transformer_);
}

void Stream::transform() {
    {
        std::unique_lock lock(mutex_);
        if (transformer_ != nullptr && !working_) work(lock);
    }
    room_.notify_all();
}

void Stream::work(std::unique_lock<std::mutex>& lock) {
    working_ = true;
    expected_ = false;
    while (!broken_) {
        const bool last = ended_ && complete_; // an answer that is cut needs no proper end
        if (raw_.empty() && !last) break;
        const std::string data = std::exchange(raw_, {});
        std::string made;
        worker_ = std::this_thread::get_id();
        lock.unlock();
        const bool well = transformer_->chunk(data, last, !last, made);
        lock.lock();
        worker_ = {};
        if (broken_) break;
        waiting_.append(made);
        if (!well) {
            broken_ = ended_ = true;
            complete_ = false;
        }
        if (last) break;
    }
    if (broken_ || ended_) {
        std::unique_ptr<Transformer> gone = std::move(transformer_);
        lock.unlock();
        gone.reset();
        lock.lock();
    }
    working_ = false;
    room_.notify_all();
}

} // namespace mortise::dispatch
