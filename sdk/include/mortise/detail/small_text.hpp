// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace mortise {
inline namespace v1 {
namespace detail {

// Text that grows, with room for N bytes before it allocates: a response is written here and handed over by view.
template<std::size_t N>
class SmallText {
public:
    SmallText() noexcept : begin_(inline_), size_(0), capacity_(N) {}
    // Begins in `lent` instead, which outlives this object; with capacity 0 as if nothing was lent.
    SmallText(char* lent, std::size_t capacity) noexcept
        : begin_(capacity != 0 ? lent : inline_), size_(0), capacity_(capacity != 0 ? capacity : N) {}
    SmallText(const SmallText&) = delete;
    SmallText& operator=(const SmallText&) = delete;
    ~SmallText() { delete[] heap_; }

    void push_back(char c) {
        if (size_ == capacity_) grow(1);
        begin_[size_++] = c;
    }
    void append(const char* data, std::size_t size) {
        if (size == 0) return;
        if (capacity_ - size_ < size) grow(size);
        __builtin_memcpy(begin_ + size_, data, size);
        size_ += size;
    }
    void append(std::string_view text) { append(text.data(), text.size()); }

    std::string_view text() const noexcept { return {begin_, size_}; }

private:
    // Apart, so that append() stays small where it is called.
    [[gnu::noinline, gnu::cold]] void grow(std::size_t more) {
        std::size_t capacity = capacity_ * 2;
        while (capacity - size_ < more) capacity *= 2;
        char* const larger = new char[capacity];
        __builtin_memcpy(larger, begin_, size_);
        delete[] heap_;
        begin_ = heap_ = larger;
        capacity_ = capacity;
    }

    char* begin_;
    std::size_t size_;
    std::size_t capacity_;
    char* heap_ = nullptr;
    char inline_[N];
};

} // namespace detail
} // namespace v1
} // namespace mortise
