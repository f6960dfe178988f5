// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>

#include <algorithm>
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

// A peer's struct in this build's shape: what lies beyond its struct_size is zero, what lies beyond ours is dropped.
template<class Struct>
Struct adopt(const void* peer) noexcept {
    Struct mine;
    std::memset(&mine, 0, sizeof mine);
    if (peer == nullptr) return mine;
    std::uint32_t size = 0;
    std::memcpy(&size, peer, sizeof size);
    std::memcpy(&mine, peer, std::min<std::size_t>(size, sizeof mine));
    return mine;
}

// Room for the sentence of a failing call.
class ErrorText {
public:
    ErrorText() noexcept : raw_{sizeof(mortise_error), sizeof text_, text_, 0, 0} {}
    ErrorText(const ErrorText&) = delete;
    ErrorText& operator=(const ErrorText&) = delete;

    mortise_error* raw() noexcept { return &raw_; }
    std::string_view text() const noexcept { return {text_, std::min<std::size_t>(raw_.length, sizeof text_)}; }

private:
    mortise_error raw_;
    char text_[1024];
};

// Leaves `text`, cut at the capacity (never inside a UTF-8 sequence), where the other side reads it.
inline void tell(mortise_error* error, std::string_view text) noexcept {
    if (error == nullptr || error->text == nullptr) return;
    std::size_t size = std::min<std::size_t>(text.size(), error->capacity);
    if (size < text.size()) {
        while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
    }
    if (size != 0) std::memcpy(error->text, text.data(), size);
    error->length = static_cast<std::uint32_t>(size);
}

} // namespace detail
} // namespace v1
} // namespace mortise
