// SPDX-License-Identifier: Apache-2.0
#include "schema/sdl_reader.hpp"

#include "language/parser.hpp"
#include "language/printer.hpp"
#include "schema/name_rules.hpp"
#include "schema/sdl_rules.hpp"
#include "schema/standard_types.hpp"

#include <iterator>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr TextLimits sdlLimits{16U << 20U, 1'000'000, 200};

TypeKind typeKindOf(NodeKind kind) {
    switch (kind) {
    case NodeKind::scalarType:
        return TypeKind::scalar;
    case NodeKind::interfaceType:
        return TypeKind::interface;
    case NodeKind::unionType:
        return TypeKind::unionType;
    case NodeKind::enumType:
        return TypeKind::enumeration;
    case NodeKind::inputType:
        return TypeKind::input;
    default:
        return TypeKind::object;
    }
}

template<typename Part>
void moveParts(std::vector<Part>& from, std::vector<Part>& to) {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

// One document of SDL on its way into a definition.
class SdlReader {
public:
    explicit SdlReader(const Document& document) : document_(document) {}

    SdlResult read() {
        SdlResult result;
        checkSdl(document_, result.errors);
        readDefinitions();
        readExtensions();
        if (!hasSchema_) takeCommonRoots();
        checkNames(definition_, roots_, extensions_, result.errors);
        // graphql-js comes to the values of directives when all else holds.
        if (result.errors.empty()) result.errors = std::move(valueErrors_);
        result.definition = std::move(definition_);
        return result;
    }

private:
    void readDefinitions() {
        definition_.query.clear();
        for (const NodeId node : document_.children(0)) {
            if (document_[node].flags == Node::isExtension && document_.kind(node) != NodeKind::directiveDefinition)
                continue;
            if (document_.kind(node) == NodeKind::schemaDefinition) {
                hasSchema_ = true;
                definition_.description = descriptionOf(node);
                readRoots(node);
            } else if (document_.kind(node) == NodeKind::directiveDefinition) {
                readDirective(node);
            } else if (isTypeDefinition(document_.kind(node))) {
                places_.emplace(document_.name(node), definition_.types.size());
                definition_.types.push_back(readType(node));
            }
        }
    }

    void readExtensions() {
        for (const NodeId node : document_.children(0)) {
            if (document_[node].flags != Node::isExtension) continue;
            if (document_.kind(node) == NodeKind::schemaDefinition) readRoots(node);
            if (!isTypeDefinition(document_.kind(node))) continue;
            TypeDefinition part = readType(node);
            const auto place = places_.find(part.name);
            if (place == places_.end() || definition_.types[place->second].kind != part.kind)
                extensions_.push_back(std::move(part));
            else
                join(part, definition_.types[place->second]);
        }
    }

    static void join(TypeDefinition& part, TypeDefinition& type) {
        moveParts(part.interfaces, type.interfaces);
        moveParts(part.fields, type.fields);
        moveParts(part.members, type.members);
        moveParts(part.values, type.values);
        moveParts(part.inputs, type.inputs);
        type.oneOf = type.oneOf || part.oneOf;
        if (part.specifiedBy) type.specifiedBy = std::move(part.specifiedBy);
    }

    void readRoots(NodeId node) {
        for (const NodeId below : document_.children(node)) {
            if (document_.kind(below) != NodeKind::rootOperation) continue;
            const std::string name(document_.name(below + 1));
            roots_.push_back({name, document_[below + 1].offset});
            switch (static_cast<OperationKind>(document_[below].flags)) {
            case OperationKind::query:
                definition_.query = name;
                break;
            case OperationKind::mutation:
                definition_.mutation = name;
                break;
            case OperationKind::subscription:
                definition_.subscription = name;
                break;
            }
        }
    }

    void takeCommonRoots() {
        if (places_.count("Query") != 0) definition_.query = "Query";
        if (places_.count("Mutation") != 0) definition_.mutation = "Mutation";
        if (places_.count("Subscription") != 0) definition_.subscription = "Subscription";
    }

    TypeDefinition readType(NodeId node) {
        TypeDefinition type;
        type.kind = typeKindOf(document_.kind(node));
        type.name = document_.name(node);
        type.description = descriptionOf(node);
        type.offset = document_[node].name.offset;
        for (const NodeId below : document_.children(node)) {
            switch (document_.kind(below)) {
            case NodeKind::implements:
                type.interfaces.emplace_back(document_.name(below));
                break;
            case NodeKind::namedType:
                type.members.emplace_back(document_.name(below));
                break;
            case NodeKind::fieldDefinition:
                type.fields.push_back(readField(below));
                break;
            case NodeKind::inputValueDefinition:
                type.inputs.push_back(readInput(below));
                break;
            case NodeKind::enumValueDefinition:
                type.values.push_back({std::string(document_.name(below)), descriptionOf(below), deprecationOf(below),
                                       document_[below].name.offset});
                break;
            case NodeKind::directive:
                if (document_.name(below) == "oneOf") type.oneOf = type.kind == TypeKind::input;
                if (document_.name(below) == "specifiedBy" && type.kind == TypeKind::scalar)
                    type.specifiedBy = urlOf(below);
                break;
            default:
                break;
            }
        }
        return type;
    }

    FieldDefinition readField(NodeId node) {
        FieldDefinition field;
        field.name = document_.name(node);
        field.description = descriptionOf(node);
        field.deprecated = deprecationOf(node);
        field.offset = document_[node].name.offset;
        for (const NodeId below : document_.children(node)) {
            if (document_.kind(below) == NodeKind::inputValueDefinition)
                field.arguments.push_back(readInput(below));
            else if (isTypeReference(document_.kind(below)))
                field.type = printNode(document_, below);
        }
        return field;
    }

    static bool isTypeReference(NodeKind kind) {
        return kind == NodeKind::namedType || kind == NodeKind::listType || kind == NodeKind::nonNullType;
    }

    InputValueDefinition readInput(NodeId node) {
        InputValueDefinition input;
        input.name = document_.name(node);
        input.description = descriptionOf(node);
        input.deprecated = deprecationOf(node);
        input.offset = document_[node].name.offset;
        for (const NodeId below : document_.children(node))
            if (isTypeReference(document_.kind(below))) input.type = printNode(document_, below);
        const NodeId literal = document_.defaultValue(node);
        if (literal != noNode) input.defaultValue = printNode(document_, literal);
        return input;
    }

    void readDirective(NodeId node) {
        DirectiveDefinition directive;
        directive.name = document_.name(node);
        directive.description = descriptionOf(node);
        directive.repeatable = (document_[node].flags & Node::isRepeatable) != 0;
        directive.offset = document_[node].name.offset;
        for (const NodeId below : document_.children(node)) {
            if (document_.kind(below) == NodeKind::inputValueDefinition)
                directive.arguments.push_back(readInput(below));
            else if (document_.kind(below) == NodeKind::directiveLocation)
                directive.locations.emplace_back(document_.name(below));
        }
        definition_.directives.push_back(std::move(directive));
    }

    std::optional<std::string> descriptionOf(NodeId node) const {
        const NodeId first = node + 1;
        if (first == document_[node].end || document_.kind(first) != NodeKind::stringValue) return std::nullopt;
        return document_.stringValue(first);
    }

    std::optional<std::string> deprecationOf(NodeId node) {
        for (const NodeId below : document_.children(node))
            if (document_.kind(below) == NodeKind::directive && document_.name(below) == "deprecated")
                return textArgument(below, "reason", std::string(noReason), false);
        return std::nullopt;
    }

    std::optional<std::string> urlOf(NodeId directive) { return textArgument(directive, "url", std::nullopt, true); }

    // The String argument of a specified directive; `missing` where it is not there.
    std::optional<std::string> textArgument(NodeId directive, std::string_view name, std::optional<std::string> missing,
                                            bool isNonNull) {
        for (const NodeId below : document_.children(directive)) {
            if (document_.kind(below) != NodeKind::argument || document_.name(below) != name) continue;
            const NodeId value = below + 1;
            if (document_.kind(value) == NodeKind::stringValue) return document_.stringValue(value);
            const std::string title = "Argument \"" + std::string(name) + "\" ";
            if (document_.kind(value) != NodeKind::nullValue)
                valueErrors_.push_back(schemaError(title + "has invalid value " + printNode(document_, value) + ".",
                                                   document_[value].offset));
            else if (isNonNull)
                valueErrors_.push_back(
                    schemaError(title + "of non-null type \"String!\" must not be null.", document_[value].offset));
            return std::nullopt;
        }
        return missing;
    }

    const Document& document_;
    SchemaDefinition definition_;
    bool hasSchema_ = false;
    std::unordered_map<std::string_view, std::size_t> places_; // of types, by name: the first of each
    std::vector<TypeReference> roots_;
    std::vector<TypeDefinition> extensions_; // that have no type to be joined to
    std::vector<Error> valueErrors_;
};

} // namespace

SdlResult definitionFromSdl(std::string_view sdl) {
    const ParseResult parsed = parseDocument(sdl, sdlLimits);
    if (parsed.error) return {{}, {*parsed.error}};
    return SdlReader(parsed.document).read();
}

SchemaResult schemaFromSdl(std::string_view sdl, std::span<const NamedScalar> scalars) {
    SdlResult read = definitionFromSdl(sdl);
    if (!read.errors.empty()) return {std::nullopt, std::move(read.errors)};
    return buildSchema(read.definition, scalars);
}

} // namespace mortise::graphql
