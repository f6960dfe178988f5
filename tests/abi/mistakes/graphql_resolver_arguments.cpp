// SPDX-License-Identifier: Apache-2.0
// error: resolve(): a resolver takes GraphQlCall&
#include <mortise/graphql.hpp>

void declare(mortise::Setup& setup) {
    setup.graphql().query<bool>("isThere").argument<std::string_view>("id").argument<bool>("now").resolve(
        [](mortise::GraphQlCall&, std::string_view) { return true; });
}
