// SPDX-License-Identifier: Apache-2.0
#include "schema_assembly.hpp"

#include "date_time_scalar.hpp"
#include "list_sizes.hpp"

#include "language/line_index.hpp"
#include "language/parser.hpp"
#include "schema/sdl_reader.hpp"

#include <mortise/error.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace mortise::graphql {

namespace {

constexpr std::string_view ownSdl =
    R"("""A date and time in ISO 8601, UTC with milliseconds: `2026-01-02T03:04:05.678Z`."""
scalar DateTimeISO
directive @cost(weight: Int!) on FIELD_DEFINITION
type Query
type Mutation
)";
constexpr std::string_view costName = "cost";
constexpr std::uint32_t highestWeight = 1'000'000;
// Arguments that say how many items a list has at most.
constexpr std::string_view sizeNames[] = {"limit", "first", "last"};
constexpr TextLimits sdlLimits{16U << 20, 1'000'000, highestNesting};
const DateTimeScalar dateTime;
const NamedScalar scalars[] = {{"DateTimeISO", &dateTime}};

std::string sizeArgumentOf(const FieldDefinition& field) {
    if (field.type.empty() || field.type.front() != '[') return {};
    for (const std::string_view name : sizeNames)
        for (const InputValueDefinition& argument : field.arguments)
            if (argument.name == name && (argument.type == "Int" || argument.type == "Int!")) return argument.name;
    return {};
}

TypeDefinition* find(SchemaDefinition& definition, std::string_view name) {
    for (TypeDefinition& type : definition.types)
        if (type.name == name) return &type;
    return nullptr;
}

} // namespace

SchemaAssembly::SchemaAssembly(std::vector<Contribution> contributions, const Json& json, OperationServices& services,
                               const ContributedSchema::Refuse& refuse)
    : made_(new ContributedSchema), json_(json), refuse_(refuse) {
    made_->services_ = &services;
    made_->contributions_ = std::move(contributions);
}

void SchemaAssembly::refuse(std::size_t contribution, const std::string& reason) {
    isRefused_ = true;
    if (said_.emplace(contribution, reason).second) refuse_(contribution, reason);
}

std::unique_ptr<ContributedSchema> SchemaAssembly::run(const SchemaSettings& settings) {
    join();
    SchemaDefinition definition;
    if (isRefused_ || !readSdl(definition)) return nullptr;
    findOwners(definition);
    weigh(definition);
    boundListSizes(definition, made_->contributions_, json_);
    TypeDefinition* const query = find(definition, "Query");
    if (query == nullptr || query->fields.empty())
        throw Invalid(
            "no plugin contributes a field to Query: enable one that has types for GraphQL, such as users and "
            "posts, or disable the plugin graphql");
    if (const TypeDefinition* const mutation = find(definition, "Mutation");
        mutation != nullptr && mutation->fields.empty()) {
        std::erase_if(definition.types, [](const TypeDefinition& type) { return type.name == "Mutation"; });
        definition.mutation.clear();
    }
    SchemaResult built = buildSchema(definition, scalars);
    if (!built.schema) {
        report(built.errors);
        return nullptr;
    }
    made_->schema_ = std::make_shared<const Schema>(std::move(*built.schema));
    made_->resolvers_ = std::make_unique<ResolverTable>(made_->schema_);
    made_->byField_.assign(made_->schema_->fieldCount(), nullptr);
    made_->keyed_.resize(made_->schema_->types().size());
    addTypes();
    addFields();
    needAllFields();
    if (isRefused_) return nullptr;
    made_->marks_ = std::make_unique<PlacementMarks>(*made_);
    made_->engine_ = std::make_unique<Engine>(made_->schema_, settings.engine, made_->marks_.get());
    made_->operations_ = std::make_unique<OperationPool>(*made_, *made_->services_, settings.execution,
                                                         settings.planBytes, settings.loops);
    return std::move(made_);
}

// One text of all that can be read by itself, so that nobody ends what another began.
void SchemaAssembly::join() {
    text_ = ownSdl;
    for (std::size_t i = 0; i < made_->contributions_.size(); ++i) {
        const std::string& sdl = made_->contributions_[i].sdl;
        const Part part{text_.size(), text_.size() + sdl.size()};
        parts_.push_back(part);
        if (sdl.find_first_not_of(" \t\r\n") == std::string::npos) continue;
        const ParseResult parsed = parseDocument(sdl, sdlLimits);
        if (parsed.error) {
            const Location at =
                LineIndex(sdl).locate(parsed.error->offsets.empty() ? 0 : parsed.error->offsets.front());
            refuse(i, "its SDL, line " + std::to_string(at.line) + ", column " + std::to_string(at.column) + ": " +
                          parsed.error->message);
            continue;
        }
        for (const NodeId node : parsed.document.children(0))
            if (parsed.document.kind(node) == NodeKind::schemaDefinition)
                refuse(i, "its SDL defines the schema; what it adds belongs to the types Query and Mutation");
        readWeights(i, parsed.document);
        text_ += sdl;
        text_ += '\n';
    }
}

bool SchemaAssembly::readSdl(SchemaDefinition& definition) {
    SdlResult read = definitionFromSdl(text_);
    if (!read.errors.empty()) {
        report(read.errors);
        return false;
    }
    definition = std::move(read.definition);
    return true;
}

std::size_t SchemaAssembly::ownerOf(std::uint32_t offset) const {
    for (std::size_t i = 0; i < parts_.size(); ++i)
        if (offset >= parts_[i].start && offset < parts_[i].end) return i;
    return none;
}

std::string SchemaAssembly::nameOf(std::size_t owner) const {
    return owner == none ? "graphql" : made_->contributions_[owner].plugin;
}

// To whoever wrote what stands at the errors' places; each is named to the others.
void SchemaAssembly::report(std::span<const Error> errors) {
    for (const Error& error : errors) {
        std::vector<std::size_t> owners;
        bool isOwn = false;
        for (const std::uint32_t offset : error.offsets) {
            const std::size_t owner = offset == noOffset ? none : ownerOf(offset);
            if (owner == none)
                isOwn = true;
            else if (std::find(owners.begin(), owners.end(), owner) == owners.end())
                owners.push_back(owner);
        }
        if (owners.empty()) throw Invalid("the schema is not valid: " + error.message);
        for (const std::size_t owner : owners) {
            std::string reason = error.message;
            for (const std::size_t other : owners)
                if (other != owner) reason += " (see plugin '" + made_->contributions_[other].plugin + "')";
            if (isOwn) reason += " (the plugin graphql has it)";
            refuse(owner, reason);
        }
    }
}

void SchemaAssembly::findOwners(const SchemaDefinition& definition) {
    for (const TypeDefinition& type : definition.types) {
        if (type.kind != TypeKind::object) continue;
        typeOwners_.emplace(type.name, ownerOf(type.offset));
        for (const FieldDefinition& field : type.fields)
            fieldOwners_.emplace(type.name + "." + field.name, ownerOf(field.offset));
    }
}

void SchemaAssembly::readWeights(std::size_t contribution, const Document& document) {
    for (const NodeId type : document.children(0)) {
        if (!isTypeDefinition(document.kind(type))) continue;
        for (const NodeId field : document.children(type)) {
            if (document.kind(field) != NodeKind::fieldDefinition) continue;
            const NodeId directive = document.child(field, NodeKind::directive);
            if (directive == noNode) continue;
            for (NodeId at = directive; at < document[field].end; at = document[at].end) {
                if (document.kind(at) != NodeKind::directive || document.name(at) != costName) continue;
                const NodeId argument = document.child(at, NodeKind::argument);
                if (argument == noNode) continue; // the rules of SDL say so
                const std::string name = std::string(document.name(type)) + "." + std::string(document.name(field));
                const std::string_view text = document.rawValue(argument + 1);
                std::uint32_t weight = 0;
                const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), weight);
                if (document.kind(argument + 1) != NodeKind::intValue || fault != std::errc() ||
                    end != text.data() + text.size() || weight > highestWeight)
                    refuse(contribution, "the weight of '" + name + "' must be an integer from 0 to " +
                                             std::to_string(highestWeight));
                weights_[name] = weight;
            }
        }
    }
}

// What the cost of an operation is reckoned by. Clients have no use for the directive.
void SchemaAssembly::weigh(SchemaDefinition& definition) const {
    for (TypeDefinition& type : definition.types)
        for (FieldDefinition& field : type.fields) {
            field.sizeArgument = sizeArgumentOf(field);
            const auto weight = weights_.find(type.name + "." + field.name);
            if (weight != weights_.end()) field.cost = weight->second;
        }
    std::erase_if(definition.directives, [](const DirectiveDefinition& one) { return one.name == costName; });
}

void SchemaAssembly::addTypes() {
    const Schema& schema = *made_->schema_;
    for (std::size_t i = 0; i < made_->contributions_.size(); ++i) {
        const Contribution& contribution = made_->contributions_[i];
        for (const ContributedType& type : contribution.types) {
            const TypeId id = schema.type(type.name);
            if (id == noType || schema[id].kind != TypeKind::object) {
                refuse(i, "'" + type.name + "' has keys and is no object type");
                continue;
            }
            if (const std::size_t owner = typeOwners_.at(type.name); owner != i) {
                refuse(i, "it has keys for '" + type.name + "', a type of plugin '" + nameOf(owner) + "'");
                continue;
            }
            KeyedType& keyed = made_->keyed_[id];
            if (keyed.type != nullptr) {
                refuse(i, "it has keys for the type '" + type.name + "' twice");
                continue;
            }
            keyed = {&contribution, &type};
        }
        for (const std::string& name : contribution.typeNames) {
            const TypeId id = schema.type(name);
            if (id == noType || schema[id].kind != TypeKind::object)
                refuse(i, "its type names have '" + name + "', which is no object type");
        }
    }
}

void SchemaAssembly::addFields() {
    for (std::size_t i = 0; i < made_->contributions_.size(); ++i)
        for (const ContributedField& field : made_->contributions_[i].fields) addField(i, field);
}

void SchemaAssembly::addField(std::size_t index, const ContributedField& field) {
    const Contribution& contribution = made_->contributions_[index];
    const std::string name = field.type + "." + field.name;
    const Schema& schema = *made_->schema_;
    const TypeId type = schema.type(field.type);
    const Field* const declared =
        type == noType || schema[type].kind != TypeKind::object ? nullptr : schema[type].field(field.name);
    if (declared == nullptr) return refuse(index, "it has a resolver for '" + name + "', which no SDL has");
    const std::size_t owner = fieldOwners_.at(name);
    if (owner != index)
        return refuse(index, "it has a resolver for '" + name + "', a field of plugin '" + nameOf(owner) + "'");
    if (made_->byField_[declared->id] != nullptr) return refuse(index, "it has two resolvers for '" + name + "'");
    if (field.has(MORTISE_GRAPHQL_PARENT_KEYS) && made_->keyed_[type].type == nullptr)
        return refuse(index, "its field '" + name + "' asks for keys, which the type '" + field.type + "' has not");
    std::vector<ArgumentCheck> checks = compile(index, field, *declared);
    auto resolver = std::make_unique<ContributedResolver>(*made_, contribution, field, *declared, std::move(checks));
    made_->byField_[declared->id] = resolver.get();
    made_->resolvers_->own(field.type, field.name, std::move(resolver));
}

std::vector<ArgumentCheck> SchemaAssembly::compile(std::size_t index, const ContributedField& field,
                                                   const Field& declared) {
    std::vector<ArgumentCheck> checks;
    for (const ContributedCheck& check : field.checks) {
        const std::string what = "a check of '" + field.type + "." + field.name + "'";
        if (!check.argument.empty() && declared.argument(check.argument) < 0)
            refuse(index, what + " is of the argument '" + check.argument + "', which the field has not");
        try {
            checks.push_back({check.argument, check.in, json_.schema(check.schema)});
        } catch (const mortise::Error& error) {
            refuse(index, what + " has a schema that does not compile: " + error.what());
        }
    }
    return checks;
}

void SchemaAssembly::needAllFields() {
    for (const auto& [name, owner] : fieldOwners_) {
        const std::size_t dot = name.find('.');
        const Type& type = (*made_->schema_)[made_->schema_->type(std::string_view(name).substr(0, dot))];
        const Field* const field = type.field(std::string_view(name).substr(dot + 1));
        if (owner != none && field != nullptr && made_->byField_[field->id] == nullptr)
            refuse(owner, "its field '" + name + "' has no resolver");
    }
}

std::unique_ptr<ContributedSchema> ContributedSchema::make(std::vector<Contribution> contributions, const Json& json,
                                                           OperationServices& services, const SchemaSettings& settings,
                                                           const Refuse& refuse) {
    return SchemaAssembly(std::move(contributions), json, services, refuse).run(settings);
}

} // namespace mortise::graphql
