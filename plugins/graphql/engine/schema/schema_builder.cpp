// SPDX-License-Identifier: Apache-2.0
#include "schema/schema_builder.hpp"

#include "language/joined.hpp"
#include "schema/name_rules.hpp"
#include "schema/standard_types.hpp"
#include "schema/type_rules.hpp"
#include "schema/type_text.hpp"

#include <string>
#include <utility>

namespace mortise::graphql {

SchemaBuilder::SchemaBuilder(const SchemaDefinition& definition, std::span<const NamedScalar> scalars)
    : definition_(definition),
      scalars_(scalars),
      standardTypes_(standardTypes()),
      standardDirectives_(standardDirectives()) {}

SchemaBuilder::~SchemaBuilder() = default;

SchemaResult SchemaBuilder::build() {
    SchemaResult result;
    std::vector<TypeReference> roots;
    for (const std::string* const name : {&definition_.query, &definition_.mutation, &definition_.subscription})
        // That there is no query root at all is reported with the rules of types.
        if (!name->empty() && (name != &definition_.query || *name != "Query")) roots.push_back({*name, noOffset});
    checkNames(definition_, roots, {}, result.errors);
    if (!result.errors.empty()) return result;
    placeTypes();
    joinTypes();
    coerceDefaults(schema_, defaultSlots(), result.errors);
    checkTypes(schema_, order_, directiveOrder_, result.errors);
    if (result.errors.empty()) result.schema = std::move(schema_);
    return result;
}

void SchemaBuilder::placeTypes() {
    for (const TypeDefinition& type : definition_.types) own_.insert(type.name);
    for (const TypeDefinition& type : definition_.types) {
        if (!isStandardType(type.name)) {
            place(type);
            continue;
        }
        // A standard type cannot be defined anew: the definition gives it a place, no more.
        own_.erase(type.name);
        placeReference(type.name);
    }
    for (const DirectiveDefinition& directive : definition_.directives) placeInputReferences(directive.arguments);
    for (const DirectiveDefinition& directive : standardDirectives_) placeInputReferences(directive.arguments);
    placeReference("__Schema");
    placeReference("String");
    placeReference("Boolean");
}

void SchemaBuilder::place(const TypeDefinition& type) {
    order_.push_back(&type);
    placeReferencesOf(type);
}

// The standard types name each other four deep, which is where the recursion ends.
void SchemaBuilder::placeReference(std::string_view name) {
    if (!isStandardType(name) || own_.count(name) != 0) return;
    for (const TypeDefinition& type : standardTypes_) {
        if (type.name != name || !placed_.insert(type.name).second) continue;
        place(type);
        return;
    }
}

void SchemaBuilder::placeReferencesOf(const TypeDefinition& type) {
    for (const std::string& name : type.interfaces) placeReference(name);
    for (const std::string& name : type.members) placeReference(name);
    for (const FieldDefinition& field : type.fields) {
        placeReference(readTypeText(field.type)->name);
        placeInputReferences(field.arguments);
    }
    placeInputReferences(type.inputs);
}

void SchemaBuilder::placeInputReferences(const std::vector<InputValueDefinition>& inputs) {
    for (const InputValueDefinition& input : inputs) placeReference(readTypeText(input.type)->name);
}

void SchemaBuilder::joinTypes() {
    schema_.description_ = definition_.description;
    schema_.types_.resize(order_.size());
    for (TypeId id = 0; id < order_.size(); ++id) {
        schema_.types_[id].name = order_[id]->name;
        schema_.types_[id].kind = order_[id]->kind;
    }
    for (TypeId id = 0; id < order_.size(); ++id) schema_.typeIndex_.insert(schema_.types_[id].name, id);
    for (TypeId id = 0; id < order_.size(); ++id) joinType(id);

    std::unordered_set<std::string_view> defined;
    for (const DirectiveDefinition& directive : definition_.directives) {
        defined.insert(directive.name);
        directiveOrder_.push_back(&directive);
    }
    for (const DirectiveDefinition& directive : standardDirectives_)
        if (defined.count(directive.name) == 0) directiveOrder_.push_back(&directive);
    for (const DirectiveDefinition* const directive : directiveOrder_)
        schema_.directives_.push_back(joinDirective(*directive));
    for (std::uint32_t at = 0; at < schema_.directives_.size(); ++at)
        schema_.directiveIndex_.insert(schema_.directives_[at].name, at);
    for (const FieldDefinition& field : metaFields()) schema_.metaFields_.push_back(joinField(field, noType));
    schema_.roots_ = {schema_.type(definition_.query), schema_.type(definition_.mutation),
                      schema_.type(definition_.subscription)};
    findPossibleTypes();
}

void SchemaBuilder::joinType(TypeId id) {
    const TypeDefinition& definition = *order_[id];
    Type& type = schema_.types_[id];
    type.description = definition.description;
    type.oneOf = definition.oneOf;
    type.specifiedBy = definition.specifiedBy;
    for (const std::string& name : definition.interfaces) type.interfaces.push_back(schema_.type(name));
    for (const FieldDefinition& field : definition.fields) type.fields.push_back(joinField(field, id));
    for (std::uint32_t at = 0; at < type.fields.size(); ++at) type.fieldIndex.insert(type.fields[at].name, at);
    for (const EnumValueDefinition& value : definition.values)
        type.values.push_back({value.name, value.description, value.deprecated});
    for (std::uint32_t at = 0; at < type.values.size(); ++at) type.inputIndex.insert(type.values[at].name, at);
    for (const InputValueDefinition& input : definition.inputs) type.inputs.push_back(joinInput(input));
    for (std::uint32_t at = 0; at < type.inputs.size(); ++at) type.inputIndex.insert(type.inputs[at].name, at);
    if (type.kind != TypeKind::scalar) return;
    type.scalarKind = specifiedScalar(type.name);
    if (type.scalarKind != ScalarKind::custom) return;
    for (const NamedScalar& scalar : scalars_)
        if (scalar.name == type.name) type.scalar = scalar.input;
}

Field SchemaBuilder::joinField(const FieldDefinition& definition, TypeId owner) {
    Field field;
    field.id = schema_.fieldCount_++;
    field.owner = owner;
    field.name = definition.name;
    field.type = typeOf(definition.type);
    field.description = definition.description;
    field.deprecated = definition.deprecated;
    field.arguments.reserve(definition.arguments.size());
    for (const InputValueDefinition& argument : definition.arguments) field.arguments.push_back(joinInput(argument));
    field.cost = definition.cost;
    field.assumedSize = definition.assumedSize;
    field.maximumSize = definition.maximumSize;
    if (!definition.sizeArgument.empty()) field.sizeArgument = field.argument(definition.sizeArgument);
    return field;
}

InputValue SchemaBuilder::joinInput(const InputValueDefinition& definition) const {
    InputValue input;
    input.name = definition.name;
    input.type = typeOf(definition.type);
    input.description = definition.description;
    input.deprecated = definition.deprecated;
    return input;
}

Directive SchemaBuilder::joinDirective(const DirectiveDefinition& definition) const {
    Directive directive;
    directive.name = definition.name;
    directive.description = definition.description;
    directive.repeatable = definition.repeatable;
    directive.locations = definition.locations;
    for (const InputValueDefinition& argument : definition.arguments)
        directive.arguments.push_back(joinInput(argument));
    return directive;
}

TypeRef SchemaBuilder::typeOf(std::string_view text) const {
    const auto type = readTypeText(text);
    return {schema_.type(type->name), type->lists, type->nonNull};
}

void SchemaBuilder::findPossibleTypes() {
    std::vector<Type>& types = schema_.types_;
    for (TypeId id = 0; id < types.size(); ++id) {
        if (types[id].kind == TypeKind::object) {
            types[id].possible.push_back(id);
            for (const TypeId interface : types[id].interfaces)
                if (types[interface].kind == TypeKind::interface) types[interface].possible.push_back(id);
        } else if (types[id].kind == TypeKind::unionType) {
            for (const std::string& name : order_[id]->members) types[id].possible.push_back(schema_.type(name));
        }
    }
    schema_.wordsPerType_ = (types.size() + 63) / 64;
    schema_.possibleBits_.assign(schema_.wordsPerType_ * types.size(), 0);
    for (TypeId id = 0; id < types.size(); ++id)
        for (const TypeId object : types[id].possible)
            schema_.possibleBits_[id * schema_.wordsPerType_ + object / 64] |= std::uint64_t{1} << (object % 64);
}

std::vector<DefaultSlot> SchemaBuilder::defaultSlots() {
    std::vector<DefaultSlot> slots;
    const auto add = [&](const std::string& owner, std::vector<InputValue>& inputs,
                         const std::vector<InputValueDefinition>& definitions, bool areArguments) {
        for (std::size_t at = 0; at < inputs.size(); ++at) {
            if (!definitions[at].defaultValue) continue;
            const std::string& name = inputs[at].name;
            slots.push_back({&inputs[at], &definitions[at],
                             areArguments ? joined({owner, "(", name, ":)"}) : joined({owner, ".", name})});
        }
    };
    for (TypeId id = 0; id < order_.size(); ++id) {
        Type& type = schema_.types_[id];
        add(type.name, type.inputs, order_[id]->inputs, false);
        for (std::size_t at = 0; at < type.fields.size(); ++at)
            add(type.name + "." + type.fields[at].name, type.fields[at].arguments, order_[id]->fields[at].arguments,
                true);
    }
    for (std::size_t at = 0; at < directiveOrder_.size(); ++at) {
        Directive& directive = schema_.directives_[at];
        add("@" + directive.name, directive.arguments, directiveOrder_[at]->arguments, true);
    }
    return slots;
}

SchemaResult buildSchema(const SchemaDefinition& definition, std::span<const NamedScalar> scalars) {
    return SchemaBuilder(definition, scalars).build();
}

} // namespace mortise::graphql
