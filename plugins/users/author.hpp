// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/plugin.hpp>

#include <string>

namespace users {

/// What anybody sees of who wrote something: no address.
struct Author {
    std::string id;
    std::string name;
};
MORTISE_DESCRIBE(Author, field(id).uuid(), field(name).text("Empty while the user is being deleted"))

} // namespace users
