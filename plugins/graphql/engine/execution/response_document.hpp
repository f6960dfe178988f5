// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/json_output.hpp"
#include "language/error.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace mortise::graphql {

// What whoever serves a response adds to its errors.
class ErrorExtensions {
public:
    virtual ~ErrorExtensions() = default;
    // Writes the object of `extensions`; nothing for none.
    virtual void write(const Error& error, JsonOutput& output) const = 0;
};

// Writes `{"errors":[…],"data":…}`, in graphql-js's order of keys; without data (a request that was not executed) there
// is no such key. `source` is the document's text, of which locations are counted.
void writeResponse(JsonOutput& output, std::string_view source, std::span<const Error> errors,
                   std::optional<std::string_view> data, const ErrorExtensions* extensions = nullptr);

} // namespace mortise::graphql
