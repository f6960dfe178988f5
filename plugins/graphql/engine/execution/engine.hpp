// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/plan.hpp"
#include "execution/plan_cache.hpp"
#include "execution/prepared_document.hpp"
#include "language/parser.hpp"
#include "schema/schema.hpp"
#include "schema/variable_values.hpp"
#include "validation/document_limits.hpp"
#include "validation/validator.hpp"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace mortise::graphql {

struct EngineSettings {
    TextLimits text;
    DocumentLimits document;
    ValidationOptions validation;
    VariableLimits variables;
    PlanLimits plan;
    // Whether subscriptions are executed: as a query of their root, which is what one event of a stream needs. Whoever
    // has no stream of events leaves them refused.
    bool subscriptions = false;
};

// A request that is ready to be executed, or the errors for which it is not.
struct PreparedRequest {
    std::shared_ptr<const PreparedDocument> document; // always there: locations are counted in its text
    std::shared_ptr<const Plan> plan;                 // null with errors
    Values variables;                                 // coerced; borrows those that were given
    std::vector<Error> errors;
};

// From a request's text to its plan: parsed, validated and planned once, then taken from the cache. Immutable: any
// thread, each with its own cache.
class Engine {
public:
    // `marks`, if any, outlives the engine.
    Engine(std::shared_ptr<const Schema> schema, const EngineSettings& settings, const PlanMarks* marks = nullptr)
        : schema_(std::move(schema)), settings_(settings), marks_(marks) {}

    // `operationName` is empty when there is none; `variables` the object as it came, or empty. `request` is written
    // over; what it had is reused.
    void prepare(PlanCache& cache, std::string_view text, std::string_view operationName, const Values& variables,
                 PreparedRequest& request) const;
    const Schema& schema() const { return *schema_; }
    const EngineSettings& settings() const { return settings_; }

private:
    std::shared_ptr<const PreparedDocument> prepareDocument(std::string_view text) const;
    std::optional<Error> costError(const PreparedDocument& document, NodeId operation, const Values& variables) const;

    std::shared_ptr<const Schema> schema_;
    EngineSettings settings_;
    const PlanMarks* marks_;
};

} // namespace mortise::graphql
