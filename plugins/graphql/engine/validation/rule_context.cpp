// SPDX-License-Identifier: Apache-2.0
#include "validation/rule_context.hpp"

namespace mortise::graphql {

namespace {

constexpr std::uint32_t highestErrors = 1'000;
constexpr std::uint32_t highestSteps = 10'000'000;

ValidationOptions within(ValidationOptions options) {
    options.maximumErrors = std::min(options.maximumErrors, highestErrors);
    options.overlapSteps = std::min(options.overlapSteps, highestSteps);
    options.fragmentSteps = std::min(options.fragmentSteps, highestSteps);
    return options;
}

} // namespace

RuleContext::RuleContext(const Schema& schemaOf, const Document& documentOf, const Resolution& resolved,
                         const ValidationOptions& given)
    : schema(schemaOf),
      document(documentOf),
      resolution(resolved),
      options(within(given)),
      remaining_(options.fragmentSteps) {
    if (document.size() == 0) return;
    for (const NodeId node : document.children(0)) {
        if (Resolution::isExecutable(document.kind(node))) continue;
        if (ownDefinitions_.size() < options.maximumErrors) ownDefinitions_.push_back(node);
    }
}

void RuleContext::report(std::string message, std::vector<std::uint32_t> offsets) {
    if (isEnded_) return;
    Error error;
    if (errors_.size() >= options.maximumErrors) {
        error.message = "Too many validation errors, error limit reached. Validation aborted.";
        isEnded_ = true;
    } else {
        error.message = message.size() > maximumMessage ? shortened(message, maximumMessage) : std::move(message);
        if (offsets.size() > maximumOffsets) offsets.resize(maximumOffsets);
        error.offsets = std::move(offsets);
    }
    errors_.push_back(std::move(error));
}

void RuleContext::abort(std::string message, std::uint32_t at) {
    if (isEnded_) return;
    Error error;
    error.kind = ErrorKind::limit;
    error.message = std::move(message);
    error.offsets = {at};
    errors_.push_back(std::move(error));
    isEnded_ = true;
}

bool RuleContext::spend(std::uint32_t steps, std::uint32_t at) {
    if (steps > remaining_) {
        abort("Validation aborted: following fragments takes more than " + std::to_string(options.fragmentSteps) +
                  " steps.",
              at);
        return false;
    }
    remaining_ -= steps;
    return true;
}

} // namespace mortise::graphql
