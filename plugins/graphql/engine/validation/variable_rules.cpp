// SPDX-License-Identifier: Apache-2.0
#include "validation/variable_rules.hpp"

namespace mortise::graphql {

namespace {

std::string variableText(std::string_view name) {
    return "\"$" + shortened(name) + "\"";
}

} // namespace

void VariableRules::enterOperation(NodeId operation) {
    const Document& document = context_.document;
    names_.clear();
    definition_.clear();
    bool isUnique = true;
    for (const NodeId node : document.children(operation)) {
        if (document.kind(node) != NodeKind::variableDefinition) break;
        const std::uint32_t place = names_.add(document.name(node));
        if (place == definition_.size()) {
            definition_.push_back(node);
        } else {
            definition_[place] = node;
            isUnique = false;
        }
    }
    if (isUnique) return;
    std::vector<std::vector<std::uint32_t>> offsets(names_.size());
    for (const NodeId node : document.children(operation)) {
        if (document.kind(node) != NodeKind::variableDefinition) break;
        offsets[names_.find(document.name(node))].push_back(context_.nameOffset(node));
    }
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
        if (offsets[i].size() < 2) continue;
        context_.report("There can be only one variable named " + variableText(names_[i]) + ".", std::move(offsets[i]));
    }
}

void VariableRules::leaveOperation(NodeId operation) {
    const auto& definitions = context_.resolution.definitions();
    while (definitions[nextDefinition_].node != operation) ++nextDefinition_;
    collectUsages(definitions[nextDefinition_]);
    if (context_.isEnded() || (definition_.empty() && ranges_.empty())) return;
    isUsed_.assign(names_.size(), false);
    checkDefined(operation);
    checkUsed(operation);
    checkPositions();
}

// The operation's own, then those of the fragments it reaches, the nearest first.
void VariableRules::collectUsages(const Resolution::Definition& operation) {
    const Resolution& resolution = context_.resolution;
    ranges_.clear();
    reached_.clear();
    const auto add = [this](const Resolution::Definition& definition) {
        if (definition.usages != definition.usagesEnd) ranges_.emplace_back(definition.usages, definition.usagesEnd);
    };
    const auto reach = [&](const Resolution::Definition& definition) {
        for (std::uint32_t i = definition.spreads; i < definition.spreadsEnd; ++i) {
            const std::uint32_t fragment = resolution.fragment(context_.document.name(resolution.spreads()[i]));
            if (fragment == NameSet::none || seen_[fragment] == operation.node) continue;
            seen_[fragment] = operation.node;
            reached_.push_back(fragment);
        }
    };
    add(operation);
    if (operation.spreads == operation.spreadsEnd) return;
    if (seen_.empty()) seen_.assign(resolution.definitions().size(), noNode);
    reach(operation);
    for (std::size_t i = 0; i < reached_.size(); ++i) {
        const Resolution::Definition& fragment = resolution.definitions()[reached_[i]];
        add(fragment);
        reach(fragment);
        const std::uint32_t steps =
            1 + (fragment.spreadsEnd - fragment.spreads) + (fragment.usagesEnd - fragment.usages);
        if (!context_.spend(steps, context_.offset(operation.node))) return;
    }
}

template<typename Each>
void VariableRules::forEachUsage(const Each& each) const {
    for (const auto& [first, end] : ranges_) {
        for (std::uint32_t i = first; i < end && !context_.isEnded(); ++i) each(context_.resolution.usages()[i]);
    }
}

void VariableRules::checkDefined(NodeId operation) {
    const std::string_view operationName = context_.document.name(operation);
    forEachUsage([&](const Resolution::Usage& usage) {
        const std::string_view name = context_.document.name(usage.node);
        const std::uint32_t place = names_.find(name);
        if (place != NameSet::none) {
            isUsed_[place] = true;
            return;
        }
        std::string message = "Variable " + variableText(name) + " is not defined";
        if (!operationName.empty()) message += " by operation " + quoted(operationName);
        context_.report(message + ".", {context_.offset(usage.node), context_.offset(operation)});
    });
}

void VariableRules::checkUsed(NodeId operation) {
    const Document& document = context_.document;
    for (const NodeId node : document.children(operation)) {
        if (document.kind(node) != NodeKind::variableDefinition || context_.isEnded()) return;
        if (isUsed_[names_.find(document.name(node))]) continue;
        std::string message = "Variable " + variableText(document.name(node)) + " is never used";
        if (!document.name(operation).empty()) message += " in operation " + quoted(document.name(operation));
        context_.report(message + ".", context_.offset(node));
    }
}

void VariableRules::checkPositions() {
    const Schema& schema = context_.schema;
    forEachUsage([&](const Resolution::Usage& usage) {
        const std::string_view name = context_.document.name(usage.node);
        const std::uint32_t place = names_.find(name);
        if (place == NameSet::none || usage.type.named == noType) return;
        const NodeId definition = definition_[place];
        const TypeRef type = context_.resolution[definition].type;
        if (type.named == noType) return;
        if (!isAllowed(definition, type, usage)) {
            context_.report("Variable " + variableText(name) + " of type " + quoted(schema.text(type)) +
                                " used in position expecting type " + quoted(schema.text(usage.type)) + ".",
                            {context_.offset(definition), context_.offset(usage.node)});
        }
        if (usage.oneOf != noType && !type.isNonNull()) {
            context_.report("Variable " + variableText(name) + " is of type " + quoted(schema.text(type)) +
                                " but must be non-nullable to be used for OneOf Input Object " +
                                quoted(schema[usage.oneOf].name) + ".",
                            {context_.offset(definition), context_.offset(usage.node)});
        }
    });
}

// October 2021, 5.8.5, IsVariableUsageAllowed.
bool VariableRules::isAllowed(NodeId definition, TypeRef type, const Resolution::Usage& usage) const {
    if (!usage.type.isNonNull() || type.isNonNull()) return context_.schema.isSubType(type, usage.type);
    const Document& document = context_.document;
    const NodeId own = document.defaultValue(definition);
    const bool hasDefault = usage.hasDefault || (own != noNode && document.kind(own) != NodeKind::nullValue);
    return hasDefault && context_.schema.isSubType(type, usage.type.nullable());
}

} // namespace mortise::graphql
