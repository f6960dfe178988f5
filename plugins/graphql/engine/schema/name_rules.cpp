// SPDX-License-Identifier: Apache-2.0
#include "schema/name_rules.hpp"

#include "language/character_class.hpp"
#include "schema/standard_types.hpp"
#include "schema/suggestion_list.hpp"
#include "schema/type_text.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace mortise::graphql {

namespace {

// One run of the rules over a definition.
class NameRules {
public:
    NameRules(const SchemaDefinition& definition, std::vector<Error>& errors)
        : definition_(definition), errors_(errors) {
        for (const TypeDefinition& type : standard_) known_.insert(type.name);
        for (const TypeDefinition& type : definition.types) known_.insert(type.name);
    }

    void check(std::span<const TypeReference> roots, std::span<const TypeDefinition> extensions) {
        for (const TypeReference& root : roots) checkReference(root.name, root.offset);
        for (const TypeDefinition& type : definition_.types) {
            if (!unique("type " + type.name, type.offset))
                report("There can be only one type named \"" + type.name + "\".", first_, type.offset);
            checkName(type.name, type.offset);
            checkType(type);
        }
        for (const TypeDefinition& type : extensions) checkType(type);
        for (const DirectiveDefinition& directive : definition_.directives) {
            if (!unique("@" + directive.name, directive.offset))
                report("There can be only one directive named \"@" + directive.name + "\".", first_, directive.offset);
            checkName(directive.name, directive.offset);
            checkArguments("@" + directive.name, directive.arguments);
        }
    }

private:
    // Remembers where it stood first.
    bool unique(std::string key, std::uint32_t offset) {
        const auto [at, isNew] = seen_.emplace(std::move(key), offset);
        first_ = at->second;
        return isNew;
    }

    void report(std::string message, std::uint32_t first, std::uint32_t second = noOffset) {
        errors_.push_back(schemaError(std::move(message), first));
        if (second != noOffset) errors_.back().offsets.push_back(second);
    }

    void checkName(const std::string& name, std::uint32_t offset) {
        if (isName(name)) return;
        if (name.empty())
            report("Expected name to be a non-empty string.", offset);
        else if (isDigit(name[0]) && isName("_" + name))
            report("Names must start with [_a-zA-Z] but \"" + name + "\" does not.", offset);
        else
            report("Names must only contain [_a-zA-Z0-9] but \"" + name + "\" does not.", offset);
    }

    void checkReference(std::string_view name, std::uint32_t offset) {
        if (known_.count(name) != 0) return;
        const std::vector<std::string_view> options(known_.begin(), known_.end());
        report("Unknown type \"" + std::string(name) + "\"." + suggestion({}, name, options), offset);
    }

    void checkTypeText(const std::string& text, const std::string& owner, std::uint32_t offset) {
        if (const auto type = readTypeText(text))
            checkReference(type->name, offset);
        else
            report("The type of " + owner + " is not written as a type of at most " +
                       std::to_string(TypeRef::maximumLists) + " lists: \"" + text + "\".",
                   offset);
    }

    void checkType(const TypeDefinition& type) {
        for (const std::string& name : type.interfaces) checkReference(name, type.offset);
        for (const std::string& name : type.members) checkReference(name, type.offset);
        for (const FieldDefinition& field : type.fields) {
            const std::string owner = type.name + "." + field.name;
            checkField(owner, field.name, field.offset);
            checkTypeText(field.type, owner, field.offset);
            checkArguments(owner, field.arguments);
        }
        for (const InputValueDefinition& input : type.inputs) {
            const std::string owner = type.name + "." + input.name;
            checkField(owner, input.name, input.offset);
            checkTypeText(input.type, owner, input.offset);
        }
        for (const EnumValueDefinition& value : type.values) {
            const std::string owner = type.name + "." + value.name;
            if (!unique("value " + owner, value.offset))
                report("Enum value \"" + owner + "\" can only be defined once.", first_, value.offset);
            checkName(value.name, value.offset);
            if (value.name == "true" || value.name == "false" || value.name == "null")
                report("Enum values cannot be named: " + value.name, value.offset);
        }
    }

    void checkField(const std::string& owner, const std::string& name, std::uint32_t offset) {
        if (!unique("field " + owner, offset))
            report("Field \"" + owner + "\" can only be defined once.", first_, offset);
        checkName(name, offset);
    }

    // One error for each name that stands more than once.
    void checkArguments(const std::string& owner, const std::vector<InputValueDefinition>& arguments) {
        std::unordered_map<std::string_view, std::vector<std::uint32_t>> places;
        for (const InputValueDefinition& argument : arguments) {
            checkName(argument.name, argument.offset);
            checkTypeText(argument.type, owner + "(" + argument.name + ":)", argument.offset);
            places[argument.name].push_back(argument.offset);
        }
        for (const InputValueDefinition& argument : arguments) {
            const auto found = places.find(argument.name);
            if (found == places.end() || found->second.size() < 2) continue;
            Error error = schemaError("Argument \"" + owner + "(" + argument.name + ":)\" can only be defined once.");
            if (found->second[0] != noOffset) error.offsets = found->second;
            errors_.push_back(std::move(error));
            places.erase(found);
        }
    }

    const SchemaDefinition& definition_;
    std::vector<Error>& errors_;
    std::vector<TypeDefinition> standard_ = standardTypes();
    std::unordered_set<std::string_view> known_;
    std::unordered_map<std::string, std::uint32_t> seen_;
    std::uint32_t first_ = noOffset; // where `unique` saw the key before
};

} // namespace

Error schemaError(std::string message, std::uint32_t offset) {
    Error error;
    error.message = std::move(message);
    if (offset != noOffset) error.offsets.push_back(offset);
    return error;
}

void checkNames(const SchemaDefinition& definition, std::span<const TypeReference> roots,
                std::span<const TypeDefinition> extensions, std::vector<Error>& errors) {
    NameRules(definition, errors).check(roots, extensions);
}

} // namespace mortise::graphql
