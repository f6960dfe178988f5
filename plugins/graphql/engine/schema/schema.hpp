// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "language/error.hpp"
#include "schema/name_index.hpp"
#include "schema/schema_definition.hpp"
#include "schema/type_ref.hpp"
#include "schema/value.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// A dense number of a field of an object or interface type: 0 … Schema::fieldCount()-1. Resolvers are kept by it.
using FieldId = std::uint32_t;

struct InputValue {
    std::string name;
    TypeRef type;
    std::optional<std::string> description;
    std::optional<std::string> deprecated;
    std::optional<std::string> defaultText; // as SDL prints it
    Values defaultValue;                    // coerced; empty: no default

    bool isRequired() const { return type.isNonNull() && defaultValue.empty(); }
};

struct Field {
    FieldId id = 0;
    TypeId owner = noType;
    std::string name;
    TypeRef type;
    std::optional<std::string> description;
    std::optional<std::string> deprecated;
    std::vector<InputValue> arguments;
    std::uint32_t cost = 1;
    std::int32_t sizeArgument = -1; // index into arguments
    std::uint32_t assumedSize = 10;
    std::uint32_t maximumSize = 0xFFFFFFFF;

    // The index of an argument; -1 when there is none of that name.
    std::int32_t argument(std::string_view name) const;
};

struct EnumValue {
    std::string name;
    std::optional<std::string> description;
    std::optional<std::string> deprecated;
};

// How a scalar's values are taken in; the result must stay good as long as `out` does.
class ScalarInput {
public:
    virtual ~ScalarInput() = default;
    // One value of a variable or a literal (a list or an object has been refused before). False: it does not fit;
    // `message` is then empty or says why, in place of the standard message. Any thread.
    virtual bool coerce(const Value& in, bool isLiteral, Values& out, std::string_view name,
                        std::string& message) const = 0;
};

// The five specified scalars, whose values the engine knows how to take and to write.
enum class ScalarKind : std::uint8_t { custom, integer, number, string, boolean, id };

struct Type {
    TypeKind kind = TypeKind::object;
    std::string name;
    std::optional<std::string> description;
    std::vector<TypeId> interfaces; // all of them, as declared
    std::vector<Field> fields;
    NameIndex fieldIndex;
    std::vector<EnumValue> values;
    std::vector<InputValue> inputs;
    NameIndex inputIndex;         // of inputs, or of an enumeration's values
    std::vector<TypeId> possible; // object types this can be: itself, implementations, or members (as declared)
    bool oneOf = false;
    std::optional<std::string> specifiedBy;
    ScalarKind scalarKind = ScalarKind::custom;
    const ScalarInput* scalar = nullptr; // of a custom one; null: any value is taken as it is. Outlives the schema.

    bool isComposite() const {
        return kind == TypeKind::object || kind == TypeKind::interface || kind == TypeKind::unionType;
    }
    bool isAbstract() const { return kind == TypeKind::interface || kind == TypeKind::unionType; }
    bool isLeaf() const { return kind == TypeKind::scalar || kind == TypeKind::enumeration; }
    bool isInput() const { return isLeaf() || kind == TypeKind::input; }
    const Field* field(std::string_view name) const;
    const InputValue* input(std::string_view name) const;
};

struct Directive {
    std::string name;
    std::optional<std::string> description;
    std::vector<InputValue> arguments;
    bool repeatable = false;
    std::vector<std::string> locations;

    const InputValue* argument(std::string_view name) const;
};

// A checked schema with the introspection types in it. Types stand as graphql-js keeps them: as defined, each specified
// scalar after the first type that names it, then the introspection types. Immutable: any thread. Movable; references
// into it stay good when it is moved.
class Schema {
public:
    const std::vector<Type>& types() const { return types_; }
    const Type& operator[](TypeId id) const { return types_[id]; }
    const std::vector<Directive>& directives() const { return directives_; }
    const std::optional<std::string>& description() const { return description_; }
    // noType when there is none.
    TypeId type(std::string_view name) const;
    TypeId root(OperationKind kind) const { return roots_[static_cast<std::size_t>(kind)]; }
    const Directive* directive(std::string_view name) const;
    std::uint32_t fieldCount() const { return fieldCount_; }
    // The field a selection of `parent` may name: one of its own, __typename of any composite, and __schema and __type
    // of the query root. Null when there is none.
    const Field* selectable(TypeId parent, std::string_view name) const;
    // The three meta fields.
    const Field& typenameField() const;
    const Field& schemaField() const;
    const Field& typeField() const;
    // Whether an object type is one of `abstract`'s (or the same).
    bool isPossible(TypeId abstract, TypeId object) const {
        return ((possibleBits_[abstract * wordsPerType_ + object / 64] >> (object % 64)) & 1U) != 0;
    }
    // Whether `type` may stand where `super` is asked for (October 2021, 3.6.1, IsValidImplementationFieldType).
    bool isSubType(TypeRef type, TypeRef super) const;
    // Whether there is an object type that both can be.
    bool overlap(TypeId left, TypeId right) const;
    // As SDL writes it.
    std::string text(TypeRef type) const;

private:
    friend class SchemaBuilder;

    std::optional<std::string> description_;
    std::vector<Type> types_;
    NameIndex typeIndex_;
    std::vector<Directive> directives_;
    NameIndex directiveIndex_;
    std::array<TypeId, 3> roots_{noType, noType, noType};
    std::uint32_t fieldCount_ = 0;
    std::vector<Field> metaFields_; // __typename, __schema, __type
    std::size_t wordsPerType_ = 0;
    std::vector<std::uint64_t> possibleBits_; // a row of wordsPerType_ for each type: the object types it can be
};

// Scalars by their name; beside the five specified ones.
struct NamedScalar {
    std::string_view name;
    const ScalarInput* input = nullptr; // outlives the schema
};

// Checks a definition and joins it. The messages are graphql-js's (of the rules of SDL, then of validateSchema) where
// it has the same rule. Two runs: what names do not resolve or stand twice is reported alone; else all other faults
// are.
struct SchemaResult {
    std::optional<Schema> schema; // present when there are no errors
    std::vector<Error> errors;
};
SchemaResult buildSchema(const SchemaDefinition& definition, std::span<const NamedScalar> scalars = {});

} // namespace mortise::graphql
