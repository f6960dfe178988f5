// SPDX-License-Identifier: Apache-2.0
#include "validation/rule_context.hpp"

namespace mortise::graphql {

void RuleContext::report(std::string message, std::vector<std::uint32_t> offsets) {
    if (isEnded_) return;
    Error error;
    if (errors_.size() >= options.maximumErrors) {
        error.message = "Too many validation errors, error limit reached. Validation aborted.";
        isEnded_ = true;
    } else {
        error.message = std::move(message);
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
