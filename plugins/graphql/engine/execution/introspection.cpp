// SPDX-License-Identifier: Apache-2.0
#include "execution/introspection.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mortise::graphql {

namespace {

// Objects of introspection are named by these handles: a TypeRef packed, or the address of a part of the schema.
std::uint64_t handleOf(TypeRef type) {
    return std::uint64_t{type.named} | std::uint64_t{type.lists} << 32U | std::uint64_t{type.nonNull} << 40U;
}

TypeRef typeOf(std::uint64_t handle) {
    return {static_cast<TypeId>(handle), static_cast<std::uint16_t>(handle >> 32U & 0xFFU),
            static_cast<std::uint16_t>(handle >> 40U)};
}

template<typename Part>
std::uint64_t handleOf(const Part& part) {
    return std::bit_cast<std::uint64_t>(&part);
}
template<typename Part>
const Part& partOf(std::uint64_t handle) {
    return *std::bit_cast<const Part*>(handle);
}

Cell typeCell(TypeRef type) {
    return Cell::ofObject(handleOf(type));
}
Cell typeCell(TypeId type) {
    return type == noType ? Cell() : typeCell(TypeRef{type, 0, 0});
}
Cell textCell(const std::optional<std::string>& text) {
    return text ? Cell::ofString(*text) : Cell();
}

// What one row of a field is.
using Fill = void (*)(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle);

class IntrospectionColumn final : public FieldResolver {
public:
    IntrospectionColumn(const Schema& schema, Fill fill) : schema_(schema), fill_(fill) {}

    Progress resolve(Batch& batch) const override {
        const auto parents = batch.parents();
        for (std::size_t row = 0; row < parents.size(); ++row) fill_(schema_, batch, row, parents[row]);
        return Progress::done;
    }

private:
    const Schema& schema_;
    Fill fill_;
};

bool wantsDeprecated(const Batch& batch) {
    const Value* value = batch.argument("includeDeprecated");
    return value != nullptr && value->kind == ValueKind::boolean && value->boolean;
}

template<typename Part>
void listParts(Batch& batch, std::size_t row, const std::vector<Part>& parts) {
    const bool all = wantsDeprecated(batch);
    batch.beginList(row);
    for (const Part& part : parts)
        if (all || !part.deprecated) batch.add(Cell::ofObject(handleOf(part)));
    batch.endList();
}

void listTypes(Batch& batch, std::size_t row, const std::vector<TypeId>& types) {
    batch.beginList(row);
    for (const TypeId type : types) batch.add(typeCell(type));
    batch.endList();
}

// The named type; null when the handle is a list or non-null of one.
const Type* namedType(const Schema& schema, std::uint64_t handle) {
    const TypeRef type = typeOf(handle);
    return type.isNonNull() || type.isList() ? nullptr : &schema[type.named];
}

void schemaDescription(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t) {
    batch.cells()[row] = textCell(schema.description());
}

void schemaTypes(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t) {
    batch.beginList(row);
    for (TypeId type = 0; type < schema.types().size(); ++type) batch.add(typeCell(type));
    batch.endList();
}

template<OperationKind kind>
void schemaRoot(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t) {
    batch.cells()[row] = typeCell(schema.root(kind));
}

void schemaDirectives(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t) {
    batch.beginList(row);
    for (const Directive& directive : schema.directives()) batch.add(Cell::ofObject(handleOf(directive)));
    batch.endList();
}

template<typename Part>
void partName(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = Cell::ofString(partOf<Part>(handle).name);
}

template<typename Part>
void partDescription(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = textCell(partOf<Part>(handle).description);
}

template<typename Part>
void partIsDeprecated(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = Cell::ofBoolean(partOf<Part>(handle).deprecated.has_value());
}

template<typename Part>
void partDeprecation(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = textCell(partOf<Part>(handle).deprecated);
}

template<typename Part>
void partType(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = typeCell(partOf<Part>(handle).type);
}

template<typename Part>
void partArguments(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    listParts(batch, row, partOf<Part>(handle).arguments);
}

// A directive has no deprecation of its own.
void directiveIsDeprecated(const Schema&, Batch& batch, std::size_t row, std::uint64_t) {
    batch.cells()[row] = Cell::ofBoolean(false);
}

void directiveDeprecation(const Schema&, Batch&, std::size_t, std::uint64_t) {}

void directiveRepeatable(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = Cell::ofBoolean(partOf<Directive>(handle).repeatable);
}

void locationsOfDirective(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.beginList(row);
    for (const std::string& location : partOf<Directive>(handle).locations) batch.add(Cell::ofString(location));
    batch.endList();
}

void inputDefault(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    batch.cells()[row] = textCell(partOf<InputValue>(handle).defaultText);
}

void typeKind(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const TypeRef type = typeOf(handle);
    // By the order of __TypeKind's values: those of TypeKind, LIST, NON_NULL.
    const std::uint32_t list = static_cast<std::uint32_t>(TypeKind::input) + 1;
    std::uint32_t kind = static_cast<std::uint32_t>(schema[type.named].kind);
    if (type.isList()) kind = list;
    if (type.isNonNull()) kind = list + 1;
    batch.cells()[row] = Cell::ofEnumeration(kind);
}

void typeName(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    if (const Type* type = namedType(schema, handle)) batch.cells()[row] = Cell::ofString(type->name);
}

void typeDescription(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    if (const Type* type = namedType(schema, handle)) batch.cells()[row] = textCell(type->description);
}

void typeSpecifiedBy(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    if (const Type* type = namedType(schema, handle)) batch.cells()[row] = textCell(type->specifiedBy);
}

void typeFields(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && (type->kind == TypeKind::object || type->kind == TypeKind::interface))
        listParts(batch, row, type->fields);
}

void typeInterfaces(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && (type->kind == TypeKind::object || type->kind == TypeKind::interface))
        listTypes(batch, row, type->interfaces);
}

void typePossible(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && type->isAbstract()) listTypes(batch, row, type->possible);
}

void typeValues(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && type->kind == TypeKind::enumeration) listParts(batch, row, type->values);
}

void typeInputs(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && type->kind == TypeKind::input) listParts(batch, row, type->inputs);
}

void typeOfType(const Schema&, Batch& batch, std::size_t row, std::uint64_t handle) {
    const TypeRef type = typeOf(handle);
    if (type.isNonNull())
        batch.cells()[row] = typeCell(type.nullable());
    else if (type.isList())
        batch.cells()[row] = typeCell(type.item());
}

void typeIsOneOf(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t handle) {
    const Type* type = namedType(schema, handle);
    if (type != nullptr && type->kind == TypeKind::input) batch.cells()[row] = Cell::ofBoolean(type->oneOf);
}

void rootSchema(const Schema&, Batch& batch, std::size_t row, std::uint64_t) {
    batch.cells()[row] = Cell::ofObject(0);
}

void rootType(const Schema& schema, Batch& batch, std::size_t row, std::uint64_t) {
    const Value* name = batch.argument("name");
    if (name != nullptr) batch.cells()[row] = typeCell(schema.type(name->text));
}

struct Row {
    std::string_view type;
    std::string_view field;
    Fill fill;
};

constexpr std::array rows{
    Row{"__Schema", "description", schemaDescription},
    Row{"__Schema", "types", schemaTypes},
    Row{"__Schema", "queryType", schemaRoot<OperationKind::query>},
    Row{"__Schema", "mutationType", schemaRoot<OperationKind::mutation>},
    Row{"__Schema", "subscriptionType", schemaRoot<OperationKind::subscription>},
    Row{"__Schema", "directives", schemaDirectives},
    Row{"__Directive", "name", partName<Directive>},
    Row{"__Directive", "description", partDescription<Directive>},
    Row{"__Directive", "isRepeatable", directiveRepeatable},
    Row{"__Directive", "locations", locationsOfDirective},
    Row{"__Directive", "args", partArguments<Directive>},
    Row{"__Directive", "isDeprecated", directiveIsDeprecated},
    Row{"__Directive", "deprecationReason", directiveDeprecation},
    Row{"__Type", "kind", typeKind},
    Row{"__Type", "name", typeName},
    Row{"__Type", "description", typeDescription},
    Row{"__Type", "specifiedByURL", typeSpecifiedBy},
    Row{"__Type", "fields", typeFields},
    Row{"__Type", "interfaces", typeInterfaces},
    Row{"__Type", "possibleTypes", typePossible},
    Row{"__Type", "enumValues", typeValues},
    Row{"__Type", "inputFields", typeInputs},
    Row{"__Type", "ofType", typeOfType},
    Row{"__Type", "isOneOf", typeIsOneOf},
    Row{"__Field", "name", partName<Field>},
    Row{"__Field", "description", partDescription<Field>},
    Row{"__Field", "args", partArguments<Field>},
    Row{"__Field", "type", partType<Field>},
    Row{"__Field", "isDeprecated", partIsDeprecated<Field>},
    Row{"__Field", "deprecationReason", partDeprecation<Field>},
    Row{"__InputValue", "name", partName<InputValue>},
    Row{"__InputValue", "description", partDescription<InputValue>},
    Row{"__InputValue", "type", partType<InputValue>},
    Row{"__InputValue", "defaultValue", inputDefault},
    Row{"__InputValue", "isDeprecated", partIsDeprecated<InputValue>},
    Row{"__InputValue", "deprecationReason", partDeprecation<InputValue>},
    Row{"__EnumValue", "name", partName<EnumValue>},
    Row{"__EnumValue", "description", partDescription<EnumValue>},
    Row{"__EnumValue", "isDeprecated", partIsDeprecated<EnumValue>},
    Row{"__EnumValue", "deprecationReason", partDeprecation<EnumValue>},
};

} // namespace

std::vector<IntrospectionResolver> introspectionResolvers(const Schema& schema) {
    std::vector<IntrospectionResolver> resolvers;
    const auto add = [&](const Field* field, Fill fill) {
        if (field != nullptr) resolvers.push_back({field, std::make_unique<IntrospectionColumn>(schema, fill)});
    };
    for (const Row& row : rows) {
        const TypeId type = schema.type(row.type);
        if (type != noType) add(schema[type].field(row.field), row.fill);
    }
    add(&schema.schemaField(), rootSchema);
    add(&schema.typeField(), rootType);
    return resolvers;
}

} // namespace mortise::graphql
