// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "execution/field_resolver.hpp"
#include "schema/schema.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql::shell {

// Values that follow from the parent, the field and its arguments alone: fitting ones and, now and then, nulls where
// none may be, errors, values of another kind and objects of another type. lib/derived.mjs gives the same.
class DerivedResolver final : public FieldResolver {
public:
    explicit DerivedResolver(const Schema& schema) : schema_(schema) {}

    Progress resolve(Batch& batch) const override;

private:
    // Appends the value: to the row, or to the list that is open.
    void give(Batch& batch, std::size_t row, bool isItem, TypeRef type, std::uint32_t hash) const;
    Cell leaf(Batch& batch, const Type& type, std::uint32_t hash) const;
    Cell object(const Type& type, std::uint32_t hash) const;

    const Schema& schema_;
};

} // namespace mortise::graphql::shell
