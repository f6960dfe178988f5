// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::graphql {

// What a response of GraphQL looks like, for documentation: GraphQL October 2021, section 7.1.

struct ResultLocation {
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};
MORTISE_DESCRIBE(ResultLocation, field(line).min(1), field(column).min(1))

struct ResultExtensions {
    std::string code;
    std::string requestId;
    std::optional<std::vector<RawJson>> validationErrors;
};
MORTISE_DESCRIBE(ResultExtensions, field(code).text("What kind of error it is").example("BAD_USER_INPUT"),
                 field(requestId).text("Of the request, as in the log"),
                 field(validationErrors).text("What is wrong with the input, as the details of REST"))

struct ResultError {
    std::string message;
    std::optional<std::vector<ResultLocation>> locations;
    std::optional<std::vector<RawJson>> path;
    ResultExtensions extensions;
};
MORTISE_DESCRIBE(ResultError, field(message), field(locations).text("Where in the document"),
                 field(path).text("Which value of the data is missing for it: names, and places in lists"),
                 field(extensions))

struct OperationResult {
    std::optional<RawJson> data;
    std::optional<std::vector<ResultError>> errors;
};
MORTISE_DESCRIBE(OperationResult, field(data).text("What was asked for; not there where nothing was executed"),
                 field(errors).text("Not there where there are none"))

} // namespace mortise::graphql
