// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>
#include <mortise/detail/elements.hpp>
#include <mortise/detail/status.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace mortise::module {

// Between the C interface's plain data and ours.

using detail::peerStatus;

inline std::string_view text(mortise_view view) noexcept {
    return view.data == nullptr ? std::string_view() : std::string_view(view.data, view.size);
}

inline mortise_view view(std::string_view text) noexcept {
    return {text.data(), text.size()};
}

// A copy of a struct that the other side filled, with everything beyond its struct_size zeroed: absent.
template<class Struct>
Struct readStruct(const Struct& theirs) noexcept {
    if (theirs.struct_size >= sizeof(Struct)) return theirs; // a copy of fixed size costs a few instructions
    Struct ours{};
    std::memcpy(&ours, &theirs, theirs.struct_size);
    return ours;
}

// The same for a table that is known by its id only. `table` is not null.
template<class Table>
Table readTable(const void* table) noexcept {
    return readStruct(*static_cast<const Table*>(table));
}

// Of structs and arrays that plugins hand over.
using ::mortise::detail::Elements;
using ::mortise::detail::firstSize;

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
