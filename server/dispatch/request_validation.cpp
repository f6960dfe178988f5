// SPDX-License-Identifier: Apache-2.0
#include "dispatch/request_validation.hpp"

#include "dispatch/error_response.hpp"
#include "dispatch/host_names.hpp"
#include "dispatch/request_fields.hpp"
#include "http/field_block.hpp"
#include "json/form.hpp"
#include "json/parser.hpp"

#include <mortise/text/media_type.hpp>

#include <array>
#include <span>
#include <utility>

namespace mortise::dispatch {
namespace {

// A tape that passed: defaults filled in, shown to the plugin through `shown`.
const mortise_json_tape* show(const json::Schema& schema, json::Tape& tape, mortise_json_tape& shown) {
    schema.applyDefaults(tape);
    tape.shrink(RequestData::keptBytes);
    shown = tape.view();
    return &shown;
}

std::optional<ValidationFailure> readBody(RequestData& state, BodyKind kind, const ServingSettings& serving) {
    if (state.upload != nullptr) {
        json::FormLimits limits;
        limits.pairs = static_cast<std::uint32_t>(serving.uploads.parts);
        if (json::readFields(state.upload->fields(), &*state.route->body, state.bodyTape, limits))
            return ValidationFailure{error::malformedForm, std::nullopt, json::Details()};
        return std::nullopt;
    }
    const std::string_view body = text(state.request.body);
    if (kind == BodyKind::form) {
        if (json::readForm(body, &*state.route->body, state.bodyTape))
            return ValidationFailure{error::malformedForm, std::nullopt, json::Details()};
        return std::nullopt;
    }
    json::ParseLimits limits;
    limits.depth = serving.maxJsonDepth;
    limits.nodes = serving.maxJsonValues;
    if (const auto fault = json::parse(body, state.bodyTape, limits)) {
        const bool tooMany = fault->reason == json::ParseFault::Reason::too_many_values;
        return ValidationFailure{tooMany ? error::manyJsonValues : error::malformedJson, fault->position,
                                 json::Details()};
    }
    return std::nullopt;
}

bool readPath(RequestData& state) {
    std::array<json::FormPair, 16> pairs;
    const std::size_t count = state.parameters.size() < pairs.size() ? state.parameters.size() : pairs.size();
    for (std::size_t i = 0; i < count; ++i)
        pairs[i] = {text(state.parameters[i].name), text(state.parameters[i].value)};
    json::Details ignored(1);
    return !json::readPairs(std::span(pairs.data(), count), &*state.route->path, state.pathTape) &&
           state.route->path->validate(state.pathTape, ignored, {json::Location::path, false});
}

} // namespace

BodyKind bodyKindOf(std::string_view contentType, bool takesForms) {
    const std::optional<MediaType> media = MediaType::parse(contentType);
    if (!media) return BodyKind::unsupported;
    if (media->is("application/x-www-form-urlencoded")) return takesForms ? BodyKind::form : BodyKind::unsupported;
    return media->is("application/json") && media->isUtf8() ? BodyKind::json : BodyKind::unsupported;
}

std::optional<ValidationFailure> validateRequest(RequestData& state, std::string_view contentType,
                                                 const ServingSettings& serving) {
    const Route& route = *state.route;
    mortise_request& request = state.request;
    if (route.path) {
        if (!readPath(state)) return ValidationFailure{error::routeNotFound, std::nullopt, json::Details()};
        request.json_path = show(*route.path, state.pathTape, state.pathView);
    }
    const bool reject = serving.rejectUnknown || (route.flags & MORTISE_ROUTE_REJECT_UNKNOWN) != 0;
    const bool isOptional = (route.flags & MORTISE_ROUTE_BODY_OPTIONAL) != 0;
    const bool isAbsent =
        route.takesFiles() ? state.upload == nullptr : isOptional && request.body.size == 0 && contentType.empty();
    const bool hasBody = route.body && !isAbsent;
    if (hasBody)
        if (auto failure = readBody(state, bodyKindOf(contentType, route.takesForms()), serving)) return failure;
    if (route.query && json::readForm(text(request.query), &*route.query, state.queryTape))
        return ValidationFailure{error::malformedQuery, std::nullopt, json::Details()};
    const std::span fields(request.fields, request.field_count);
    if (route.headers && !readHeaders(fields, *route.headers, state.headerTape))
        return ValidationFailure{error::malformedHeader, std::nullopt, json::Details()};
    if (route.cookies) readCookies(fields, *route.cookies, state.cookieTape);

    json::Details details;
    const bool refusesNul = (route.flags & MORTISE_ROUTE_NUL_IN_BODY) == 0;
    if (hasBody) route.body->validate(state.bodyTape, details, {json::Location::body, reject, refusesNul});
    if (route.query) route.query->validate(state.queryTape, details, {json::Location::query, reject});
    if (route.headers) route.headers->validate(state.headerTape, details, {json::Location::header, false});
    if (route.cookies) route.cookies->validate(state.cookieTape, details, {json::Location::cookie, false});
    if (!details.empty()) return ValidationFailure{error::validation, std::nullopt, std::move(details)};
    if (hasBody) request.json_body = show(*route.body, state.bodyTape, state.bodyView);
    if (route.query) request.json_query = show(*route.query, state.queryTape, state.queryView);
    if (route.headers) request.json_headers = show(*route.headers, state.headerTape, state.headerView);
    if (route.cookies) request.json_cookies = show(*route.cookies, state.cookieTape, state.cookieView);
    return std::nullopt;
}

} // namespace mortise::dispatch
