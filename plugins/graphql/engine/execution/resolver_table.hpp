// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/field_resolver.hpp"
#include "schema/schema.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace mortise::graphql {

// The resolvers of a schema's fields. A field without one is null. Those of introspection are there from the start.
// Immutable once it is used: any thread.
class ResolverTable {
public:
    explicit ResolverTable(std::shared_ptr<const Schema> schema);
    // The resolver outlives the table. False: there is no such field of an object type.
    bool set(std::string_view type, std::string_view field, const FieldResolver& resolver);
    bool own(std::string_view type, std::string_view field, std::unique_ptr<const FieldResolver> resolver);
    const FieldResolver* find(const Field& field) const { return resolvers_[field.id]; }
    const Schema& schema() const { return *schema_; }
    const std::shared_ptr<const Schema>& sharedSchema() const { return schema_; }
    // Fields of object types that have no resolver, as `Type.field`.
    std::vector<std::string> missing() const;

private:
    std::shared_ptr<const Schema> schema_;
    std::vector<const FieldResolver*> resolvers_;
    std::vector<std::unique_ptr<const FieldResolver>> owned_;
};

} // namespace mortise::graphql
