// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/described.hpp>
#include <mortise/entity_tag.hpp>

#include <optional>
#include <string_view>

namespace mortise {
inline namespace v1 {

// The condition of a change, as a part of its route: .headers<IfMatch>(). A value of no such form is a 400 with the
// other failures of a request, before the rules of owner() and check(): it cannot be known whether the change is
// wanted.
struct IfMatch {
    std::optional<std::string_view> ifMatch; // all lines of the field

    EntityTagList list() const {
        EntityTagList tags;
        if (ifMatch) tags.add(*ifMatch);
        return tags;
    }
};

namespace detail {

inline std::string_view ifMatchFault(const std::string_view& value) {
    EntityTagList tags;
    tags.add(value);
    return tags.kind() == EntityTagList::Kind::malformed ? std::string_view("must be * or a list of entity tags")
                                                         : std::string_view();
}

} // namespace detail

MORTISE_DESCRIBE(IfMatch, field(ifMatch)
                              .text("Entity tags, or *: the change is made only to a representation with one of them")
                              .check(&detail::ifMatchFault, "format"))

} // namespace v1
} // namespace mortise
