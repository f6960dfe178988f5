// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/given_back.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

namespace mortise::http {

// Raw memory for received bytes. Move-only; growing keeps the first `size` bytes. Never zeroed.
class InputBuffer {
public:
    InputBuffer() noexcept = default;
    InputBuffer(InputBuffer&& other) noexcept
        : data_(std::move(other.data_)),
          capacity_(std::exchange(other.capacity_, 0)),
          size(std::exchange(other.size, 0)) {}
    InputBuffer& operator=(InputBuffer&& other) noexcept {
        data_ = std::move(other.data_);
        capacity_ = std::exchange(other.capacity_, 0);
        size = std::exchange(other.size, 0);
        return *this;
    }

    char* data() noexcept { return data_.get(); }
    const char* data() const noexcept { return data_.get(); }
    std::size_t capacity() const noexcept { return capacity_; }
    std::size_t room() const noexcept { return capacity_ - size; }
    // False when there is no memory; the buffer is then as it was.
    bool grow(std::size_t capacity) noexcept {
        if (capacity <= capacity_) return true;
        void* const grown = std::realloc(data_.get(), capacity);
        if (grown == nullptr) return false;
        static_cast<void>(data_.release());
        data_.reset(static_cast<char*>(grown));
        capacity_ = capacity;
        return true;
    }
    void reset() noexcept {
        data_.reset();
        capacity_ = 0;
        size = 0;
    }

private:
    struct Free {
        void operator()(char* data) const noexcept { std::free(data); }
    };
    std::unique_ptr<char[], Free> data_;
    std::size_t capacity_ = 0;

public:
    std::size_t size = 0; // bytes in use
};

// A loop's store of buffers of one size, last in, first out. Thread: the loop's.
class InputBufferPool {
public:
    // Small enough that a thousand clients that dribble a header cost little, large enough for nearly every request.
    static constexpr std::size_t buffer_bytes = 4096;

    // capacity() is 0 when there is no memory.
    InputBuffer take() noexcept {
        if (!free_.empty()) {
            InputBuffer buffer = std::move(free_.back());
            free_.pop_back();
            base::markHandedOut(buffer.data(), buffer.capacity());
            return buffer;
        }
        InputBuffer buffer;
        buffer.grow(buffer_bytes);
        return buffer;
    }
    // Larger ones, and what is more than `kept_buffers`, are freed.
    void give(InputBuffer&& buffer) noexcept {
        InputBuffer mine = std::move(buffer);
        mine.size = 0;
        if (mine.capacity() != buffer_bytes || free_.size() >= kept_buffers) return;
        base::markGivenBack(mine.data(), mine.capacity());
        free_.push_back(std::move(mine));
    }

private:
    static constexpr std::size_t kept_buffers = 256;
    std::vector<InputBuffer> free_;
};

} // namespace mortise::http
