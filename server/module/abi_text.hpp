// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

namespace mortise::module {

// Between the C interface's plain data and ours.

inline std::string_view text(mortise_view view) noexcept {
    return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}

inline mortise_view view(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

// A copy of a struct that the other side filled, with everything beyond its struct_size zeroed: absent.
template<class Struct>
Struct readStruct(const Struct& theirs) noexcept {
    Struct ours{};
    const std::size_t size = theirs.struct_size < sizeof(Struct) ? theirs.struct_size : sizeof(Struct);
    std::memcpy(&ours, &theirs, size);
    return ours;
}

// The same for a table that is known by its id only. `table` is not null.
template<class Table>
Table readTable(const void* table) noexcept {
    return readStruct(*static_cast<const Table*>(table));
}

// The least that a plugin of the first version brings of a struct or an element. To be specialised for a struct (by
// MORTISE_SIZE_TO its last member of that version) when the first member since a later minor is appended to it.
template<class Struct>
inline constexpr std::size_t firstSize = sizeof(Struct);

// A plugin's array of elements that may grow, as copies in this build's shape. `stride` is what the plugin says beside
// the count. Borrowed.
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

    private:
        const Elements* list_;
        std::size_t index_;
    };

    Elements(const Element* first, std::uint64_t count, std::uint64_t stride) noexcept
        : first_(first), count_(count), stride_(stride) {}

    // Whether it can be read: nothing but size() may be called when it cannot.
    bool valid() const noexcept {
        return count_ == 0 || (first_ != nullptr && stride_ >= firstSize<Element> && stride_ % 8 == 0);
    }
    std::size_t size() const noexcept { return count_; }
    bool empty() const noexcept { return count_ == 0; }
    Element operator[](std::size_t index) const noexcept {
        Element ours{};
        const char* const from = reinterpret_cast<const char*>(first_) + index * stride_;
        std::memcpy(&ours, from, stride_ < sizeof ours ? stride_ : sizeof ours);
        return ours;
    }
    Iterator begin() const noexcept { return {this, 0}; }
    Iterator end() const noexcept { return {this, count_}; }

private:
    const Element* first_;
    std::size_t count_;
    std::size_t stride_;
};

// A buffer for the message of a failing call.
class CallError {
public:
    CallError() noexcept : error_{buffer_, sizeof(buffer_), 0} {}
    CallError(const CallError&) = delete;
    CallError& operator=(const CallError&) = delete;

    mortise_error* get() noexcept { return &error_; }
    // What the callee said, or `fallback`.
    std::string text(std::string_view fallback = "no reason given") const {
        const std::size_t size = error_.length < sizeof(buffer_) ? error_.length : sizeof(buffer_);
        return size == 0 ? std::string(fallback) : std::string(buffer_, size);
    }

private:
    char buffer_[1024];
    mortise_error error_;
};

// Leaves a message in a plugin's buffer, cut to its capacity, but not inside a character.
inline void setError(mortise_error* error, std::string_view message) noexcept {
    if (error == nullptr || error->message == nullptr) return;
    std::size_t size = message.size();
    if (size > error->capacity) {
        size = error->capacity;
        while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0U) == 0x80U) --size;
    }
    if (size != 0) std::memcpy(error->message, message.data(), size);
    error->length = static_cast<std::uint32_t>(size);
}

} // namespace mortise::module
