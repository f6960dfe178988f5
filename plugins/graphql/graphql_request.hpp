// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/abi/json_node.h>

#include <optional>
#include <string_view>

namespace mortise::graphql {

// What a client asks for (GraphQL over HTTP, 5.1). Views are those of the request.
struct GraphQlRequest {
    std::string_view query;
    std::string_view operationName; // empty: none
    const mortise_json_tape* tape = nullptr;
    const mortise_json_node* variables = nullptr; // an object of the tape; null: none

    // Of a JSON body. Nothing: `fault` says what is wrong with it.
    static std::optional<GraphQlRequest> read(const mortise_json_tape* body, std::string_view& fault);
};

} // namespace mortise::graphql
