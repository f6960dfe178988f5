// SPDX-License-Identifier: Apache-2.0
#include "execution/engine.hpp"

#include "execution/planner.hpp"
#include "validation/operation_cost.hpp"
#include "validation/resolution.hpp"

#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

bool isSubscription(const PreparedDocument& document, NodeId operation) {
    return static_cast<OperationKind>(document.document()[operation].flags) == OperationKind::subscription;
}

} // namespace

std::shared_ptr<const PreparedDocument> Engine::prepareDocument(std::string_view text) const {
    if (text.size() > settings_.text.bytes) { // which is not copied
        ParseResult refused = parseDocument(text, settings_.text);
        return std::make_shared<const PreparedDocument>(schema_, std::string(), std::vector{std::move(*refused.error)});
    }
    auto kept = std::make_unique<const std::string>(text);
    ParseResult parsed = parseDocument(*kept, settings_.text);
    if (parsed.error)
        return std::make_shared<const PreparedDocument>(schema_, std::string(text),
                                                        std::vector{std::move(*parsed.error)});
    const auto prepared = std::make_shared<PreparedDocument>(schema_, std::move(kept), std::move(parsed.document));
    std::vector<Error> errors =
        checkDocumentLimits(prepared->document(), settings_.document, settings_.validation.maximumErrors);
    Resolution resolution;
    if (errors.empty()) errors = validate(*schema_, prepared->document(), settings_.validation, resolution);
    if (!errors.empty())
        prepared->refuse(std::move(errors));
    else if (prepared->hasVariables())
        prepared->keepResolution(std::move(resolution));
    return prepared;
}

std::optional<Error> Engine::costError(const PreparedDocument& document, NodeId operation,
                                       const Values& variables) const {
    const auto check = [&](const Resolution& resolution) {
        return checkCost(*schema_, document.document(), resolution, operation, variables.empty() ? nullptr : &variables,
                         settings_.document.cost);
    };
    return document.resolution() ? check(*document.resolution()) : check(Resolution(*schema_, document.document()));
}

void Engine::prepare(PlanCache& cache, std::string_view text, std::string_view operationName, const Values& variables,
                     PreparedRequest& request) const {
    request.plan = nullptr;
    request.variables.clear();
    request.errors.clear();
    PlanCache::Entry* entry = cache.find(text);
    if (entry == nullptr) {
        request.document = prepareDocument(text);
        if (request.document->text().size() == text.size()) entry = cache.insert(request.document);
    } else if (request.document != entry->document()) {
        request.document = entry->document();
    }
    const PreparedDocument& document = *request.document;
    request.errors = document.errors();
    if (!request.errors.empty()) return;
    std::optional<Error> error;
    const NodeId operation = document.operation(operationName, error);
    if (error) return request.errors.push_back(std::move(*error));
    if (!settings_.subscriptions && isSubscription(document, operation))
        return request.errors.push_back({ErrorKind::request,
                                         "Subscriptions are not executed here, only queries and mutations.",
                                         {document.document()[operation].offset},
                                         {},
                                         0});
    if (document.document().child(operation, NodeKind::variableDefinition) != noNode &&
        !coerceVariables(*schema_, document.document(), operation, variables, settings_.variables, request.variables,
                         request.errors))
        return;
    if (document.hasVariables()) // else it is checked where it is planned
        if (std::optional<Error> cost = costError(document, operation, request.variables))
            return request.errors.push_back(std::move(*cost));
    const std::uint64_t conditionBits = document.conditionBits(request.variables);
    if (entry != nullptr)
        if (const std::shared_ptr<const Plan>* known = entry->plan(operation, conditionBits)) {
            request.plan = *known;
            return;
        }
    if (!document.hasVariables())
        if (std::optional<Error> cost = costError(document, operation, request.variables))
            return request.errors.push_back(std::move(*cost));
    PlanResult planned = Planner(request.document, operation, conditionBits, settings_.plan).run(marks_);
    if (planned.error) return request.errors.push_back(std::move(*planned.error));
    request.plan = std::move(planned.plan);
    if (entry != nullptr) cache.add(*entry, operation, conditionBits, request.plan);
}

} // namespace mortise::graphql
