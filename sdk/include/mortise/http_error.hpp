// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/types.h>
#include <mortise/detail/counted.hpp>

#include <cstdint>
#include <exception>
#include <string>

namespace mortise {
inline namespace v1 {

// A failure that has a status of its own at the C boundary. Expected outcomes (404, 409) are replies, not exceptions.
// No std::runtime_error: <stdexcept> is longer than most of what plugin.hpp has.
class Error : public std::exception {
public:
    explicit Error(const std::string& text, mortise_status status = MORTISE_ERROR)
        : text_(detail::Shared<std::string>::make(text)), status_(status) {}

    const char* what() const noexcept override { return text_ ? text_->c_str() : ""; }
    mortise_status status() const noexcept { return status_; }

private:
    detail::Shared<std::string> text_; // copies of exceptions do not throw
    mortise_status status_;
};

// An Error that leaves a handler as a response: `code` (400-599) with `message` for the client. what() is for the log.
class HttpError : public Error {
public:
    // `retryAfter`: seconds, 0 for none.
    HttpError(std::uint32_t code, const std::string& message, unsigned retryAfter = 0)
        : HttpError(code, message, retryAfter, message) {}

    std::uint32_t code() const noexcept { return code_; }
    const std::string& message() const noexcept { return message_; }
    unsigned retryAfter() const noexcept { return retryAfter_; }
    const std::string& errorCode() const noexcept { return errorCode_; } // as of a Reply, or empty

protected:
    HttpError(std::uint32_t code, const std::string& message, unsigned retryAfter, const std::string& text,
              mortise_status status = MORTISE_ERROR, const char* errorCode = "")
        : Error(text, status), code_(code), retryAfter_(retryAfter), message_(message), errorCode_(errorCode) {}

private:
    std::uint32_t code_;
    unsigned retryAfter_;
    std::string message_;
    std::string errorCode_;
};

} // namespace v1
} // namespace mortise
