// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/elements.hpp>

#include <cstddef>
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
    __builtin_memset(&mine, 0, sizeof mine);
    if (peer == nullptr) return mine;
    std::uint32_t size = 0;
    __builtin_memcpy(&size, peer, sizeof size);
    __builtin_memcpy(&mine, peer, lesser(size, sizeof mine));
    return mine;
}

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
    if (size != 0) __builtin_memcpy(error->message, text.data(), size);
    error->length = static_cast<std::uint32_t>(size);
}

} // namespace detail
} // namespace v1
} // namespace mortise
