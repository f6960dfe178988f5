// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/settings.hpp>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mortise::graphql {

struct Settings {
    std::string_view docs = "auto";
    std::string_view graphiqlPath = "/graphiql";
    std::string_view schemaPath = "/graphql/schema.graphql";
    bool openQueries = false;
    bool introspection = true;
    bool suggestions = true;
    mortise::Bytes maxQuerySize{100'000};
    std::uint32_t maxTokens = 5'000;
    std::uint32_t maxDepth = 50;
    std::uint32_t maxAliases = 50;
    std::uint32_t maxRootFields = 20;
    std::uint32_t maxMutationFields = 5;
    std::uint64_t maxCost = 10'000;
    std::uint32_t maxErrors = 50;
    std::uint32_t maxVariableValues = 100'000;
    std::uint32_t maxObjects = 100'000;
    mortise::Bytes maxExecutionSize{std::uint64_t{32} * 1024 * 1024};
    mortise::Bytes maxResponseSize{std::uint64_t{16} * 1024 * 1024};
    std::chrono::milliseconds anonymousMaxAge{0};
    bool persistedOperations = true;
    mortise::Bytes persistedSize{std::uint64_t{16} * 1024 * 1024};
    mortise::Bytes persistedClientSize{std::uint64_t{1} * 1024 * 1024};
    std::uint32_t persistedClientOperations = 200;
    mortise::Path allowedOperations;
    mortise::Bytes planCacheSize{std::uint64_t{4} * 1024 * 1024};
};
MORTISE_SETTINGS(
    Settings,
    field(docs)
        .choices("auto", "on", "off")
        .text("Whether page and schema are served; auto: in development mode only."),
    field(graphiqlPath).text("Path of the interactive page; empty: none."),
    field(schemaPath).text("Path of the schema as SDL; empty: none."),
    field(openQueries)
        .text("Whether fields that may be opened, such as users and user, need no token; what they give "
              "is then for everybody."),
    field(introspection).text("Whether clients may ask for the schema (__schema, __type)."),
    field(suggestions).text("Whether messages name what the schema has ('Did you mean ...?')."),
    field(maxQuerySize).min(mortise::Bytes{1'000}).max(mortise::Bytes{16 * 1024 * 1024}).text("Size of a document."),
    field(maxTokens).min(100).max(1'000'000).unit("tokens").text("Tokens of a document."),
    field(maxDepth).min(5).max(200).unit("levels").text("Fields within each other, fragments followed."),
    field(maxAliases).min(0).max(100'000).unit("aliases").text("Aliases of an operation, fragments followed."),
    field(maxRootFields).min(1).max(10'000).unit("fields").text("Fields of Query in an operation."),
    field(maxMutationFields).min(1).max(1'000).unit("fields").text("Fields of Mutation in an operation."),
    field(maxCost)
        .min(10)
        .max(1'000'000'000)
        .text("Cost of an operation: its fields, each as often as the lists around it may have items."),
    field(maxErrors).min(1).max(1'000).unit("errors").text("Errors in a response; further ones are only counted."),
    field(maxVariableValues)
        .min(100)
        .max(10'000'000)
        .unit("values")
        .text("Values in the variables of a request, with their defaults."),
    field(maxObjects).min(100).max(10'000'000).unit("objects").text("Objects of one field at one level."),
    field(maxExecutionSize)
        .min(mortise::Bytes{64 * 1024})
        .max(mortise::Bytes{std::uint64_t{4} * 1024 * 1024 * 1024})
        .text("Memory for the objects and values of an operation."),
    field(maxResponseSize)
        .min(mortise::Bytes{4 * 1024})
        .max(mortise::Bytes{std::uint64_t{1024} * 1024 * 1024})
        .text("Size of the data of a response."),
    field(anonymousMaxAge)
        .min(std::chrono::milliseconds(0))
        .max(std::chrono::hours(24))
        .text("How long caches may keep responses to queries by GET without a token, in whole seconds; 0: not at all."),
    field(persistedOperations).text("Whether clients may name an operation that they have sent once by its SHA-256."),
    field(persistedSize)
        .min(mortise::Bytes{64 * 1024})
        .max(mortise::Bytes{std::uint64_t{1024} * 1024 * 1024})
        .text("Memory for such operations, of all clients; the client that has the largest share loses them first."),
    field(persistedClientSize)
        .min(mortise::Bytes{4 * 1024})
        .max(mortise::Bytes{std::uint64_t{1024} * 1024 * 1024})
        .text("Memory for those of one client."),
    field(persistedClientOperations)
        .min(1)
        .max(1'000'000)
        .unit("operations")
        .text("Such operations of one client; a further one displaces the one that was used least recently."),
    field(allowedOperations)
        .text("A file with operations, by their names, as relay-compiler, graphql-codegen and Apollo's generator write "
              "it: no others are executed. Read at the start and at each reload."),
    field(planCacheSize)
        .min(mortise::Bytes{0})
        .max(mortise::Bytes{std::uint64_t{1024} * 1024 * 1024})
        .text("Memory for documents that are ready to be executed, of each event loop and each worker."))

} // namespace mortise::graphql
