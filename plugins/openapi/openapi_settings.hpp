// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <string>
#include <vector>

namespace mortise::openapi {

struct Settings {
    std::string docs = "auto";
    std::string jsonPath = "/openapi.json";
    std::string yamlPath = "/openapi.yaml";
    std::string docsPath = "/docs";
    std::string title = "Mortise";
    std::string version = "1.0.0";
    std::string description;
    std::string license;
    std::string contactName;
    std::string contactUrl;
    std::string contactEmail;
    std::vector<std::string> servers{"/"};
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
