// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/unique_ptr.hpp>

#include <cstring>
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

    void push_back(char c) {
        if (size_ == capacity_) grow(1);
        begin_[size_++] = c;
    }
    void append(const char* data, std::size_t size) {
        if (size == 0) return;
        if (capacity_ - size_ < size) grow(size);
        std::memcpy(begin_ + size_, data, size);
        size_ += size;
    }
    void append(std::string_view text) { append(text.data(), text.size()); }

    std::string_view text() const noexcept { return {begin_, size_}; }

private:
    void grow(std::size_t more) {
        std::size_t capacity = capacity_ * 2;
        while (capacity - size_ < more) capacity *= 2;
        std::unique_ptr<char[]> larger(new char[capacity]);
        std::memcpy(larger.get(), begin_, size_);
        heap_ = std::move(larger);
        begin_ = heap_.get();
        capacity_ = capacity;
    }

    char* begin_;
    std::size_t size_;
    std::size_t capacity_;
    std::unique_ptr<char[]> heap_;
    char inline_[N];
};

} // namespace detail
} // namespace v1
} // namespace mortise
