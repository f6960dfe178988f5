// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "get_parameters.hpp"
#include "operation_source.hpp"
#include "request_refusal.hpp"
#include "request_tape.hpp"

#include <mortise/abi/json_node.h>
#include <mortise/json.hpp>

#include <optional>
#include <string_view>

namespace mortise::graphql {

// What a client asks for (GraphQL over HTTP, Request Parameters). Views are those of the request.
struct GraphQlRequest {
    OperationReference reference;
    std::string_view query;         // the document, once `reference` was looked up
    std::string_view operationName; // empty: none
    const mortise_json_tape* tape = nullptr;
    const mortise_json_node* variables = nullptr; // an object of the tape; null: none

    // Of a JSON body. Nothing: `wanted` is complete but for the document.
    static std::optional<RequestRefusal> read(const mortise_json_tape* body, GraphQlRequest& wanted);
    // Of a URL. `tape` gets the variables and stays as long as `wanted` does, `extensions` likewise.
    static std::optional<RequestRefusal> read(const GetParameters& parameters, const Json& json, RequestTape& tape,
                                              RequestTape& extensions, GraphQlRequest& wanted);
};

} // namespace mortise::graphql
