// SPDX-License-Identifier: Apache-2.0
// error: resolve(): a resolver takes GraphQlCall&
#include <mortise/graphql.hpp>

void declare(mortise::Setup& setup) {
    setup.graphql().query<std::vector<std::string>>("names").resolve([](mortise::GraphQlCall&) { return true; });
}
