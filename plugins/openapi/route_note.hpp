// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "json_tree.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mortise::openapi {

// A header field of a response.
struct FieldNote {
    std::string name;
    std::string text;
    std::optional<Json> schema; // none: text
};

struct ResponseNote {
    std::uint32_t status = 200;
    std::optional<Json> schema;
    std::string message;
    std::string mediaType; // empty: application/json where there is a schema
    std::vector<FieldNote> fields = {};
};

// What documentation says of a route.
struct RouteNote {
    enum class Caller { anyone, optional, required };

    std::string plugin;
    std::string method;  // upper case
    std::string pattern; // "/users/:id", "/files/*rest"
    std::string operationId;
    std::string summary;
    std::string description;
    std::vector<std::string> tags;
    std::string role;
    Caller caller = Caller::anyone;
    std::optional<Json> body;
    std::optional<Json> path; // schemas of objects whose members are the parameters
    std::optional<Json> query;
    std::optional<Json> headers;
    std::optional<Json> cookies;
    std::vector<std::string> bodyMediaTypes; // of a raw body
    std::vector<ResponseNote> responses;
    bool rawBody = false;
    bool bodyOptional = false;
    bool multipart = false;
    bool forms = false; // beside JSON
    bool deprecated = false;
};

} // namespace mortise::openapi
