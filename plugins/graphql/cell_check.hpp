// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "field_call.hpp"

#include "schema/type_ref.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mortise::graphql {

class ContributedSchema;

// Whether what a plugin wrote into the cells of a call is what its field's type has. Thread: any.
class CellCheck {
public:
    // `typeNames`: how many types its contribution names for the objects of interfaces and unions.
    CellCheck(const ContributedSchema& schema, std::size_t typeNames) : schema_(schema), typeNames_(typeNames) {}

    // What is wrong with the value of the cell `place`; empty: nothing.
    std::string faultIn(const FieldCall& call, std::uint32_t place, TypeRef type) const;

private:
    bool checkList(const FieldCall& call, std::uint32_t first, std::uint32_t end, TypeRef type,
                   std::string& fault) const;
    bool checkCell(const mortise_graphql_cell& cell, TypeRef type, std::string& fault) const;
    bool isSound(std::string_view json) const;

    const ContributedSchema& schema_;
    std::size_t typeNames_;
};

} // namespace mortise::graphql
