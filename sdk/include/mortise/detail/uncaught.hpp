// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/body_field.hpp>
#include <mortise/error.hpp>
#include <mortise/invalid_input.hpp>
#include <mortise/log.hpp>
#include <mortise/reply.hpp>

#include <exception>
#include <string>

namespace mortise {
inline namespace v1 {
namespace detail {

// A rule that the schema does not know of is broken by a field of the body: a 400 that says so.
inline std::optional<Reply> replyToBrokenRule(const SqlError& failure, BodyField fieldOf) {
    const bool isLength = failure.kind() == SqlFailure::tooLong;
    if ((!isLength && failure.kind() != SqlFailure::check) || fieldOf == nullptr) return std::nullopt;
    const std::string_view field = fieldOf(failure.constraint());
    if (field.empty()) return std::nullopt;
    return invalid({{"body", "/" + std::string(field), isLength ? "maxLength" : "custom",
                     isLength ? "must be shorter" : "must be an allowed value"}});
}

inline Reply replyTo(const HttpError& failure, const Log& log) {
    if (failure.code() == 500) return internalError(failure.what()); // logged by the host
    if (failure.code() > 500)
        log.warn("A request was turned away", {{"error", failure.what()}});
    else
        log.debug("A request was refused", {{"error", failure.what()}});
    Reply reply = Reply::error(failure.code(), failure.message());
    if (!failure.errorCode().empty()) reply.errorCode(failure.errorCode());
    if (failure.retryAfter() != 0) reply.field("Retry-After", std::to_string(failure.retryAfter()));
    return reply;
}

// In a catch block: the reply to what nobody caught. `fieldOf` is of the request's body, or null.
inline Reply replyToUncaught(const Log& log, BodyField fieldOf) {
    try {
        throw;
    } catch (const SqlError& failure) {
        if (std::optional<Reply> refusal = replyToBrokenRule(failure, fieldOf)) return *std::move(refusal);
        return replyTo(failure, log);
    } catch (const InvalidInput& failure) {
        return invalid(failure.details());
    } catch (const HttpError& failure) {
        return replyTo(failure, log);
    } catch (const std::exception& failure) {
        return internalError(failure.what());
    } catch (...) {
        return internalError("an exception of unknown type");
    }
}
// Whether what was thrown, in a catch block, is to be tried again on a worker.
inline bool isBusy() noexcept {
    try {
        throw;
    } catch (const Error& failure) {
        return failure.status() == MORTISE_BUSY;
    } catch (...) {
        return false;
    }
}

} // namespace detail
} // namespace v1
} // namespace mortise
