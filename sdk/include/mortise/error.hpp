// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/status.hpp>
#include <mortise/detail/view.hpp>
#include <mortise/http_error.hpp>
#include <mortise/sql_error.hpp>

#include <string>

namespace mortise {
inline namespace v1 {

// A bounded queue is full or a lock stayed taken. Leaving a handler on an event loop it makes the host call again on a
// worker, on a worker it is answered 503 with Retry-After.
class Busy : public HttpError {
public:
    explicit Busy(const std::string& text = "busy") : HttpError(503, "Service unavailable", 1, text, MORTISE_BUSY) {}
};

// Two route patterns that would match the same requests; the text shows both.
class RouteConflict : public Error {
public:
    explicit RouteConflict(const std::string& text) : Error(text, MORTISE_CONFLICT) {}
};

// An argument breaks the contract of the call.
class Invalid : public Error {
public:
    explicit Invalid(const std::string& text) : Error(text, MORTISE_INVALID) {}
};

// The call needs the turn of a request that the host has ended meanwhile (a deadline, a reload, a stop), or that never
// was the caller's. Nothing was done, and whatever the plugin still replies is dropped.
class Stale : public Error {
public:
    explicit Stale(const std::string& text) : Error(text, MORTISE_STALE) {}
};

// The service is not there: optional and nobody gives it, or the peer is older than the call.
class Absent : public Error {
public:
    explicit Absent(const std::string& what) : Error(what + " is absent", MORTISE_ABSENT) {}
};

namespace detail {

// Throws what `status` stands for; returns on success. A known positive one, where a function lists it, is handled
// before.
inline void raise(mortise_status status, const char* what, std::string_view sentence = {}) {
    const mortise_status known = peerStatus(status, MORTISE_BUSY, MORTISE_CONFLICT, MORTISE_INVALID, MORTISE_STALE,
                                            MORTISE_UNSUPPORTED, MORTISE_UNAUTHORIZED, MORTISE_REFUSED);
    if (known == MORTISE_OK) return;
    std::string text = what;
    if (!sentence.empty()) text.append(": ").append(sentence);
    switch (known) {
    case MORTISE_BUSY:
        throw Busy(text);
    case MORTISE_CONFLICT:
        throw UniqueConflict(text);
    case MORTISE_INVALID:
        throw Invalid(text);
    case MORTISE_STALE:
        throw Stale(text);
    default:
        throw Error(text, known);
    }
}

// By reference: the text is read after the call that wrote it, whatever the order of evaluation.
inline void raise(mortise_status status, const char* what, const ErrorText& error) {
    raise(status, what, error.text());
}

} // namespace detail
} // namespace v1
} // namespace mortise
