// SPDX-License-Identifier: Apache-2.0
#include "execution/resolver_table.hpp"

#include "execution/introspection.hpp"

#include <string>
#include <utility>

namespace mortise::graphql {

ResolverTable::ResolverTable(std::shared_ptr<const Schema> schema) : schema_(std::move(schema)) {
    resolvers_.resize(schema_->fieldCount());
    for (IntrospectionResolver& resolver : introspectionResolvers(*schema_)) {
        owned_.push_back(std::move(resolver.resolver));
        resolvers_[resolver.field->id] = owned_.back().get();
    }
}

bool ResolverTable::set(std::string_view type, std::string_view field, const FieldResolver& resolver) {
    const TypeId id = schema_->type(type);
    if (id == noType || (*schema_)[id].kind != TypeKind::object) return false;
    const Field* found = (*schema_)[id].field(field);
    if (found == nullptr) return false;
    resolvers_[found->id] = &resolver;
    return true;
}

bool ResolverTable::own(std::string_view type, std::string_view field, std::unique_ptr<const FieldResolver> resolver) {
    if (!set(type, field, *resolver)) return false;
    owned_.push_back(std::move(resolver));
    return true;
}

std::vector<std::string> ResolverTable::missing() const {
    std::vector<std::string> names;
    for (const Type& type : schema_->types()) {
        if (type.kind != TypeKind::object) continue;
        for (const Field& field : type.fields)
            if (resolvers_[field.id] == nullptr) names.push_back(type.name + "." + field.name);
    }
    return names;
}

} // namespace mortise::graphql
