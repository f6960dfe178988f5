// SPDX-License-Identifier: Apache-2.0
#include "list_sizes.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace mortise::graphql {

namespace {

std::string_view textOf(const mortise_json_tape& tape, const mortise_json_node& node) {
    return {tape.text + node.offset, node.length};
}

// Null when `object` is none, or has no such member.
const mortise_json_node* memberOf(const mortise_json_tape& tape, const mortise_json_node* object,
                                  std::string_view name) {
    if (object == nullptr || object->kind != MORTISE_JSON_OBJECT) return nullptr;
    const mortise_json_node* key = object + 1;
    for (std::uint32_t i = 0; i < object->length; ++i, key = mortise_json_next(key + 1))
        if (textOf(tape, *key) == name) return key + 1;
    return nullptr;
}

// What the schema of a check says of the argument at the highest; of one that is no JSON nothing, which is refused
// later.
void boundBy(const ContributedCheck& check, std::string_view argument, const Json& json, std::uint32_t& maximum) {
    if (!check.argument.empty() && check.argument != argument) return;
    json.visit(check.schema, {}, [&](const mortise_json_tape& tape) {
        const mortise_json_node* schema = &tape.nodes[0];
        if (check.argument.empty()) schema = memberOf(tape, memberOf(tape, schema, "properties"), argument);
        const mortise_json_node* const node = memberOf(tape, schema, "maximum");
        if (node == nullptr || node->kind != MORTISE_JSON_INTEGER) return;
        const std::string_view digits = textOf(tape, *node);
        std::uint32_t number = 0;
        if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec == std::errc{})
            maximum = std::min(maximum, number);
    });
}

} // namespace

void boundListSizes(SchemaDefinition& definition, const std::vector<Contribution>& contributions, const Json& json) {
    for (const Contribution& contribution : contributions)
        for (const ContributedField& contributed : contribution.fields)
            for (TypeDefinition& type : definition.types) {
                if (type.name != contributed.type) continue;
                for (FieldDefinition& field : type.fields) {
                    if (field.name != contributed.name || field.sizeArgument.empty()) continue;
                    for (const ContributedCheck& check : contributed.checks)
                        boundBy(check, field.sizeArgument, json, field.maximumSize);
                }
            }
}

} // namespace mortise::graphql
