// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/view.hpp>
#include <mortise/error.hpp>

#include <exception>
#include <utility>

namespace mortise {
inline namespace v1 {
namespace detail {

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
    } catch (const Error& failure) {
        tell(error, failure.what());
        return failure.status() < 0 ? failure.status() : MORTISE_ERROR;
    } catch (const std::exception& failure) {
        tell(error, failure.what());
    } catch (...) {
        tell(error, "an exception of unknown type");
    }
    return MORTISE_ERROR;
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
    } catch (const std::exception& failure) {
        report(std::string_view(failure.what()));
    } catch (...) {
        report(std::string_view("an exception of unknown type"));
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
