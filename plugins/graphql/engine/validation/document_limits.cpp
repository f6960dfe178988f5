// SPDX-License-Identifier: Apache-2.0
#include "validation/document_limits.hpp"

#include "schema/inspect.hpp"
#include "validation/selection_sizes.hpp"

#include <algorithm>
#include <string>

namespace mortise::graphql {

namespace {

void checkLimit(std::vector<Error>& errors, std::uint32_t at, std::string_view what, std::uint32_t is,
                std::uint32_t limit) {
    if (is <= limit) return;
    Error error;
    error.kind = ErrorKind::limit;
    error.message = std::string(what) + ": " + std::to_string(is) + "; the limit is " + std::to_string(limit) + ".";
    error.offsets = {at};
    errors.push_back(std::move(error));
}

std::string subject(const Document& document, NodeId operation) {
    const auto kind = static_cast<OperationKind>(document[operation].flags);
    std::string text = kind == OperationKind::mutation ? "The mutation"
                       : kind == OperationKind::query  ? "The query"
                                                       : "The subscription";
    if (!document.name(operation).empty()) text += " \"" + shortened(document.name(operation)) + "\"";
    return text;
}

} // namespace

std::vector<Error> checkDocumentLimits(const Document& document, const DocumentLimits& limits,
                                       std::uint32_t maximumErrors) {
    std::vector<Error> errors;
    SelectionSizes sizes(document);
    for (const NodeId operation : document.children(0)) {
        if (document.kind(operation) != NodeKind::operation) continue;
        if (!errors.empty() && errors.size() >= maximumErrors) break;
        const SelectionSizes::Size& size = sizes.of(operation);
        const std::uint32_t at = document[operation].offset;
        const bool isMutation = static_cast<OperationKind>(document[operation].flags) == OperationKind::mutation;
        const std::string who = subject(document, operation);
        checkLimit(errors, at, who + " nests fields too deep", size.depth, limits.depth);
        checkLimit(errors, at, who + " has too many aliases", size.aliases, limits.aliases);
        checkLimit(errors, at, who + " selects too many root fields", size.rootFields,
                   isMutation ? limits.mutationRootFields : limits.queryRootFields);
    }
    if (errors.size() > std::max(maximumErrors, 1U)) errors.resize(std::max(maximumErrors, 1U));
    return errors;
}

} // namespace mortise::graphql
