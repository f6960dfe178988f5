// SPDX-License-Identifier: Apache-2.0
#include "schema/type_rules.hpp"

#include "schema/implementation_rules.hpp"
#include "schema/input_cycles.hpp"
#include "schema/name_rules.hpp"
#include "schema/standard_types.hpp"

#include <array>
#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

// One run of the rules over a joined schema.
class TypeRules {
public:
    TypeRules(const Schema& schema, std::span<const TypeDefinition* const> types, std::vector<Error>& errors)
        : schema_(schema), types_(types), errors_(errors) {}

    void check(std::span<const DirectiveDefinition* const> directives) {
        checkRoots();
        for (std::size_t at = 0; at < directives.size(); ++at)
            checkDirective(schema_.directives()[at], *directives[at]);
        InputCycles cycles(schema_, types_, errors_);
        for (TypeId id = 0; id < schema_.types().size(); ++id) {
            checkType(id);
            if (schema_[id].kind == TypeKind::input) cycles.checkFrom(id);
        }
    }

private:
    void report(std::string message, std::uint32_t offset) {
        errors_.push_back(schemaError(std::move(message), offset));
    }

    bool isInput(TypeRef type) const { return schema_[type.named].isInput(); }

    void checkRoots() {
        for (std::size_t at = 0; at < commonRootNames.size(); ++at) {
            const TypeId root = schema_.root(static_cast<OperationKind>(at));
            const std::string name(commonRootNames[at]);
            if (root == noType) {
                if (at == 0) report("Query root type must be provided.", noOffset);
            } else if (schema_[root].kind != TypeKind::object) {
                report(name + " root type must be Object type" + (at == 0 ? "" : " if provided") + ", it cannot be " +
                           schema_[root].name + ".",
                       types_[root]->offset);
            }
        }
    }

    void checkName(const std::string& name, std::uint32_t offset) {
        if (name.starts_with("__"))
            report("Name \"" + name + "\" must not begin with \"__\", which is reserved by GraphQL introspection.",
                   offset);
    }

    void checkDirective(const Directive& directive, const DirectiveDefinition& definition) {
        checkName(directive.name, definition.offset);
        if (directive.locations.empty())
            report("Directive @" + directive.name + " must include 1 or more locations.", definition.offset);
        for (std::size_t at = 0; at < directive.arguments.size(); ++at)
            checkArgument("@" + directive.name, directive.arguments[at], definition.arguments[at].offset);
    }

    void checkArgument(const std::string& owner, const InputValue& argument, std::uint32_t offset) {
        checkName(argument.name, offset);
        const std::string coordinate = owner + "(" + argument.name + ":)";
        if (!isInput(argument.type))
            report("The type of " + coordinate + " must be Input Type but got: " + schema_.text(argument.type) + ".",
                   offset);
        if (argument.isRequired() && argument.deprecated)
            report("Required argument " + coordinate + " cannot be deprecated.", offset);
    }

    void checkType(TypeId id) {
        const Type& type = schema_[id];
        const TypeDefinition& definition = *types_[id];
        if (!isStandardType(type.name)) checkName(type.name, definition.offset);
        switch (type.kind) {
        case TypeKind::object:
        case TypeKind::interface:
            checkFields(type, definition);
            checkImplementations(schema_, id, definition.offset, errors_);
            break;
        case TypeKind::unionType:
            checkMembers(type, definition.offset);
            break;
        case TypeKind::enumeration:
            checkValues(type, definition);
            break;
        case TypeKind::input:
            checkInputs(type, definition);
            break;
        case TypeKind::scalar:
            break;
        }
    }

    void checkFields(const Type& type, const TypeDefinition& definition) {
        if (type.fields.empty()) report("Type " + type.name + " must define one or more fields.", definition.offset);
        for (std::size_t at = 0; at < type.fields.size(); ++at) {
            const Field& field = type.fields[at];
            const FieldDefinition& fieldDefinition = definition.fields[at];
            const std::string owner = type.name + "." + field.name;
            checkName(field.name, fieldDefinition.offset);
            if (schema_[field.type.named].kind == TypeKind::input)
                report("The type of " + owner + " must be Output Type but got: " + schema_.text(field.type) + ".",
                       fieldDefinition.offset);
            for (std::size_t i = 0; i < field.arguments.size(); ++i)
                checkArgument(owner, field.arguments[i], fieldDefinition.arguments[i].offset);
            checkSizeArgument(owner, field, fieldDefinition);
        }
    }

    // The cost of a list is reckoned by an argument's number, which therefore has to be one.
    void checkSizeArgument(const std::string& owner, const Field& field, const FieldDefinition& definition) {
        if (definition.sizeArgument.empty()) return;
        if (field.sizeArgument >= 0) {
            const TypeRef type = field.arguments[static_cast<std::size_t>(field.sizeArgument)].type;
            if (!type.isList() && schema_[type.named].scalarKind == ScalarKind::integer) return;
        }
        report("The size argument \"" + definition.sizeArgument + "\" of " + owner +
                   " must be one of its arguments, of type Int.",
               definition.offset);
    }

    void checkMembers(const Type& type, std::uint32_t offset) {
        if (type.possible.empty()) report("Union type " + type.name + " must define one or more member types.", offset);
        std::vector<bool> seen(schema_.types().size());
        for (const TypeId member : type.possible) {
            if (seen[member])
                report("Union type " + type.name + " can only include type " + schema_[member].name + " once.", offset);
            else if (schema_[member].kind != TypeKind::object)
                report("Union type " + type.name + " can only include Object types, it cannot include " +
                           schema_[member].name + ".",
                       offset);
            seen[member] = true;
        }
    }

    void checkValues(const Type& type, const TypeDefinition& definition) {
        if (type.values.empty())
            report("Enum type " + type.name + " must define one or more values.", definition.offset);
        for (const EnumValueDefinition& value : definition.values) checkName(value.name, value.offset);
    }

    void checkInputs(const Type& type, const TypeDefinition& definition) {
        if (type.inputs.empty())
            report("Input Object type " + type.name + " must define one or more fields.", definition.offset);
        for (std::size_t at = 0; at < type.inputs.size(); ++at) {
            const InputValue& input = type.inputs[at];
            const std::uint32_t offset = definition.inputs[at].offset;
            const std::string owner = type.name + "." + input.name;
            checkName(input.name, offset);
            if (!isInput(input.type))
                report("The type of " + owner + " must be Input Type but got: " + schema_.text(input.type) + ".",
                       offset);
            if (input.isRequired() && input.deprecated)
                report("Required input field " + owner + " cannot be deprecated.", offset);
            if (!type.oneOf) continue;
            if (input.type.isNonNull()) report("OneOf input field " + owner + " must be nullable.", offset);
            if (!input.defaultValue.empty())
                report("OneOf input field " + owner + " cannot have a default value.", offset);
        }
    }

    const Schema& schema_;
    std::span<const TypeDefinition* const> types_;
    std::vector<Error>& errors_;
};

} // namespace

void checkTypes(const Schema& schema, std::span<const TypeDefinition* const> types,
                std::span<const DirectiveDefinition* const> directives, std::vector<Error>& errors) {
    TypeRules(schema, types, errors).check(directives);
}

} // namespace mortise::graphql
