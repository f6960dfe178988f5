// SPDX-License-Identifier: Apache-2.0
#include "schema/input_cycles.hpp"

#include "schema/name_rules.hpp"

#include <string>

namespace mortise::graphql {

InputCycles::InputCycles(const Schema& schema, std::span<const TypeDefinition* const> types, std::vector<Error>& errors)
    : schema_(schema),
      types_(types),
      errors_(errors),
      visited_(schema.types().size()),
      placeOnPath_(schema.types().size(), notOnPath) {}

void InputCycles::checkFrom(TypeId id) {
    if (visited_[id]) return;
    enter(id);
    while (!path_.empty()) {
        Step& step = path_.back();
        if (step.field == schema_[step.type].inputs.size()) {
            placeOnPath_[step.type] = notOnPath;
            path_.pop_back();
            if (!path_.empty()) ++path_.back().field;
            continue;
        }
        const TypeRef type = schema_[step.type].inputs[step.field].type;
        const bool isForced = type.isNonNull() && !type.isList() && schema_[type.named].kind == TypeKind::input;
        if (isForced && !visited_[type.named]) {
            enter(type.named);
            continue;
        }
        if (isForced && placeOnPath_[type.named] != notOnPath) follow(step);
        ++step.field;
    }
}

void InputCycles::enter(TypeId id) {
    visited_[id] = true;
    placeOnPath_[id] = path_.size();
    path_.push_back({id, 0});
}

// Reports the cycle that the field of the last step closes.
void InputCycles::follow(const Step& step) {
    const TypeId closed = schema_[step.type].inputs[step.field].type.named;
    std::string names;
    std::vector<std::uint32_t> offsets;
    for (std::size_t at = placeOnPath_[closed]; at < path_.size(); ++at) {
        if (!names.empty()) names += '.';
        names += schema_[path_[at].type].inputs[path_[at].field].name;
        offsets.push_back(types_[path_[at].type]->inputs[path_[at].field].offset);
    }
    errors_.push_back(schemaError("Cannot reference Input Object \"" + schema_[closed].name +
                                  "\" within itself through a series of non-null fields: \"" + names + "\"."));
    for (const std::uint32_t offset : offsets)
        if (offset != noOffset) errors_.back().offsets.push_back(offset);
}

} // namespace mortise::graphql
