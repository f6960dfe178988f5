// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mortise/service/graphql.h>

#include <cstdint>
#include <string>
#include <vector>

namespace mortise::graphql {

// What a plugin contributed, read and copied: see service/graphql.h. The functions are called with their contexts as
// long as the generation serves.
struct ContributedCheck {
    std::string argument;
    std::string in;
    std::string schema;
};

struct ContributedField {
    std::string type;
    std::string name;
    std::uint32_t flags = 0;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    std::string role;
    std::string twin;
    std::vector<ContributedCheck> checks;
    void* context = nullptr;
    mortise_graphql_function prepare = nullptr;
    mortise_graphql_function resolve = nullptr;

    bool has(std::uint32_t flag) const { return (flags & flag) != 0; }
};

struct ContributedType {
    std::string name;
    std::uint32_t placement = MORTISE_PLACEMENT_WORKER;
    void* context = nullptr;
    mortise_status (*key)(void* context, std::uint64_t handle, mortise_view* key) = nullptr;
    mortise_graphql_function load = nullptr;
};

struct Contribution {
    std::string plugin;
    std::string name;
    std::string sdl;
    std::vector<ContributedField> fields;
    std::vector<ContributedType> types;
    std::vector<std::string> typeNames;
};

} // namespace mortise::graphql
