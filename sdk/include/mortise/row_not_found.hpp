// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/http_error.hpp>

#include <string>
#include <string_view>

namespace mortise {
inline namespace v1 {

// The row that a call wants to change or to have is not there: 404 "Resource not found", or as its label says.
class RowNotFound : public HttpError {
public:
    explicit RowNotFound(std::string_view label = "Resource")
        : HttpError(404, std::string(label) + " not found", 0, "no such row") {}
};

} // namespace v1
} // namespace mortise
