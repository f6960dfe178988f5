// SPDX-License-Identifier: Apache-2.0
#include "schema/standard_types.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

namespace mortise::graphql {

namespace {

using Text = std::optional<std::string>;

constexpr std::array<std::string_view, 5> scalarNames{"String", "Int", "Float", "Boolean", "ID"};
constexpr std::array<std::string_view, 8> introspectionNames{
    "__Schema", "__Directive", "__DirectiveLocation", "__Type", "__Field", "__InputValue", "__EnumValue", "__TypeKind"};
constexpr std::array<std::string_view, 5> directiveNames{"include", "skip", "deprecated", "specifiedBy", "oneOf"};

template<std::size_t Count>
bool isOneOfNames(const std::array<std::string_view, Count>& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

TypeDefinition named(TypeKind kind, std::string name, std::string description) {
    TypeDefinition type;
    type.kind = kind;
    type.name = std::move(name);
    type.description = std::move(description);
    return type;
}

TypeDefinition scalar(std::string name, std::string description) {
    return named(TypeKind::scalar, std::move(name), std::move(description));
}

TypeDefinition object(std::string name, std::string description, std::vector<FieldDefinition> fields) {
    TypeDefinition type = named(TypeKind::object, std::move(name), std::move(description));
    type.fields = std::move(fields);
    return type;
}

TypeDefinition enumeration(std::string name, std::string description, std::vector<EnumValueDefinition> values) {
    TypeDefinition type = named(TypeKind::enumeration, std::move(name), std::move(description));
    type.values = std::move(values);
    return type;
}

InputValueDefinition input(std::string name, std::string type, Text description = {}, Text defaultValue = {}) {
    return {std::move(name), std::move(type), std::move(description), std::move(defaultValue), {}, noOffset};
}

FieldDefinition field(std::string name, std::string type, Text description = {},
                      std::vector<InputValueDefinition> arguments = {}) {
    FieldDefinition made;
    made.name = std::move(name);
    made.type = std::move(type);
    made.description = std::move(description);
    made.arguments = std::move(arguments);
    return made;
}

DirectiveDefinition directive(std::string name, std::string description, std::vector<InputValueDefinition> arguments,
                              std::vector<std::string> locations) {
    return {std::move(name), std::move(description), std::move(arguments), false, std::move(locations), noOffset};
}

std::vector<TypeDefinition> specifiedScalars() {
    return {
        scalar("String", "The `String` scalar type represents textual data, represented as UTF-8 character sequences. "
                         "The String type is most often used by GraphQL to represent free-form human-readable text."),
        scalar("Int", "The `Int` scalar type represents non-fractional signed whole numeric values. Int can represent "
                      "values between -(2^31) and 2^31 - 1."),
        scalar("Float", "The `Float` scalar type represents signed double-precision fractional values as specified by "
                        "[IEEE 754](https://en.wikipedia.org/wiki/IEEE_floating_point)."),
        scalar("Boolean", "The `Boolean` scalar type represents `true` or `false`."),
        scalar("ID", "The `ID` scalar type represents a unique identifier, often used to refetch an object or as key "
                     "for a cache. The ID type appears in a JSON response as a String; however, it is not intended to "
                     "be human-readable. When expected as an input type, any string (such as `\"4\"`) or integer (such "
                     "as `4`) input value will be accepted as an ID.")};
}

TypeDefinition schemaType() {
    return object(
        "__Schema",
        "A GraphQL Schema defines the capabilities of a GraphQL server. It exposes all available types and directives "
        "on the server, as well as the entry points for query, mutation, and subscription operations.",
        {field("description", "String", {}),
         field("types", "[__Type!]!", "A list of all types supported by this server."),
         field("queryType", "__Type!", "The type that query operations will be rooted at."),
         field("mutationType", "__Type",
               "If this server supports mutation, the type that mutation operations will be rooted at."),
         field("subscriptionType", "__Type",
               "If this server support subscription, the type that subscription operations will be rooted at."),
         field("directives", "[__Directive!]!", "A list of all directives supported by this server.",
               {input("includeDeprecated", "Boolean!", {}, "false")})});
}

TypeDefinition directiveType() {
    return object("__Directive",
                  "A Directive provides a way to describe alternate runtime execution and type validation behavior in "
                  "a GraphQL document.\n\nIn some cases, you need to provide options to alter GraphQL's execution "
                  "behavior in ways field arguments will not suffice, such as conditionally including or skipping a "
                  "field. Directives provide this by describing additional information to the executor.",
                  {field("name", "String!", {}), field("description", "String", {}),
                   field("isRepeatable", "Boolean!", {}), field("locations", "[__DirectiveLocation!]!", {}),
                   field("args", "[__InputValue!]!", {}, {input("includeDeprecated", "Boolean", {}, "false")}),
                   field("isDeprecated", "Boolean!", {}), field("deprecationReason", "String", {})});
}

TypeDefinition directiveLocationType() {
    return enumeration(
        "__DirectiveLocation",
        "A Directive can be adjacent to many parts of the GraphQL language, a __DirectiveLocation describes one such "
        "possible adjacencies.",
        {{"QUERY", "Location adjacent to a query operation.", {}, noOffset},
         {"MUTATION", "Location adjacent to a mutation operation.", {}, noOffset},
         {"SUBSCRIPTION", "Location adjacent to a subscription operation.", {}, noOffset},
         {"FIELD", "Location adjacent to a field.", {}, noOffset},
         {"FRAGMENT_DEFINITION", "Location adjacent to a fragment definition.", {}, noOffset},
         {"FRAGMENT_SPREAD", "Location adjacent to a fragment spread.", {}, noOffset},
         {"INLINE_FRAGMENT", "Location adjacent to an inline fragment.", {}, noOffset},
         {"VARIABLE_DEFINITION", "Location adjacent to a variable definition.", {}, noOffset},
         {"SCHEMA", "Location adjacent to a schema definition.", {}, noOffset},
         {"SCALAR", "Location adjacent to a scalar definition.", {}, noOffset},
         {"OBJECT", "Location adjacent to an object type definition.", {}, noOffset},
         {"FIELD_DEFINITION", "Location adjacent to a field definition.", {}, noOffset},
         {"ARGUMENT_DEFINITION", "Location adjacent to an argument definition.", {}, noOffset},
         {"INTERFACE", "Location adjacent to an interface definition.", {}, noOffset},
         {"UNION", "Location adjacent to a union definition.", {}, noOffset},
         {"ENUM", "Location adjacent to an enum definition.", {}, noOffset},
         {"ENUM_VALUE", "Location adjacent to an enum value definition.", {}, noOffset},
         {"INPUT_OBJECT", "Location adjacent to an input object type definition.", {}, noOffset},
         {"INPUT_FIELD_DEFINITION", "Location adjacent to an input object field definition.", {}, noOffset},
         {"DIRECTIVE_DEFINITION", "Location adjacent to a directive definition.", {}, noOffset}});
}

TypeDefinition typeType() {
    return object("__Type",
                  "The fundamental unit of any GraphQL Schema is the type. There are many kinds of types in GraphQL as "
                  "represented by the `__TypeKind` enum.\n\nDepending on the kind of a type, certain fields describe "
                  "information about that type. Scalar types provide no information beyond a name, description and "
                  "optional `specifiedByURL`, while Enum types provide their values. Object and Interface types "
                  "provide the fields they describe. Abstract types, Union and Interface, provide the Object types "
                  "possible at runtime. List and NonNull types compose other types.",
                  {field("kind", "__TypeKind!", {}), field("name", "String", {}), field("description", "String", {}),
                   field("specifiedByURL", "String", {}),
                   field("fields", "[__Field!]", {}, {input("includeDeprecated", "Boolean", {}, "false")}),
                   field("interfaces", "[__Type!]", {}), field("possibleTypes", "[__Type!]", {}),
                   field("enumValues", "[__EnumValue!]", {}, {input("includeDeprecated", "Boolean", {}, "false")}),
                   field("inputFields", "[__InputValue!]", {}, {input("includeDeprecated", "Boolean", {}, "false")}),
                   field("ofType", "__Type", {}), field("isOneOf", "Boolean", {})});
}

TypeDefinition fieldType() {
    return object("__Field",
                  "Object and Interface types are described by a list of Fields, each of which has a name, potentially "
                  "a list of arguments, and a return type.",
                  {field("name", "String!", {}), field("description", "String", {}),
                   field("args", "[__InputValue!]!", {}, {input("includeDeprecated", "Boolean", {}, "false")}),
                   field("type", "__Type!", {}), field("isDeprecated", "Boolean!", {}),
                   field("deprecationReason", "String", {})});
}

TypeDefinition inputValueType() {
    return object("__InputValue",
                  "Arguments provided to Fields or Directives and the input fields of an InputObject are represented "
                  "as Input Values which describe their type and optionally a default value.",
                  {field("name", "String!", {}), field("description", "String", {}), field("type", "__Type!", {}),
                   field("defaultValue", "String",
                         "A GraphQL-formatted string representing the default value for this input value."),
                   field("isDeprecated", "Boolean!", {}), field("deprecationReason", "String", {})});
}

TypeDefinition enumValueType() {
    return object("__EnumValue",
                  "One possible value for a given Enum. Enum values are unique values, not a placeholder for a string "
                  "or numeric value. However an Enum value is returned in a JSON response as a string.",
                  {field("name", "String!", {}), field("description", "String", {}),
                   field("isDeprecated", "Boolean!", {}), field("deprecationReason", "String", {})});
}

TypeDefinition typeKindType() {
    return enumeration(
        "__TypeKind", "An enum describing what kind of type a given `__Type` is.",
        {{"SCALAR", "Indicates this type is a scalar.", {}, noOffset},
         {"OBJECT", "Indicates this type is an object. `fields` and `interfaces` are valid fields.", {}, noOffset},
         {"INTERFACE",
          "Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields.",
          {},
          noOffset},
         {"UNION", "Indicates this type is a union. `possibleTypes` is a valid field.", {}, noOffset},
         {"ENUM", "Indicates this type is an enum. `enumValues` is a valid field.", {}, noOffset},
         {"INPUT_OBJECT", "Indicates this type is an input object. `inputFields` is a valid field.", {}, noOffset},
         {"LIST", "Indicates this type is a list. `ofType` is a valid field.", {}, noOffset},
         {"NON_NULL", "Indicates this type is a non-null. `ofType` is a valid field.", {}, noOffset}});
}

} // namespace

std::vector<TypeDefinition> standardTypes() {
    std::vector<TypeDefinition> types = specifiedScalars();
    types.push_back(schemaType());
    types.push_back(directiveType());
    types.push_back(directiveLocationType());
    types.push_back(typeType());
    types.push_back(fieldType());
    types.push_back(inputValueType());
    types.push_back(enumValueType());
    types.push_back(typeKindType());
    return types;
}

bool isStandardType(std::string_view name) {
    return isOneOfNames(scalarNames, name) || isOneOfNames(introspectionNames, name);
}

ScalarKind specifiedScalar(std::string_view name) {
    constexpr std::array<ScalarKind, 6> kinds{ScalarKind::string,  ScalarKind::integer, ScalarKind::number,
                                              ScalarKind::boolean, ScalarKind::id,      ScalarKind::custom};
    return kinds[static_cast<std::size_t>(std::find(scalarNames.begin(), scalarNames.end(), name) -
                                          scalarNames.begin())];
}

std::vector<DirectiveDefinition> standardDirectives() {
    return {directive("include",
                      "Directs the executor to include this field or fragment only when the `if` argument is true.",
                      {input("if", "Boolean!", "Included when true.")},
                      {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"}),
            directive("skip", "Directs the executor to skip this field or fragment when the `if` argument is true.",
                      {input("if", "Boolean!", "Skipped when true.")}, {"FIELD", "FRAGMENT_SPREAD", "INLINE_FRAGMENT"}),
            directive("deprecated", "Marks an element of a GraphQL schema as no longer supported.",
                      {input("reason", "String",
                             "Explains why this element was deprecated, usually also including a suggestion for how to "
                             "access supported similar data. Formatted using the Markdown syntax, as specified by "
                             "[CommonMark](https://commonmark.org/).",
                             "\"No longer supported\"")},
                      {"FIELD_DEFINITION", "ARGUMENT_DEFINITION", "INPUT_FIELD_DEFINITION", "ENUM_VALUE",
                       "DIRECTIVE_DEFINITION"}),
            directive("specifiedBy", "Exposes a URL that specifies the behavior of this scalar.",
                      {input("url", "String!", "The URL that specifies the behavior of this scalar.")}, {"SCALAR"}),
            directive("oneOf", "Indicates exactly one field must be supplied and this field must not be `null`.", {},
                      {"INPUT_OBJECT"})};
}

bool isSpecifiedDirective(std::string_view name) {
    return isOneOfNames(directiveNames, name);
}

std::vector<FieldDefinition> metaFields() {
    return {field("__typename", "String!", "The name of the current Object type at runtime."),
            field("__schema", "__Schema!", "Access the current type schema of this server."),
            field("__type", "__Type", "Request the type information of a single type.", {input("name", "String!")})};
}

} // namespace mortise::graphql
