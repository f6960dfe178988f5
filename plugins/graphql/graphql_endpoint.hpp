// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "contributed_schema.hpp"
#include "get_parameters.hpp"
#include "graphql_request.hpp"
#include "graphql_settings.hpp"
#include "operation_services.hpp"
#include "operation_source.hpp"
#include "request_refusal.hpp"
#include "response_media_type.hpp"

#include <mortise/crypto.hpp>
#include <mortise/request.hpp>
#include <mortise/setup.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace mortise::graphql {

// GraphQL over HTTP: the routes that execute operations. From the request to an operation, and on whose behalf. Thread:
// any, once it is declared.
class GraphQlEndpoint {
public:
    // What serves a turn; it stays until the turn is over.
    using SchemaOf = std::function<const ContributedSchema&(const Request& request)>;

    // `services` outlives it.
    GraphQlEndpoint(OperationServices& services, const Settings& settings, const Crypto& crypto);
    GraphQlEndpoint(const GraphQlEndpoint&) = delete; // its source refers to it
    GraphQlEndpoint& operator=(const GraphQlEndpoint&) = delete;

    // `hasDatabase`: fields may read it, and mutations keep their responses there.
    void declare(Setup& setup, std::string_view path, bool hasDatabase, SchemaOf schemaOf);
    // Where there is an allow-list: reads it anew, for a generation. Throws Invalid with what is wrong with it.
    void readAllowList(ContributedSchema& schema) const;

private:
    Reply post(Request& request) const;
    Reply get(Request& request, const GetParameters& parameters) const;
    Reply execute(Request& request, GraphQlRequest& wanted, ResponseMediaType mediaType, OperationLease operation,
                  std::uint32_t loop) const;
    std::optional<Reply> limitedReply(const Request& request, const Operation& operation,
                                      ResponseMediaType mediaType) const;
    Reply refuse(const Request& request, const RequestRefusal& refusal, ResponseMediaType mediaType) const;

    OperationServices& services_;
    const Settings& settings_;
    Crypto crypto_;
    OperationSource source_;
    SchemaOf schemaOf_;
};

} // namespace mortise::graphql
