// SPDX-License-Identifier: Apache-2.0
// error: a field of an object type returns an std::vector
#include <mortise/graphql.hpp>

void declare(mortise::Setup& setup) {
    setup.graphql().field<std::string>("User", "nick").resolve([](mortise::GraphQlCall&, mortise::GraphQlKeys) {
        return std::string();
    });
}
