// SPDX-License-Identifier: Apache-2.0
#include "graphql_endpoint.hpp"

#include "allowed_operations_check.hpp"
#include "allowed_operations_file.hpp"
#include "operation.hpp"
#include "operation_result.hpp"

#include <mortise/plugin.hpp>
#include <mortise/text/accept.hpp>
#include <mortise/text/field_text.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace mortise::graphql {
namespace {

constexpr std::string_view keyField = "Idempotency-Key";

std::unique_ptr<PersistedOperations> storeOf(const Settings& settings) {
    if (!settings.persistedOperations || !settings.allowedOperations.empty()) return nullptr;
    const auto size = [](Bytes bytes) { return static_cast<std::size_t>(bytes.count); };
    return std::make_unique<PersistedOperations>(PersistedLimits{
        size(settings.persistedSize), size(settings.persistedClientSize), settings.persistedClientOperations});
}

// A response of GraphQL, which is of either media type.
RouteBuilder<> replies(const RouteBuilder<>& route, std::uint32_t status, std::string_view said) {
    return route.replies<OperationResult>(status, said).repliesMedia(status, "application/graphql-response+json", said);
}

RouteBuilder<> documented(const RouteBuilder<>& route, std::string_view id) {
    route.operationId(id).summary("Executes an operation of GraphQL").tags("graphql").optionallyAuthenticated();
    replies(route, 200, "The operation's data and errors");
    replies(route, 400, "Nothing was executed: its errors");
    replies(route, 403, "The operation is not on the server's list");
    route.repliesError(406, "The client accepts neither application/graphql-response+json nor application/json");
    replies(route, 429, "The fields of the mutation are too many requests");
    return replies(route, 503, "The mutation could not be carried out now");
}

std::optional<ResponseMediaType> mediaTypeOf(const Request& request) {
    Accept<2> accept(responseMediaTypes);
    const mortise_request& raw = request.raw();
    for (std::uint32_t i = 0; i < raw.field_count; ++i)
        if (equalFieldText(text(raw.fields[i].name), "Accept")) accept.add(text(raw.fields[i].value));
    return chooseMediaType(accept);
}

Reply notAcceptable() {
    return Reply::error(406, "Not acceptable").field("Vary", "Accept");
}

} // namespace

GraphQlEndpoint::GraphQlEndpoint(OperationServices& services, const Settings& settings, const Crypto& crypto)
    : services_(services),
      settings_(settings),
      crypto_(crypto),
      source_(storeOf(settings), [this](std::string_view text) { return crypto_.sha256(text); }) {}

void GraphQlEndpoint::declare(Setup& setup, std::string_view path, bool hasDatabase, SchemaOf schemaOf) {
    schemaOf_ = std::move(schemaOf);
    services_.vary = setup.headerBlock({{"Vary", "Accept"}});
    auto posted = documented(setup.post(path), "graphql");
    auto got = documented(setup.get(path), "graphqlQuery");
    // Without a database nothing is read, and no response kept.
    if (hasDatabase) {
        posted.reads().idempotent();
        got.reads();
    } else {
        posted.onLoop();
        got.onLoop();
    }
    // What is in it is looked at by GraphQlRequest, and by the schemas of the arguments.
    static_cast<void>(posted.nulInBody().body<RawJson>());
    posted.handle([this](Request& request) { return post(request); });
    replies(got, 405, "A mutation, which is executed by POST only")
        .query<GetParameters>()
        .handle([this](Request& request, const GetParameters& parameters) { return get(request, parameters); });
}

void GraphQlEndpoint::readAllowList(ContributedSchema& schema) const {
    if (settings_.allowedOperations.empty()) return;
    const std::string path = settings_.allowedOperations.string();
    auto operations = readAllowedOperations(path, services_.json, crypto_);
    if (const std::string faults = faultsIn(*operations, schema.engine()); !faults.empty())
        throw Invalid(path + ": " + faults);
    schema.allowOnly(std::move(operations));
}

Reply GraphQlEndpoint::post(Request& request) const {
    const auto mediaType = mediaTypeOf(request);
    if (!mediaType) return notAcceptable();
    GraphQlRequest wanted;
    if (const auto refusal = GraphQlRequest::read(request.raw().json_body, wanted))
        return refuse(request, *refusal, *mediaType);
    const std::uint32_t loop = services_.loops.current();
    return execute(request, wanted, *mediaType, schemaOf_(request).operations().take(loop), loop);
}

Reply GraphQlEndpoint::get(Request& request, const GetParameters& parameters) const {
    const auto mediaType = mediaTypeOf(request);
    if (!mediaType) return notAcceptable();
    const std::uint32_t loop = services_.loops.current();
    OperationLease operation = schemaOf_(request).operations().take(loop);
    GraphQlRequest wanted;
    RequestTape extensions;
    if (const auto refusal = GraphQlRequest::read(parameters, services_.json, operation->tape(), extensions, wanted))
        return refuse(request, *refusal, *mediaType);
    return execute(request, wanted, *mediaType, std::move(operation), loop);
}

Reply GraphQlEndpoint::execute(Request& request, GraphQlRequest& wanted, ResponseMediaType mediaType,
                               OperationLease operation, std::uint32_t loop) const {
    const ContributedSchema& schema = schemaOf_(request);
    FoundOperation found;
    if (const auto refusal = source_.find(wanted.reference, schema.allowedOperations(), found))
        return refuse(request, *refusal, mediaType);
    wanted.query = found.text;
    Caller caller;
    caller.turn = request.exchange();
    caller.principal = request.raw().principal;
    caller.requestId = request.id();
    caller.timeLeft = request.timeLeft();
    caller.hasKey = request.hasField(keyField);
    caller.isSafe = request.method() != "POST";
    caller.mediaType = mediaType;
    if (caller.isSafe && caller.principal == nullptr)
        caller.maxAge = static_cast<std::uint32_t>(
            std::chrono::duration_cast<std::chrono::seconds>(settings_.anonymousMaxAge).count());
    const bool isReady = schema.operations().withCache(
        loop, [&](PlanCache& cache) { return operation->prepare(cache, wanted, caller); });
    if (!isReady) return operation->takeReply();
    if (found.digest) {
        const ClientNetwork client = request.clientNetwork();
        source_.keep(found, {client.network, client.family});
    }
    if (loop != 0 && operation->needsWorker()) throw Busy("the operation has fields that are placed on a worker");
    if (operation->isMutation())
        if (auto limited = limitedReply(request, *operation, mediaType)) return *std::move(limited);
    if (operation->run()) {
        if (operation->isBusy()) throw Busy("a field is busy on the event loop");
        return operation->takeReply();
    }
    Operation::park(std::move(operation), request.defer());
    return Reply::later();
}

// A mutation's fields count as requests to their twins, all of them before the first is executed.
std::optional<Reply> GraphQlEndpoint::limitedReply(const Request& request, const Operation& operation,
                                                   ResponseMediaType mediaType) const {
    if (!services_.limits) return std::nullopt;
    const ClientNetwork client = request.clientNetwork();
    const std::string route = std::string(request.method()).append(1, ' ').append(request.route());
    const RequestLimit limit = services_.limits->count(client.network, client.family, route, operation.twins());
    if (!limit.refused) return std::nullopt;
    RequestRefusal refusal{"Too many requests, please try again later.", "TOO_MANY_REQUESTS"};
    refusal.status = 429;
    return refuse(request, refusal, mediaType).field("Retry-After", std::to_string(limit.retryAfter));
}

Reply GraphQlEndpoint::refuse(const Request& request, const RequestRefusal& refusal,
                              ResponseMediaType mediaType) const {
    return refusedReply(refusal, mediaType, request.id()).block(services_.vary);
}

} // namespace mortise::graphql
