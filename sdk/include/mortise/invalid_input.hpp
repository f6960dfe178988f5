// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/detail/counted.hpp>
#include <mortise/http_error.hpp>
#include <mortise/issues.hpp>

#include <utility>
#include <vector>

namespace mortise {
inline namespace v1 {

// Input that passed its schema and cannot be used: a 400 with these details, as the host's validator replies; of a
// field of GraphQL BAD_USER_INPUT with them.
class InvalidInput : public HttpError {
public:
    explicit InvalidInput(std::vector<Detail> details)
        : HttpError(400, "Validation error"), details_(detail::Shared<std::vector<Detail>>::make(std::move(details))) {}

    const std::vector<Detail>& details() const noexcept { return *details_; }

private:
    detail::Shared<std::vector<Detail>> details_; // copies of exceptions do not throw
};

} // namespace v1
} // namespace mortise
