// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace mortise::graphql {

// Memory of trivially destructible things that die together, at most `maximum` bytes of it. Past that, allocations are
// refused and `exhausted` stays true until reset. The first block is kept over a reset. One thread at a time.
class Arena {
public:
    explicit Arena(std::size_t maximum, std::size_t firstBlock = 4096) : maximum_(maximum), firstBlock_(firstBlock) {}

    // `count` default-initialised ones; null past the limit.
    template<typename T>
    T* make(std::size_t count) {
        static_assert(std::is_trivially_destructible_v<T>);
        if (count > maximum_ / sizeof(T)) return refuse<T>();
        void* memory = allocate(count * sizeof(T), alignof(T));
        if (memory == nullptr) return nullptr;
        T* first = static_cast<T*>(memory);
        for (std::size_t i = 0; i < count; ++i) ::new (first + i) T;
        return first;
    }
    template<typename T>
    std::span<const T> copy(std::span<const T> from) {
        T* first = make<T>(from.size());
        if (first == nullptr) return {};
        for (std::size_t i = 0; i < from.size(); ++i) first[i] = from[i];
        return {first, from.size()};
    }
    // An empty text past the limit.
    std::string_view copy(std::string_view text);
    // `alignment` is a power of two, at most that of operator new, to which blocks are aligned.
    void* allocate(std::size_t bytes, std::size_t alignment) {
        const std::size_t start = (at_ + alignment - 1) & ~(alignment - 1);
        if (start > end_ || bytes > end_ - start) return grow(bytes);
        at_ = start + bytes;
        return current_ + start;
    }
    void reset();
    bool exhausted() const { return exhausted_; }
    // What its blocks take.
    std::size_t bytes() const { return bytes_; }

private:
    template<typename T>
    T* refuse() {
        exhausted_ = true;
        return nullptr;
    }
    void* grow(std::size_t bytes);

    struct Block {
        std::unique_ptr<std::byte[]> memory;
        std::size_t size = 0;
    };

    std::size_t maximum_;
    std::size_t firstBlock_;
    std::vector<Block> blocks_;
    std::byte* current_ = nullptr;
    std::size_t at_ = 0;
    std::size_t end_ = 0;
    std::size_t bytes_ = 0;
    bool exhausted_ = false;
};

} // namespace mortise::graphql
