// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <string_view>

namespace mortise::openapi {

struct Settings {
    std::string_view docs = "auto";
    std::string_view jsonPath = "/openapi.json";
    std::string_view yamlPath = "/openapi.yaml";
    std::string_view docsPath = "/docs";
    std::string_view title = "Mortise";
    std::string_view version = "1.0.0";
    std::string_view description;
    std::string_view license;
    std::string_view contactName;
    std::string_view contactUrl;
    std::string_view contactEmail;
    mortise::TextList servers{"/"};
};
MORTISE_SETTINGS(
    Settings,
    field(docs)
        .choices("auto", "on", "off")
        .text("Whether document and page are served; auto: in development mode only."),
    field(jsonPath).text("Path of the document as JSON."),
    field(yamlPath).text("Path of the document as YAML; empty: none."),
    field(docsPath).text("Path of the interactive page; empty: none."),
    field(title).minLength(1).text("Name of the API."), field(version).minLength(1).text("Version of the API."),
    field(description).text("What the API is for, in CommonMark."),
    field(license).text("SPDX identifier of the API's license; empty: none is named."),
    field(contactName).text("Who to turn to; empty: nobody is named."),
    field(contactUrl).text("Where to turn to; empty: none is named."),
    field(contactEmail).text("Address to write to; empty: none is named."),
    field(servers).text("Where the API is reached, as clients see it: addresses, or paths on this server."))

} // namespace mortise::openapi
