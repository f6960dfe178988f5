// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>

#include <optional>
#include <string_view>

namespace mortise::graphql {

// The query of a URL (GraphQL over HTTP, GET). An empty text is as none.
struct GetParameters {
    std::optional<std::string_view> query;
    std::optional<std::string_view> operationName;
    std::optional<std::string_view> variables;
    std::optional<std::string_view> extensions;
    std::optional<std::string_view> documentId;
};
MORTISE_DESCRIBE(GetParameters, field(query).text("The document"),
                 field(operationName).text("Which of its operations is executed"),
                 field(variables).text("Values of the operation's variables by their names: an object in JSON"),
                 field(extensions).text("What further protocols need: an object in JSON"),
                 field(documentId).text("In the place of the document: the name of one that the server knows"))

} // namespace mortise::graphql
