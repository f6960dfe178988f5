// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/view.hpp>
#include <mortise/error.hpp>

#include <exception>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

// What `catch (...)` has caught; the text lives as long as the exception.
struct Caught {
    mortise_status status; // negative
    std::string_view message;
};

// Within `catch (...)` only. Out of line, so that what is called with every request stays small enough to be inlined.
[[gnu::cold, gnu::noinline]] inline Caught caught() noexcept {
    try {
        throw;
    } catch (const Error& failure) {
        return {failure.status() < 0 ? failure.status() : MORTISE_ERROR, failure.what()};
    } catch (const std::exception& failure) {
        return {MORTISE_ERROR, failure.what()};
    } catch (...) {
        return {MORTISE_ERROR, "an exception of unknown type"};
    }
}

// The same, told to `error`: its status.
[[gnu::cold, gnu::noinline]] inline mortise_status tellCaught(mortise_error* error) noexcept {
    const Caught failure = caught();
    tell(error, failure.message);
    return failure.status;
}

// The wall at the C boundary: runs `call`, turns whatever it throws into a negative status and leaves its text in
// `error`. A call without a result is MORTISE_OK.
template<class Call>
mortise_status guard(mortise_error* error, Call&& call) noexcept {
    try {
        if constexpr (std::is_void_v<decltype(call())>) {
            std::forward<Call>(call)();
            return MORTISE_OK;
        } else {
            return std::forward<Call>(call)();
        }
    } catch (...) {
        return tellCaught(error);
    }
}

// The interface `Base` of the instance behind a table's `self`.
template<class Base, class T>
Base& as(void* self) noexcept {
    return *static_cast<T*>(self);
}

// For calls that have no way to fail: `report` gets the text of whatever is thrown.
template<class Call, class Report>
void guardQuietly(Call&& call, Report&& report) noexcept {
    try {
        std::forward<Call>(call)();
    } catch (...) {
        report(caught().message);
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
