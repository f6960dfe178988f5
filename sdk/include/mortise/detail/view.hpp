// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>

#include <cstddef>
#include <cstring>
#include <string_view>

namespace mortise {
inline namespace v1 {

inline std::string_view text(const mortise_view& view) noexcept {
    return {view.data, static_cast<std::size_t>(view.size)};
}

inline mortise_view view(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

// True when the peer's struct reaches over the member and the member is set: `has(table,
// &mortise_timer_table::cancel)`.
template<class Struct, class Member>
bool has(const Struct& peer, Member Struct::*member) noexcept {
    const auto* const begin = reinterpret_cast<const char*>(&peer);
    const auto* const end = reinterpret_cast<const char*>(&(peer.*member)) + sizeof(Member);
    return peer.struct_size >= static_cast<std::size_t>(end - begin) && peer.*member != Member{};
}

namespace detail {

constexpr std::size_t lesser(std::size_t left, std::size_t right) noexcept {
    return left < right ? left : right;
}

// A peer's struct in this build's shape: what lies beyond its struct_size is zero, what lies beyond ours is dropped.
template<class Struct>
Struct adopt(const void* peer) noexcept {
    Struct mine;
    std::memset(&mine, 0, sizeof mine);
    if (peer == nullptr) return mine;
    std::uint32_t size = 0;
    std::memcpy(&size, peer, sizeof size);
    std::memcpy(&mine, peer, lesser(size, sizeof mine));
    return mine;
}

// A peer's array of elements that may grow, as copies in this build's shape. `stride` is the size of an element where
// the array was made. Borrowed.
template<class Element>
class Elements {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag; // as <string_view> brings it
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
          count_(first != nullptr ? static_cast<std::size_t>(count) : 0),
          stride_(static_cast<std::size_t>(stride)) {}

    // Whether the stride can be one of a peer whose first version had elements of `least` bytes. Nothing else may be
    // called when it cannot.
    bool valid(std::size_t least) const noexcept { return count_ == 0 || (stride_ >= least && stride_ % 8 == 0); }
    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    Element operator[](std::size_t index) const noexcept {
        Element mine;
        std::memset(static_cast<void*>(&mine), 0, sizeof mine);
        std::memcpy(static_cast<void*>(&mine), first_ + index * stride_, lesser(stride_, sizeof mine));
        return mine;
    }
    // Where it stands: of it only what the peer's first version had may be read.
    const Element& at(std::size_t index) const noexcept {
        return *reinterpret_cast<const Element*>(first_ + index * stride_);
    }
    Iterator begin() const noexcept { return {this, 0}; }
    Iterator end() const noexcept { return {this, count_}; }

private:
    const char* first_ = nullptr;
    std::size_t count_ = 0;
    std::size_t stride_ = 0;
};

// Room for the message of a failing call.
class ErrorText {
public:
    ErrorText() noexcept : raw_{text_, sizeof text_, 0} {}
    ErrorText(const ErrorText&) = delete;
    ErrorText& operator=(const ErrorText&) = delete;

    mortise_error* raw() noexcept { return &raw_; }
    std::string_view text() const noexcept { return {text_, lesser(raw_.length, sizeof text_)}; }

private:
    mortise_error raw_;
    char text_[1024];
};

// Leaves `text`, cut at the capacity (never inside a UTF-8 sequence), where the other side reads it.
inline void tell(mortise_error* error, std::string_view text) noexcept {
    if (error == nullptr || error->message == nullptr) return;
    std::size_t size = lesser(text.size(), error->capacity);
    if (size < text.size()) {
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
    }
    if (size != 0) std::memcpy(error->message, text.data(), size);
    error->length = static_cast<std::uint32_t>(size);
}

} // namespace detail
} // namespace v1
} // namespace mortise
