// SPDX-License-Identifier: Apache-2.0
#include "execution/prepared_document.hpp"

#include "schema/inspect.hpp"

#include <algorithm>
#include <utility>

namespace mortise::graphql {

PreparedDocument::PreparedDocument(std::shared_ptr<const Schema> schema, std::string text, std::vector<Error> errors)
    : schema_(std::move(schema)),
      text_(std::make_unique<const std::string>(std::move(text))),
      errors_(std::move(errors)) {}

PreparedDocument::PreparedDocument(std::shared_ptr<const Schema> schema, std::unique_ptr<const std::string> text,
                                   Document document)
    : schema_(std::move(schema)), text_(std::move(text)), document_(std::move(document)) {
    indexDefinitions();
    collectConditions();
}

void PreparedDocument::indexDefinitions() {
    if (document_.size() == 0) return;
    for (const NodeId definition : document_.children(0)) {
        if (document_.kind(definition) == NodeKind::operation) operations_.push_back(definition);
        if (document_.kind(definition) != NodeKind::fragmentDefinition) continue;
        if (fragments_.insert(document_.name(definition), static_cast<std::uint32_t>(fragmentNodes_.size())))
            fragmentNodes_.push_back(definition);
    }
}

void PreparedDocument::collectConditions() {
    for (NodeId node = 0; node < document_.size(); ++node) {
        if (document_.kind(node) == NodeKind::variableDefinition) hasVariables_ = true;
        if (document_.kind(node) != NodeKind::directive) continue;
        const std::string_view name = document_.name(node);
        if (name != "skip" && name != "include") continue;
        const NodeId argument = document_.child(node, NodeKind::argument);
        if (argument == noNode || document_.kind(argument + 1) != NodeKind::variable) continue;
        const std::string_view variable = document_.name(argument + 1);
        if (condition(variable) < conditions_.size()) continue;
        if (conditions_.size() == maximumConditions) {
            errors_.push_back(
                {ErrorKind::limit,
                 "More than " + std::to_string(maximumConditions) + " variables stand in @skip and @include.",
                 {document_[argument + 1].offset},
                 {},
                 0});
            return;
        }
        conditions_.push_back(variable);
    }
}

void PreparedDocument::refuse(std::vector<Error> errors) {
    errors_ = std::move(errors);
    resolution_.reset();
    document_ = Document();
}

NodeId PreparedDocument::operation(std::string_view name, std::optional<Error>& error) const {
    if (name.empty()) {
        if (operations_.size() == 1) return operations_.front();
        error = Error{ErrorKind::request,
                      operations_.empty() ? "Must provide an operation."
                                          : "Must provide operation name if query contains multiple operations.",
                      {},
                      {},
                      0};
        return noNode;
    }
    for (const NodeId operation : operations_)
        if (document_.name(operation) == name) return operation;
    error = Error{ErrorKind::request, "Unknown operation named \"" + shortened(name) + "\".", {}, {}, 0};
    return noNode;
}

std::size_t PreparedDocument::condition(std::string_view variable) const {
    return static_cast<std::size_t>(std::find(conditions_.begin(), conditions_.end(), variable) - conditions_.begin());
}

std::uint64_t PreparedDocument::conditionBits(const Values& variables) const {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < conditions_.size(); ++i) {
        const Value* value = variables.empty() ? nullptr : variables.member(variables[0], conditions_[i]);
        ConditionValue is = ConditionValue::absent;
        if (value != nullptr && value->kind == ValueKind::null) is = ConditionValue::null;
        if (value != nullptr && value->kind == ValueKind::boolean)
            is = value->boolean ? ConditionValue::yes : ConditionValue::no;
        bits |= std::uint64_t{static_cast<std::uint8_t>(is)} << (2 * i);
    }
    return bits;
}

std::size_t PreparedDocument::bytes() const {
    std::size_t bytes = sizeof(*this) + text_->capacity() + document_.size() * sizeof(Node) + fragments_.size() * 64 +
                        (fragmentNodes_.capacity() + operations_.capacity()) * sizeof(NodeId) +
                        conditions_.capacity() * sizeof(std::string_view);
    if (resolution_) bytes += resolution_->bytes();
    for (const Error& error : errors_)
        bytes += sizeof(Error) + error.message.capacity() + error.offsets.capacity() * sizeof(std::uint32_t);
    return bytes;
}

} // namespace mortise::graphql
