// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/plugin.h>
#include <mortise/abi/types.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
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

// Whether a plugin's struct has room for a service. Measured by the first version's size: one built by it never brings
// more, however the struct grows here.
inline bool takesService(const mortise_service* service) noexcept {
    constexpr std::size_t firstSize = offsetof(mortise_service, self) + sizeof(mortise_service::self);
    return service != nullptr && service->struct_size >= firstSize;
}

// A buffer for the sentence of a failing call.
class CallError {
public:
    CallError() noexcept : error_{sizeof(mortise_error), sizeof(buffer_), buffer_, 0, 0} {}
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

// Leaves a sentence in a plugin's buffer, cut to its capacity.
inline void setError(mortise_error* error, std::string_view sentence) noexcept {
    if (error == nullptr || error->text == nullptr) return;
    const std::size_t size = sentence.size() < error->capacity ? sentence.size() : error->capacity;
    if (size != 0) std::memcpy(error->text, sentence.data(), size);
    error->length = static_cast<std::uint32_t>(size);
}

} // namespace mortise::module
