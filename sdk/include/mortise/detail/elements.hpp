// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view> // and std::input_iterator_tag

namespace mortise {
inline namespace v1 {
namespace detail {

// The least that a peer of the first version brings of a struct or an element. To be specialised for a struct (by
// MORTISE_SIZE_TO its last member of that version) when the first member since a later minor is appended to it.
template<class Struct>
inline constexpr std::size_t firstSize = sizeof(Struct);

// A peer's array of elements that may grow, as copies in this build's shape: what the peer does not have is zero.
// `stride` is the size of an element where the array was made, which stands beside the count. Borrowed. The host reads
// plugins' arrays by it, too.
template<class Element>
class Elements {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Element;
        using difference_type = std::ptrdiff_t;
        using pointer = const Element*;
        using reference = Element;

        Iterator(const Elements* list, std::size_t index) noexcept : list_(list), index_(index) {}
        Element operator*() const noexcept { return (*list_)[index_]; }
        Iterator& operator++() noexcept {
            ++index_;
            return *this;
        }
        Iterator operator++(int) noexcept { return {list_, index_++}; }
        bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }
        bool operator!=(const Iterator& other) const noexcept { return index_ != other.index_; }

    private:
        const Elements* list_;
        std::size_t index_;
    };

    Elements() noexcept = default;
    Elements(const Element* first, std::uint64_t count, std::uint64_t stride) noexcept
        : first_(reinterpret_cast<const char*>(first)),
          count_(static_cast<std::size_t>(count)),
          stride_(static_cast<std::size_t>(stride)) {}

    // Whether it can be read: nothing but size() and empty() may be called when it cannot.
    bool valid() const noexcept {
        return count_ == 0 || (first_ != nullptr && stride_ >= firstSize<Element> && stride_ % 8 == 0);
    }
    // None where there is no array, whatever its count says.
    std::size_t size() const noexcept { return first_ != nullptr ? count_ : 0; }
    bool empty() const noexcept { return size() == 0; }
    Element operator[](std::size_t index) const noexcept {
        Element mine;
        __builtin_memset(static_cast<void*>(&mine), 0, sizeof mine);
        __builtin_memcpy(static_cast<void*>(&mine), first_ + index * stride_,
                         stride_ < sizeof mine ? stride_ : sizeof mine);
        return mine;
    }
    // Where it stands: of it only what the peer's first version had may be read.
    const Element& at(std::size_t index) const noexcept {
        return *reinterpret_cast<const Element*>(first_ + index * stride_);
    }
    Iterator begin() const noexcept { return {this, 0}; }
    Iterator end() const noexcept { return {this, size()}; }

private:
    const char* first_ = nullptr;
    std::size_t count_ = 0;
    std::size_t stride_ = 0;
};

} // namespace detail
} // namespace v1
} // namespace mortise
