// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "schema/default_values.hpp"
#include "schema/schema.hpp"

#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace mortise::graphql {

// Makes one schema of one definition: checks the names, places the types, joins them, coerces the defaults, and checks
// the rules of types. Used once.
class SchemaBuilder {
public:
    // Both outlive the builder.
    SchemaBuilder(const SchemaDefinition& definition, std::span<const NamedScalar> scalars);
    ~SchemaBuilder();
    SchemaBuilder(const SchemaBuilder&) = delete;
    SchemaBuilder& operator=(const SchemaBuilder&) = delete;

    SchemaResult build();

private:
    void placeTypes();
    void place(const TypeDefinition& type);
    // Places a standard type that is named for the first time, and what it names.
    void placeReference(std::string_view name);
    void placeReferencesOf(const TypeDefinition& type);
    void placeInputReferences(const std::vector<InputValueDefinition>& inputs);

    void joinTypes();
    void joinType(TypeId id);
    Field joinField(const FieldDefinition& definition, TypeId owner);
    InputValue joinInput(const InputValueDefinition& definition) const;
    Directive joinDirective(const DirectiveDefinition& definition) const;
    TypeRef typeOf(std::string_view text) const;
    void findPossibleTypes();
    std::vector<DefaultSlot> defaultSlots();

    const SchemaDefinition& definition_;
    std::span<const NamedScalar> scalars_;
    std::vector<TypeDefinition> standardTypes_;
    std::vector<DirectiveDefinition> standardDirectives_;
    std::unordered_set<std::string_view> own_;    // names of the definition's types
    std::unordered_set<std::string_view> placed_; // names of the standard types that have a place
    std::vector<const TypeDefinition*> order_;    // by TypeId
    std::vector<const DirectiveDefinition*> directiveOrder_;
    Schema schema_;
};

} // namespace mortise::graphql
