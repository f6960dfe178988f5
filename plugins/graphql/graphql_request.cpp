// SPDX-License-Identifier: Apache-2.0
#include "graphql_request.hpp"

#include <cstdint>

namespace mortise::graphql {

std::optional<GraphQlRequest> GraphQlRequest::read(const mortise_json_tape* body, std::string_view& fault) {
    if (body == nullptr || body->nodes[0].kind != MORTISE_JSON_OBJECT) {
        fault = "The body must be a JSON object.";
        return std::nullopt;
    }
    GraphQlRequest wanted;
    wanted.tape = body;
    bool hasQuery = false;
    const mortise_json_node* at = body->nodes + 1;
    for (std::uint32_t i = 0; i < body->nodes[0].length; ++i) {
        const std::string_view name(body->text + at->offset, at->length);
        const mortise_json_node& value = at[1];
        at = mortise_json_next(&value);
        const bool isNull = value.kind == MORTISE_JSON_NULL;
        const bool isText = value.kind == MORTISE_JSON_STRING;
        const std::string_view text = isText ? std::string_view(body->text + value.offset, value.length) : "";
        if (name == "query") {
            hasQuery = isText;
            wanted.query = text;
        } else if (name == "operationName") {
            if (!isText && !isNull) fault = "'operationName' must be a string or null.";
            wanted.operationName = text;
        } else if (name == "variables") {
            if (value.kind == MORTISE_JSON_OBJECT)
                wanted.variables = &value;
            else if (!isNull)
                fault = "'variables' must be an object or null.";
        } else if (name == "extensions" && value.kind != MORTISE_JSON_OBJECT && !isNull) {
            fault = "'extensions' must be an object or null.";
        }
    }
    if (!hasQuery) fault = "'query' must be a string.";
    if (!fault.empty()) return std::nullopt;
    return wanted;
}

} // namespace mortise::graphql
