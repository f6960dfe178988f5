// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace mortise::graphql {

// What kind of fault an error reports; whoever serves it chooses the code and the status by it.
enum class ErrorKind : std::uint8_t {
    syntax,     // the text is no GraphQL
    limit,      // the document is larger, deeper or costlier than a limit allows
    validation, // a rule of validation does not hold
    request,    // operationName names none, or the operation's kind is not allowed
    variables,  // a variable's value does not fit its type
    argument,   // execution: an argument or a condition does not fit, so that the field at `path` has no value
    field,      // execution: the field at `path` has no value
};

// A name of the response or an index of a list.
using PathSegment = std::variant<std::string, std::uint32_t>;

// Bounds of one error of a request: what is longer is cut, a message between two characters, with `…` at its end.
inline constexpr std::size_t maximumMessage = 4'000;
inline constexpr std::size_t maximumOffsets = 100;

// An error as a client sees it. `message` is graphql-js's wording where graphql-js reports the same fault.
struct Error {
    ErrorKind kind = ErrorKind::validation;
    std::string message;
    std::vector<std::uint32_t> offsets; // bytes of the document; LineIndex makes locations of them
    std::vector<PathSegment> path;      // of execution only; empty otherwise
    std::uint32_t cause = 0;            // execution: what the resolver gave beside the message, 0 when it gave nothing
};

} // namespace mortise::graphql
